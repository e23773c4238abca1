package ows

import (
	"context"
	"net/http"
	"time"

	"onemap/layers"
)

// WFS is the door of Web Feature Service 2.0 (09-025r2; classes Simple and Basic, KVP and XML, result paging), 1.1 (04-094)
// and 1.0 (02-058). It parses, asks the store, and writes; each version asks the same.
type WFS struct {
	Store *layers.Store
	Now   func() time.Time
	// Folder is where files are made before they are sent; "" = the system's directory for temporary files.
	Folder string
	// Take waits for room to work in; a stream is what may take long. The caller calls done.
	Take func(ctx context.Context, stream bool) (work context.Context, done func(), err error)
}

// wfsRequest is one request.
type wfsRequest struct {
	*WFS
	http    *http.Request
	w       http.ResponseWriter
	actor   layers.Actor
	address string // of the door, as clients reach it
	kvp     KVP
	version wfsVersion
	layers  map[string]*layers.Layer
	listed  []*layers.Layer   // the same, in reading order
	spaces  map[string]string // namespaces by prefix, as the request says them
}

// Serve answers a request that has come to address, the door as clients reach it. Of an error before the first byte it says the
// version of the report in which the client wants it told.
func (s *WFS) Serve(w http.ResponseWriter, h *http.Request, actor layers.Actor, address string) (report string, err error) {
	r := &wfsRequest{WFS: s, http: h, w: w, actor: actor, address: address}
	r.version, _ = wfsVersionOf(wfs200)
	if r.kvp, err = readWFS(h); err != nil {
		return r.version.report, err
	}
	if v, ok := wfsVersionOf(r.kvp["version"]); ok { // for whatever is wrong from here on
		r.version = v
	}
	return r.version.report, r.serve()
}

func (r *wfsRequest) serve() error {
	if _, err := r.kvp.OneOf("service", "WFS"); err != nil {
		return err
	}
	operation, err := r.kvp.OneOf("request", "GetCapabilities", "DescribeFeatureType", "GetFeature", "GetPropertyValue", "ListStoredQueries",
		"DescribeStoredQueries", "Transaction", "LockFeature", "GetFeatureWithLock", "CreateStoredQuery", "DropStoredQuery")
	if err != nil {
		return err
	}
	if operation == "GetCapabilities" {
		r.version, err = negotiate(r.kvp)
	} else {
		r.version, err = versionOf(r.kvp)
	}
	if err != nil {
		return err
	}
	unify(r.kvp)
	r.spaces = prefixes(r.kvp)
	if r.listed, err = r.Store.Layers(r.http.Context(), r.actor); err != nil {
		return err
	}
	r.layers = map[string]*layers.Layer{}
	for _, l := range r.listed {
		r.layers[l.Name] = l
	}
	do, ok := r.operations()[operation]
	if !ok {
		return Refuse(OperationNotSupported, operation, "%s is not offered in version %s", "版本 %[2]s 不支持操作 %[1]s", operation, r.version.number)
	}
	return do()
}

// operations are those of the version.
func (r *wfsRequest) operations() map[string]func() error {
	out := map[string]func() error{"GetCapabilities": r.capabilities, "DescribeFeatureType": r.describe, "GetFeature": r.getFeature}
	if r.version.joins {
		out["GetPropertyValue"] = r.getPropertyValue
		out["ListStoredQueries"] = r.listStoredQueries
		out["DescribeStoredQueries"] = r.describeStoredQueries
	}
	return out
}

// document sends a whole document.
func (r *wfsRequest) document(media string, body []byte) error {
	r.w.Header().Set("Content-Type", media)
	r.w.WriteHeader(http.StatusOK)
	_, err := r.w.Write(body)
	return err
}
