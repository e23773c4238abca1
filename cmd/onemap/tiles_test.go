package main_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
	"onemap/migrations/dbtest"
	"onemap/tiles/pmtiles"
)

// newSpots makes a layer of 2000 points around 116.1, 35.8, and one area of half of them.
func newSpots(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool := dbtest.New(t)
	store := layers.New(pool)
	for name, kind := range map[string]string{"spot": "Point", "town": "MultiPolygon"} {
		if _, err := store.Create(t.Context(), layers.Anonymous, layers.Definition{
			Layer:   layers.Layer{Name: name, Title: name, GeometryType: kind, Writable: true, Tracked: true, Drawing: layers.Drawing{Properties: []string{"stamp"}}},
			Columns: []layers.Column{{Property: layers.Property{Name: "stamp", Type: layers.Integer}, SQLType: "bigint"}},
		}); err != nil {
			t.Fatal(err)
		}
	}
	for _, sql := range []string{
		`insert into layer.spot (stamp, geom) select 0, st_setsrid(st_makepoint(116 + 0.2 * (i % 50) / 50.0, 35.7 + 0.2 * (i / 50) / 40.0), 4490) from generate_series(0, 1999) i`,
		`insert into layer.town (stamp, geom) values (1, st_multi(st_makeenvelope(116, 35.7, 116.1, 35.9, 4490)))`,
	} {
		if _, err := pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	return pool
}

// command runs onemap on a database and returns what it says.
func command(ctx context.Context, binary, database string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, binary, args...)
	c.Env = append(os.Environ(), "ONEMAP_DATABASE_URL="+database)
	out, err := c.CombinedOutput()
	return string(out), err
}

// archived reads all tiles of an archive.
func archived(t *testing.T, path string) (map[string]string, map[string]any) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := pmtiles.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for id := range r.IDs() {
		z, x, y := pmtiles.Address(id)
		body, err := r.Tile(z, x, y)
		if err != nil {
			t.Fatal(err)
		}
		out[fmt.Sprintf("%d/%d/%d", z, x, y)] = string(body)
	}
	return out, r.Metadata
}

// Archives and warm tiles by the real program: no server is needed for the first, and what is not committed when it begins
// is not in it.
func TestTilesInBulk(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds and runs the program")
	}
	binary := build(t)
	pool := newSpots(t)
	database, dir := dbtest.URL(t), t.TempDir()
	export := func(name string, args ...string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		out, err := command(t.Context(), binary, database, append([]string{"tiles", "export", "-o", path, "--layers", "spot,town", "--zooms", "8-13"}, args...)...)
		if err != nil || !strings.Contains(out, "position") {
			t.Fatalf("export %v: %v\n%s", args, err, out)
		}
		return path
	}
	base, about := archived(t, export("base.pmtiles"))
	if len(base) < 50 || about["onemap:layers"] != "spot,town" {
		t.Errorf("%d tiles; %v", len(base), about)
	}
	half, _ := archived(t, export("half.pmtiles", "--area", "town/1"))
	box, _ := archived(t, export("box.pmtiles", "--bounds", "116,35.7,116.05,35.75"))
	if n := len(half); n < len(base)/4 || n > len(base)*3/4 || len(box) >= n {
		t.Errorf("%d of %d tiles are in the town, %d in the box", n, len(base), len(box))
	}
	if _, err := pool.Exec(t.Context(), "update layer.spot set stamp = 7 where fid in (1, 900)"); err != nil {
		t.Fatal(err)
	}
	next, _ := archived(t, export("next.pmtiles"))
	delta, about := archived(t, export("delta.pmtiles", "--since", fmt.Sprint(about["onemap:position"])))
	if len(delta) == 0 || len(delta) > 30 || about["onemap:since"] == nil {
		t.Errorf("%d tiles have changed; %v", len(delta), about)
	}
	maps.Copy(base, delta)
	if !maps.Equal(base, next) {
		t.Error("what has changed, put over the base, is not the next")
	}
	for _, args := range [][]string{
		{"-o", filepath.Join(dir, "base.pmtiles"), "--layers", "spot", "--zooms", "8"}, // is there
		{"-o", filepath.Join(dir, "x"), "--layers", "none", "--zooms", "8"},
		{"-o", filepath.Join(dir, "x"), "--layers", "spot", "--zooms", "8-"},
		{"-o", filepath.Join(dir, "x"), "--layers", "spot", "--zooms", "8", "--area", "spot/1"},
		{"-o", filepath.Join(dir, "x"), "--layers", "spot", "--zooms", "8", "--bounds", "1,2,3"},
		{"-o", filepath.Join(dir, "x"), "--layers", "spot", "--zooms", "8", "--set", "None"},
		{"-o", filepath.Join(dir, "x"), "--layers", "spot", "--zooms", "8", "--since", "999999"},
	} {
		if out, err := command(t.Context(), binary, database, append([]string{"tiles", "export"}, args...)...); err == nil || !strings.Contains(out, "onemap: ") {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) != 5 {
		t.Errorf("files are left: %v, %v", left, err)
	}
	n := startNode(t, binary, database)
	out, err := command(t.Context(), binary, database, "tiles", "warm", "--layers", "spot,town", "--zooms", "8-13", "--area", "town/1", "--server", n.url)
	if err != nil || !strings.Contains(out, fmt.Sprintf("%d with data", len(half))) {
		t.Errorf("warm: %v; want %d with data\n%s", err, len(half), out)
	}
	fills := metric(t, n, "onemap_tile_cache_fills_total")
	for address := range half {
		if code, _, _ := get(t.Context(), n.url+"/tiles/spot,town/"+address+".mvt"); code != 200 {
			t.Errorf("%s: %d", address, code)
		}
	}
	if now := metric(t, n, "onemap_tile_cache_fills_total"); now != fills || fills == 0 {
		t.Errorf("%v fills after warming, %v before", now, fills)
	}
	if out, err := command(t.Context(), binary, database, "tiles", "warm", "--layers", "none", "--zooms", "8", "--server", n.url); err == nil || !strings.Contains(out, "none") {
		t.Errorf("warm a layer that is none: %v\n%s", err, out)
	}
}
