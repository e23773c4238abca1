package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// pkg is what the go command says of one package.
type pkg struct {
	ImportPath, Doc, Name              string
	Imports, TestImports, XTestImports []string
	GoFiles, TestGoFiles, XTestGoFiles []string
}

// doors says which rooms a room may enter: four floors, arrows only go down.
var doors = map[string][]string{
	"cmd":        {"api", "tiles", "spatial", "layers", "migrations", "frontend"},
	"api":        {"tiles", "spatial", "layers"},
	"tiles":      {"layers"},
	"spatial":    {"layers"},
	"layers":     {},
	"migrations": {},
	"frontend":   {},
}

// plumbing may reach further than its room: a test's database is made with the store's own connections.
var plumbing = map[string][]string{"onemap/migrations/dbtest": {"layers"}}

// testDoors stand open to every room's tests: a real database, the synthetic county and the templates in it.
var testDoors = []string{"onemap/migrations", "onemap/migrations/dbtest", "onemap/migrations/postgres"}

func TestArrowsOnlyGoDown(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from := room(p.ImportPath)
		if _, known := doors[from]; !known {
			t.Errorf("%s: %q is not one of the prescribed rooms", p.ImportPath, from)
			continue
		}
		for _, imported := range p.Imports {
			if !may(p.ImportPath, imported) {
				t.Errorf("%s imports %s: %s may enter %v only", p.ImportPath, imported, from, doors[from])
			}
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			if !may(p.ImportPath, imported) && !slices.Contains(testDoors, imported) {
				t.Errorf("a test of %s imports %s", p.ImportPath, imported)
			}
		}
	}
}

// Inside layers the ground itself knows none of its corners, and inside spatial the domains do not ask each other.
func TestCornersDoNotKnowEachOther(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			inside := strings.HasPrefix(imported, p.ImportPath+"/")
			if p.ImportPath == "onemap/layers" && inside {
				t.Errorf("%s imports its own corner %s", p.ImportPath, imported)
			}
			domain := strings.HasPrefix(p.ImportPath, "onemap/spatial/") && strings.HasPrefix(imported, "onemap/spatial/")
			if domain && !strings.HasSuffix(imported, "/network") {
				t.Errorf("%s asks another domain, %s", p.ImportPath, imported)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if len(p.GoFiles) == 0 {
			continue // tests alone
		}
		want := "Package " + p.Name + " "
		if p.Name == "main" {
			want = "Command "
		}
		if !strings.HasPrefix(p.Doc, want) {
			t.Errorf("%s: the package comment begins %q, want %q", p.ImportPath, p.Doc, want+"…")
		}
	}
}

func may(from, imported string) bool {
	to := room(imported)
	return to == "" || to == room(from) || slices.Contains(doors[room(from)], to) || slices.Contains(plumbing[from], to)
}

// room is the top folder of a package of ours, "" of a foreign one.
func room(path string) string {
	rest, ours := strings.CutPrefix(path, "onemap/")
	if !ours {
		return ""
	}
	top, _, _ := strings.Cut(rest, "/")
	return top
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Doc,Name,Imports,TestImports,XTestImports,GoFiles,TestGoFiles,XTestGoFiles", "onemap/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var ps []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return ps
		} else if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
}
