package ows_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// schemas is where the OGC's schemas are kept for tests, seen from this folder.
const schemas = "../../../shared/data/6-conformance/ogc-schemas"

// valid holds a document against a schema below schemas/ogc with xmllint, which never asks the web.
func valid(t *testing.T, schema string, document []byte) {
	t.Helper()
	catalog, err := filepath.Abs(filepath.Join(schemas, "catalog.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(catalog); err != nil {
		t.Skip("no OGC schemas here: ", err)
	}
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("no xmllint here (package libxml2-utils)")
	}
	cmd := exec.CommandContext(t.Context(), lint, "--nonet", "--noout", "--schema", filepath.Join(schemas, "ogc", schema), "-")
	cmd.Env = append(os.Environ(), "XML_CATALOG_FILES="+catalog)
	cmd.Stdin = bytes.NewReader(document)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("not valid by %s: %v\n%s\n%s", schema, err, out, document)
	}
}
