package ows

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"onemap/layers"
	"onemap/layers/format"
)

// The stored query that every server has, by its name of 2.0.0 and that of 2.0.2.
const (
	featureByID    = "urn:ogc:def:query:OGC-WFS::GetFeatureById"
	featureByIDURI = "http://www.opengis.net/def/query/OGC-WFS/0/GetFeatureById"
)

// notFound is a stored query that finds nothing (09-025r2, 7.9.3.6).
const notFound = "NotFound"

func storedQueries() []string { return []string{featureByID, featureByIDURI} }

// storedID is the id that the stored query of a request asks for.
func (r *wfsRequest) storedID() (string, error) {
	if name := r.kvp["storedquery_id"]; !slices.Contains(storedQueries(), name) {
		return "", Invalid("storedquery_id", "there is no stored query %q; want %s", "没有存储查询“%s”，应为 %s", name, featureByID)
	}
	return r.kvp.Need("ID")
}

// stored answers GetFeature by a stored query: with the feature itself, not with a collection of it.
func (r *wfsRequest) stored() error {
	id, err := r.storedID()
	if err != nil {
		return err
	}
	g, err := r.gmlOf(r.kvp["outputformat"])
	if err != nil {
		return err
	}
	missing := Refuse(notFound, "id", "there is no feature %q", "没有要素“%s”", id)
	missing.Status = http.StatusNotFound
	name, key, ok := format.FeatureOfGMLID(id)
	l := r.layers[name]
	if !ok || l == nil {
		return missing
	}
	in, err := r.version.srsOf(l, r.kvp["srsname"])
	if err != nil {
		return err
	}
	ctx, done, err := r.Take(r.http.Context(), false)
	if err != nil {
		return err
	}
	defer done()
	f, err := r.Store.Feature(ctx, r.actor, name, key, layers.Query{SRID: in.answer(l)})
	if errors.Is(err, layers.ErrNotFound) {
		return missing
	}
	if err != nil {
		return err
	}
	body := format.NewGMLFeatures(g, l, in.name, in.coordinates()).Append(nil, f)
	tag := strings.IndexByte(string(body), ' ') // behind the element's name
	head := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + string(body[:tag]) + r.namespaces(g, []*part{{wfsQuery: &wfsQuery{layer: l}}})
	return r.document(g.MediaType, append([]byte(head), body[tag:]...))
}

// storedAsQuery makes an ordinary query of a stored one.
func (r *wfsRequest) storedAsQuery() error {
	id, err := r.storedID()
	if err != nil {
		return err
	}
	r.kvp["resourceid"] = id
	delete(r.kvp, "typenames")
	return nil
}

func (r *wfsRequest) listStoredQueries() error {
	return r.storedDocument("ListStoredQueriesResponse", storedQueries())
}

func (r *wfsRequest) describeStoredQueries() error {
	wanted := r.kvp.List("storedquery_id")
	if wanted == nil {
		wanted = storedQueries()
	}
	for _, id := range wanted {
		if !slices.Contains(storedQueries(), id) {
			return Invalid("storedquery_id", "there is no stored query %q; want %s", "没有存储查询“%s”，应为 %s", id, featureByID)
		}
	}
	return r.storedDocument("DescribeStoredQueriesResponse", wanted)
}

// storedDocument lists stored queries, or describes them.
func (r *wfsRequest) storedDocument(template string, ids []string) error {
	body, err := documents(template, map[string]any{"Queries": ids, "Layers": r.listed, "Prefix": format.LayersPrefix, "Namespace": format.LayersNamespace})
	if err != nil {
		return err
	}
	return r.document(TypeXML, body)
}
