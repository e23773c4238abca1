package ows

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	"onemap/api/ows/xmltree"
	"onemap/layers"
)

// OperationParsingFailed is a request whose XML can not be read (09-025r2, table 3).
const OperationParsingFailed = "OperationParsingFailed"

// readWFS reads a request, however it is sent, as keyword-value pairs: XML says the same in other words (09-025r2, 7.4).
func readWFS(r *http.Request) (KVP, error) {
	if r.Method != http.MethodPost {
		return ParseKVP(r.URL.RawQuery)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	body = bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n")
	if !bytes.HasPrefix(body, []byte("<")) {
		return ParseKVP(string(body))
	}
	root, err := xmltree.Parse(body, nil)
	if errors.Is(err, layers.ErrInvalid) {
		return nil, &Exception{Code: OperationParsingFailed, Locator: "request", Status: http.StatusBadRequest, Err: err}
	}
	if err != nil {
		return nil, err
	}
	return kvpOfXML(root)
}

// kvpOfXML reads a request of any version: its root says the operation, its attributes are parameters of the same name.
func kvpOfXML(root *xmltree.Node) (KVP, error) {
	if root.Name.Space != wfs2Namespace && root.Name.Space != wfs1Namespace {
		return nil, Refuse(OperationParsingFailed, "request", "the root element is of the namespace %q; want %s or %s", "根元素的命名空间为“%s”，应为 %s 或 %s",
			root.Name.Space, wfs2Namespace, wfs1Namespace)
	}
	k := KVP{"request": root.Name.Local}
	if root.Name.Space == wfs1Namespace && root.Name.Local != "GetCapabilities" {
		k["version"] = wfs110
	}
	for _, a := range root.Attrs {
		if a.Name.Space == "" {
			k[strings.ToLower(a.Name.Local)] = a.Value
		}
	}
	for name, of := range map[string]string{"acceptversions": "AcceptVersions", "sections": "Sections", "acceptformats": "AcceptFormats"} {
		if n := root.Child(of); n != nil {
			k[name] = texts(n.Children)
		}
	}
	if ids := root.All("StoredQueryId"); ids != nil {
		k["storedquery_id"] = texts(ids)
	}
	var types []string
	for _, n := range root.All("TypeName") {
		types = append(types, ownName(n, n.Text))
	}
	if types != nil {
		k["typenames"] = strings.Join(types, ",")
	}
	readQueries(root, k)
	return k, nil
}

func texts(nodes []*xmltree.Node) string {
	var out []string
	for _, n := range nodes {
		out = append(out, strings.TrimSpace(n.Text))
	}
	return strings.Join(out, ",")
}
