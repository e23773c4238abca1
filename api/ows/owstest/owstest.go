// Package owstest holds XML documents against the OGC's schemas, in tests.
package owstest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// schemas is where the OGC's schemas are kept for tests, seen from the repository.
const schemas = "../shared/data/6-conformance/ogc-schemas"

// Valid holds a document against a schema of schemas.opengis.net, e.g. wmts/1.0/wmts.xsd, with xmllint, which never asks the web.
// Without schemas or xmllint the test is skipped.
func Valid(t testing.TB, schema string, document []byte) {
	t.Helper()
	folder := filepath.Join(repository(t), schemas)
	if _, err := os.Stat(folder); err != nil {
		t.Skip("no OGC schemas here: ", err)
	}
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("no xmllint here (package libxml2-utils)")
	}
	cmd := exec.CommandContext(t.Context(), lint, "--nonet", "--noout", "--schema", filepath.Join(folder, "ogc", schema), "-")
	cmd.Env = append(os.Environ(), "XML_CATALOG_FILES="+filepath.Join(folder, "catalog.xml"))
	cmd.Stdin = bytes.NewReader(document)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("not valid by %s: %v\n%s\n%.4000s", schema, err, out, document)
	}
}

// repository is the folder above that has go.mod.
func repository(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			t.Fatal("no go.mod above the test")
		}
		folder = parent
	}
}
