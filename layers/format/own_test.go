package format

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// sharedFile finds a file of the shared collection of test files.
func sharedFile(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	for ; err == nil && dir != "/"; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "shared", "data", filepath.FromSlash(name))
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skipf("needs the file %s of the shared collection of test files, which is not on this machine", name)
	return ""
}

// file writes a file in a directory of the test's own.
func file(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// openOwn recognises a file and opens it with the reader of its format.
func openOwn(path string, hints Hints) ([]*Source, Format, error) {
	head, err := headOf(path)
	if err != nil {
		return nil, Format{}, err
	}
	f, ok := recognise(path, head)
	if !ok {
		return nil, f, fmt.Errorf("%s is of no known format", path)
	}
	sources, err := f.open(context.Background(), input{path: path, name: filepath.Base(path), hints: hints})
	return sources, f, err
}

// told is a row in words that a test can compare.
type told struct {
	number   int64
	geometry string
	values   map[string]string
	rules    []string
	lost     bool
}

// readAll reads a source to its end.
func readAll(t testing.TB, s *Source) []told {
	t.Helper()
	var rows []told
	for r, err := range s.Rows(context.Background(), RowOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		row := told{number: r.Number, geometry: wkt(r.Geometry), values: map[string]string{}, lost: r.Lost}
		for i, v := range r.Values {
			if v != nil {
				row.values[s.Fields[i].Name] = string(v)
			}
		}
		for _, n := range r.Notes {
			row.rules = append(row.rules, n.Rule)
		}
		rows = append(rows, row)
	}
	return rows
}

// named finds a source.
func named(t testing.TB, sources []*Source, name string) *Source {
	t.Helper()
	for _, s := range sources {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no source %q among %d", name, len(sources))
	return nil
}
