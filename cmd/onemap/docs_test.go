package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"onemap/migrations/dbtest"
)

// pages are those whose commands a reader is meant to copy.
var pages = []string{"README.md", "docs/import.md", "docs/integrators.md", "docs/operators.md", "docs/demo.md"}

// TestEveryLineOfTheDocuments runs each command of the documents, in their order, as it stands, on a synthetic county.
func TestEveryLineOfTheDocuments(t *testing.T) {
	for _, tool := range []string{"curl", "ogrinfo", "psql"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	binary, database := build(t), dbtest.New(t).Config().ConnString()
	n := startNode(t, binary, database, "--demo", "small")
	sh := shell(t, binary, database, n.url)
	prepare(t, sh)
	for _, page := range pages {
		for _, line := range commands(t, filepath.Join("..", "..", page)) {
			if out, err := sh(line); err != nil && !endless(line, err) {
				t.Errorf("%s: %s\n%v\n%s", page, line, err, out)
			}
		}
	}
}

// shell runs lines where a reader of the documents sits: onemap is on the path and in bin, and the server on its usual port, were it not for the test.
func shell(t *testing.T, binary, database, server string) func(line string) (string, error) {
	t.Helper()
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(binary, filepath.Join(home, "bin", "onemap")); err != nil {
		t.Fatal(err)
	}
	// An answer that is an error fails its line.
	if err := os.WriteFile(filepath.Join(home, ".curlrc"), []byte("fail-with-body\nsilent\nshow-error\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(line string) (string, error) {
		line = strings.NewReplacer("http://127.0.0.1:8080", server, "curl -N", "curl -N -m 2").Replace(line)
		c := exec.CommandContext(t.Context(), "sh", "-ec", "B="+server+"\nI=$B/ogc/collections/dltb/items\n"+line)
		c.Dir = home
		c.Env = append(os.Environ(), "HOME="+home, "CURL_HOME="+home, "ONEMAP_DATABASE_URL="+database, "PATH="+filepath.Join(home, "bin")+":"+os.Getenv("PATH"))
		out, err := c.CombinedOutput()
		return string(out), err
	}
}

// prepare makes the files and the table that the documents take for granted.
func prepare(t *testing.T, sh func(string) (string, error)) {
	t.Helper()
	for _, line := range []string{
		"onemap export dltb -o dltb.shp.zip --filter \"dlbm = '0102'\" && unzip -q dltb.shp.zip",
		"for f in dltb.*; do mv $f parcels.${f#dltb.}; done; mv parcels.shp.zip parcels.zip",
		"onemap export pipe_line -o pipes.gpkg",
		`onemap psql -- -c 'create schema gis; create table gis.wells (id serial primary key, name text, geom geometry(point, 4490)); create table gis.bores (like gis.wells including all)'`,
	} {
		if out, err := sh(line); err != nil {
			t.Fatalf("%s\n%v\n%s", line, err, out)
		}
	}
}

var (
	fence = regexp.MustCompile("(?ms)^```sh\n(.*?)^```")
	whole = regexp.MustCompile(`\\\n\s*`)
)

// commands are the lines of a document's shell blocks, continued ones joined, but for those that set the project up.
func commands(t *testing.T, page string) (lines []string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range fence.FindAllSubmatch(text, -1) {
		for line := range strings.Lines(whole.ReplaceAllString(string(block[1]), "")) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "make ") {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// endless says whether a command is one that goes on until it is stopped, and was, after a while.
func endless(line string, err error) bool {
	return strings.HasPrefix(line, "curl -N") && fmt.Sprint(err) == "exit status 28"
}
