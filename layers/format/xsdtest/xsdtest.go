// Package xsdtest holds documents of tests against the OGC's schemas, of which a copy lies beside the tree; a test without it,
// or without xmllint, is skipped.
package xsdtest

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"onemap/layers/format"
)

// ogcSchemas is where the OGC's schemas are kept for tests, seen from the root of the tree.
const ogcSchemas = "../shared/data/6-conformance/ogc-schemas"

// Schemas holds documents against the OGC's schemas with xmllint, which never asks the web.
type Schemas struct {
	testing.TB
	lint, catalog, dir string
}

// New copies the schemas with local addresses: some include each other in circles, which xmllint bears only so.
func New(t testing.TB) *Schemas {
	t.Helper()
	lint, catalog := tools(t)
	x := &Schemas{t, lint, catalog, t.TempDir()}
	from := filepath.Join(filepath.Dir(catalog), "ogc")
	for _, folder := range []string{"wfs/1.0.0", "wfs/1.1.0", "wfs/2.0", "gml", "filter", "ows", "iso"} {
		err := filepath.WalkDir(filepath.Join(from, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".xsd" || strings.Contains(path, "examples") {
				return err
			}
			body, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			to := filepath.Join(x.dir, strings.TrimPrefix(path, from))
			if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
				return err
			}
			return os.WriteFile(to, x.local(body), 0o600)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return x
}

// tools are xmllint and the catalogue of the schemas; a test without them is skipped.
func tools(t testing.TB) (lint, catalog string) {
	t.Helper()
	catalog = filepath.Join(root(t), ogcSchemas, "catalog.xml")
	if _, err := os.Stat(catalog); err != nil {
		t.Skip("no OGC schemas here: ", err)
	}
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("no xmllint here (package libxml2-utils)")
	}
	return lint, catalog
}

// Valid holds a document against a schema of schemas.opengis.net that includes no other in circles, e.g. wmts/1.0/wmts.xsd.
func Valid(t testing.TB, schema string, document []byte) {
	t.Helper()
	lint, catalog := tools(t)
	check(t, lint, catalog, filepath.Join(filepath.Dir(catalog), "ogc", schema), document, "-")
}

// check has xmllint hold documents, one of which may be its input, against a schema.
func check(t testing.TB, lint, catalog, schema string, input []byte, documents ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), lint, append([]string{"--nonet", "--noout", "--schema", schema}, documents...)...)
	cmd.Env = append(os.Environ(), "XML_CATALOG_FILES="+catalog)
	cmd.Stdin = bytes.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("not valid by %s: %v\n%.2000s\n%.4000s", schema, err, out, input)
	}
}

// root is the folder of the module that is tested.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("there is no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

func (x *Schemas) local(body []byte) []byte {
	return bytes.ReplaceAll(body, []byte("http://schemas.opengis.net/"), []byte(x.dir+"/"))
}

// Valid holds documents against one schema.
func (x *Schemas) Valid(schema string, docs ...[]byte) {
	x.Helper()
	var paths []string
	for i, doc := range docs {
		path := filepath.Join(x.TempDir(), fmt.Sprintf("%d.xml", i))
		if err := os.WriteFile(path, doc, 0o600); err != nil {
			x.Fatal(err)
		}
		paths = append(paths, path)
	}
	check(x, x.lint, x.catalog, filepath.Join(x.dir, schema), nil, paths...)
	if x.Failed() {
		for _, doc := range docs {
			x.Logf("%.3000s", doc)
		}
	}
}

// Features holds answers against the service's schema and what DescribeFeatureType says of the layers.
func (x *Schemas) Features(schema, namespace string, described []byte, docs ...[]byte) {
	x.Helper()
	types := filepath.Join(x.TempDir(), "types.xsd")
	all := fmt.Sprintf(`<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema"><xsd:import namespace="%s" schemaLocation="%s"/><xsd:import namespace="%s" schemaLocation="%s"/></xsd:schema>`,
		namespace, filepath.Join(x.dir, schema), format.LayersNamespace, types)
	name := strings.ReplaceAll(schema, "/", "-")
	for path, body := range map[string][]byte{types: x.local(described), filepath.Join(x.dir, name): []byte(all)} {
		if err := os.WriteFile(path, body, 0o600); err != nil {
			x.Fatal(err)
		}
	}
	x.Valid(name, docs...)
}
