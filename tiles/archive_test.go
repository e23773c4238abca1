package tiles_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"onemap/layers"
	"onemap/tiles"
	"onemap/tiles/pmtiles"
)

// written is an archive as it was written, and what is in it.
type written struct {
	*tiles.Archive
	raw    []byte
	reader *pmtiles.Reader
}

// archive writes the field's layer; drawn are the tiles to write.
func (f *field) archive(drawn *tiles.Tiles, opt tiles.ArchiveOptions) written {
	f.Helper()
	opt.Layers = []string{"field"}
	path := filepath.Join(f.TempDir(), "a.pmtiles")
	file, err := os.Create(path)
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	a, err := drawn.WriteArchive(f.Context(), layers.Anonymous, file, opt)
	if err != nil {
		f.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	reader, err := pmtiles.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		f.Fatal(err)
	}
	return written{a, raw, reader}
}

// bodies are the tiles of an archive by address, without compression.
func (w written) bodies(t *testing.T) map[tiles.Tile]string {
	t.Helper()
	out := map[tiles.Tile]string{}
	for id := range w.reader.IDs() {
		z, x, y := pmtiles.Address(id)
		body, err := w.reader.Tile(z, x, y)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := tiles.Plain(body)
		if err != nil {
			t.Fatal(err)
		}
		out[tiles.Tile{Z: z, X: x, Y: y}] = string(plain)
	}
	return out
}

// cover are all tiles of bounds.
func cover(b layers.Bounds, minZoom, maxZoom int) (all []tiles.Tile) {
	for z := minZoom; z <= maxZoom; z++ {
		from, to := tileAt(b[0], b[3], z), tileAt(b[2], b[1], z)
		for x := from.X; x <= to.X; x++ {
			for y := from.Y; y <= to.Y; y++ {
				all = append(all, tiles.Tile{Z: z, X: x, Y: y})
			}
		}
	}
	return all
}

// edit writes at random until the context ends; it returns how often.
func (f *field) edit(ctx context.Context, seed uint64, most int) (n int) {
	r := rand.New(rand.NewPCG(seed, 9))
	for ; ctx.Err() == nil && n < most; n++ {
		lon, lat := west+r.Float64()*(east-west), south+r.Float64()*(north-south)
		switch r.IntN(3) {
		case 0:
			f.exec("insert into layer.field (stamp, geom) values ($1, st_multi(st_makeenvelope($2, $3, $2::float8 + 0.0004, $3::float8 + 0.0004, 4490)))", n, lon, lat)
		case 1:
			f.exec("update layer.field set stamp = $1 where fid = (select fid from layer.field order by geom <-> st_setsrid(st_makepoint($2, $3), 4490) limit 1)", n, lon, lat)
		default:
			f.exec("delete from layer.field where fid = (select fid from layer.field order by geom <-> st_setsrid(st_makepoint($1, $2), 4490) limit 1)", lon, lat)
		}
	}
	return n
}

// settled waits until every commit has its position.
func (f *field) settled() {
	f.until(func() bool { pending, err := f.store.Pending(f.Context()); return err == nil && len(pending) == 0 })
}

// shown waits until every commit counts in tiles.
func (f *field) shown() {
	f.Helper()
	f.settled()
	position, err := f.store.Position(f.Context())
	if err == nil {
		err = f.tiles.Await(f.Context(), position)
	}
	if err != nil {
		f.Fatal(err)
	}
}

// While rows are written, an archive holds exactly the tiles that the door has as of its position: all of them, nothing
// besides, none later. Neither does it need a node that follows the log.
func TestAnArchiveIsOfOneMoment(t *testing.T) {
	t.Parallel()
	f := newField(t, 1500)
	editing, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	edits := make([]int, 3)
	for i := range edits {
		all.Go(func() { edits[i] = f.edit(editing, uint64(i), 1<<30) })
	}
	begun := f.number("select coalesce(max(pos), 0) from onemap.feed")
	f.until(func() bool { return f.number("select coalesce(max(pos), 0) from onemap.feed") > begun+20 }) // the editors are at work
	var done []int64
	a := f.archive(f.tiles, tiles.ArchiveOptions{MinZoom: 9, MaxZoom: 13, Progress: func(n, total int64) { done = append(done, n, total) }})
	b := f.archive(tiles.New(f.pool, f.store, tiles.Options{}), tiles.ArchiveOptions{MinZoom: 11, MaxZoom: 12})
	stop()
	all.Wait()
	f.settled()
	if n := edits[0] + edits[1] + edits[2]; n < 50 {
		t.Errorf("only %d edits were made meanwhile", n)
	}
	for _, w := range []written{a, b} {
		if w.reader.Metadata["onemap:position"] != float64(w.Position) || w.Position == 0 {
			t.Errorf("position %d; metadata %v", w.Position, w.reader.Metadata)
		}
		got := w.bodies(t)
		if int64(len(got)) != w.Tiles {
			t.Errorf("%d tiles are in it, %d are said", len(got), w.Tiles)
		}
		for _, tile := range cover(w.Bounds, w.MinZoom, w.MaxZoom) {
			want := f.plain(tile, w.Position)
			if got[tile] != want {
				t.Errorf("tile %s has %d bytes that are not the door's %d as of %d", tile, len(got[tile]), len(want), w.Position)
			}
			delete(got, tile)
		}
		if len(got) > 0 {
			t.Errorf("%d tiles are outside", len(got))
		}
	}
	if n := len(done); n == 0 || done[n-1] != done[n-2] {
		t.Errorf("progress %v", done)
	}
}

// plain is a tile of the door as of a position; 0 = now.
func (f *field) plain(tile tiles.Tile, asOf int64) string {
	f.Helper()
	return string(plainTile(f, f.tiles, tiles.Request{Layers: []string{"field"}, Tile: tile, AsOf: asOf}))
}

// What has changed since an archive, put over it, makes the archive of now, byte for byte, tiles that are empty now included;
// what has not changed is not in it. An archive as of the old position is the old one.
func TestChangesPutOverAnArchiveMakeTheNext(t *testing.T) {
	t.Parallel()
	f := newField(t, 800)
	f.settled()
	bounds := &layers.Bounds{west, south, east, north}
	for round, change := range []func(){
		func() { f.edit(t.Context(), 1, 40) },
		func() { f.exec("delete from layer.field where st_x(st_centroid(geom)) < $1", west+0.1) },
		func() { f.exec("update layer.field set geom = st_translate(geom, 0.05, 0) where fid % 50 = 0") },
		func() {
			f.exec("insert into layer.field (stamp, geom) values (7, st_multi(st_makeenvelope($1, $2, $3, $4, 4490)))", west, south, east, north-0.1)
		},
	} {
		opt := tiles.ArchiveOptions{MinZoom: 8, MaxZoom: 14, Bounds: bounds}
		if round == 0 {
			opt.Bounds = nil
		}
		base := f.archive(f.tiles, opt)
		change()
		f.settled()
		next := f.archive(f.tiles, opt)
		opt.Since = base.Position
		delta := f.archive(f.tiles, opt)
		if delta.reader.Metadata["onemap:since"] != float64(base.Position) || delta.Position != next.Position {
			t.Errorf("round %d: %v", round, delta.reader.Metadata)
		}
		made, empties := base.bodies(t), 0
		for tile, body := range delta.bodies(t) {
			if body == "" {
				delete(made, tile)
				empties++
			} else {
				made[tile] = body
			}
		}
		if !maps.Equal(made, next.bodies(t)) {
			t.Errorf("round %d: the change over the base is not the next archive", round)
		}
		if round == 0 && delta.Tiles > base.Tiles/2 || round == 1 && empties == 0 {
			t.Errorf("round %d: %d of %d tiles, %d empty", round, delta.Tiles, base.Tiles, empties)
		}
		opt.Since, opt.AsOf, opt.Bounds = 0, base.Position, &base.Bounds
		if again := f.archive(f.tiles, opt); !maps.Equal(again.bodies(t), base.bodies(t)) {
			t.Errorf("round %d: as of %d it is another", round, base.Position)
		}
	}
}

// Who has committed gets an archive with it, at once, although nothing has its position yet and the catalogue in memory is
// older; and one of the past reaches as far as what was there then.
func TestAnArchiveHasWhatWasCommittedBefore(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	for n := range 20 {
		f.exec("insert into layer.field (stamp, geom) values ($1, st_multi(st_makeenvelope(116, 35.8, 116.0004, 35.8004, 4490)))", n)
		a := f.archive(f.tiles, tiles.ArchiveOptions{MinZoom: 14, MaxZoom: 14})
		if a.Tiles == 0 {
			t.Errorf("round %d: nothing is in it", n)
		}
		f.exec("truncate layer.field")
		if past := f.archive(f.tiles, tiles.ArchiveOptions{MinZoom: 14, MaxZoom: 14, AsOf: a.Position}); !maps.Equal(past.bodies(t), a.bodies(t)) {
			t.Errorf("round %d: emptied since, what was there is not", n)
		}
	}
}

// The same layers at the same position are the same bytes; header and metadata say what is in them.
func TestAnArchiveSaysWhatItIs(t *testing.T) {
	t.Parallel()
	f := newField(t, 300)
	f.settled()
	one := f.archive(f.tiles, tiles.ArchiveOptions{MinZoom: 0, MaxZoom: 12})
	if two := f.archive(f.node(), tiles.ArchiveOptions{MinZoom: 0, MaxZoom: 12}); !bytes.Equal(one.raw, two.raw) {
		t.Error("another node writes other bytes")
	}
	r := one.reader
	if r.MinZoom != 0 || r.MaxZoom != 12 || r.West > west+0.1 || r.East < east-0.1 || r.Addressed != uint64(one.Tiles) || r.CenterLon < west || r.CenterLon > east {
		t.Errorf("%+v", r.Header)
	}
	described, ok := r.Metadata["vector_layers"].([]any)
	if !ok || len(described) != 1 || described[0].(map[string]any)["id"] != "field" || r.Metadata["onemap:layers"] != "field" || r.Metadata["name"] != "Field" {
		t.Errorf("%v", r.Metadata)
	}
	part := f.archive(f.tiles, tiles.ArchiveOptions{MinZoom: 12, MaxZoom: 12, Bounds: &layers.Bounds{116, 35.8, 116.05, 35.85}})
	if n := len(cover(part.Bounds, 12, 12)); part.Tiles+part.Empty != int64(n) || part.Tiles == 0 {
		t.Errorf("%d and %d empty of %d", part.Tiles, part.Empty, n)
	}
}

// An archive of an area is that part of the whole; one of another set has the tiles that the door has in that set.
func TestArchivesOfAreasAndSets(t *testing.T) {
	t.Parallel()
	f := newField(t, 1000)
	f.settled()
	area := star(116.1, 35.8, 0.1, 7, rand.New(rand.NewPCG(3, 3)))
	whole := f.archive(f.tiles, tiles.ArchiveOptions{MinZoom: 8, MaxZoom: 14}).bodies(t)
	part := f.archive(f.tiles, tiles.ArchiveOptions{MinZoom: 8, MaxZoom: 14, Area: area})
	got := part.bodies(t)
	if len(got) == 0 || len(got) > len(whole)*2/3 {
		t.Errorf("%d of %d tiles", len(got), len(whole))
	}
	b := part.Bounds
	for tile := range (tiles.Cover{MinZoom: 8, MaxZoom: 14, Bounds: b, Area: area}).Tiles() {
		if got[tile] != whole[tile] {
			t.Errorf("%s is another", tile)
		}
		delete(got, tile)
	}
	if len(got) > 0 {
		t.Errorf("%d tiles are outside the area", len(got))
	}
	degrees, err := f.tiles.MatrixSet("CGCS2000Quad")
	if err != nil {
		t.Fatal(err)
	}
	a := f.archive(f.tiles, tiles.ArchiveOptions{Set: degrees, MinZoom: 9, MaxZoom: 12})
	if a.reader.Metadata["onemap:tileMatrixSet"] != "CGCS2000Quad" {
		t.Errorf("%v", a.reader.Metadata)
	}
	for tile, body := range a.bodies(t) {
		if plain := plainTile(t, f.tiles, tiles.Request{Layers: []string{"field"}, Set: degrees, Tile: tile}); string(plain) != body {
			t.Errorf("%s has %d bytes, the door's %d", tile, len(body), len(plain))
		}
	}
}

// fullDisk takes so many bytes.
type fullDisk struct{ room int }

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(b []byte) (int, error) {
	if d.room -= len(b); d.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func (d *fullDisk) Seek(int64, int) (int64, error) { return 0, nil }

func TestArchivesThatCanNotBe(t *testing.T) {
	t.Parallel()
	f := newField(t, 300)
	f.settled()
	position, err := f.store.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	write := func(ctx context.Context, w io.WriteSeeker, opt tiles.ArchiveOptions) error {
		if opt.Layers == nil {
			opt.Layers = []string{"field"}
		}
		_, err := f.tiles.WriteArchive(ctx, layers.Anonymous, w, opt)
		return err
	}
	for name, c := range map[string]struct {
		opt  tiles.ArchiveOptions
		want error
	}{
		"a zoom that is none":     {tiles.ArchiveOptions{MinZoom: 3, MaxZoom: 23}, layers.ErrInvalid},
		"zooms turned round":      {tiles.ArchiveOptions{MinZoom: 9, MaxZoom: 8}, layers.ErrInvalid},
		"no layer of that name":   {tiles.ArchiveOptions{Layers: []string{"none"}}, layers.ErrNotFound},
		"a layer twice":           {tiles.ArchiveOptions{Layers: []string{"field", "field"}}, layers.ErrInvalid},
		"no layer":                {tiles.ArchiveOptions{Layers: []string{}}, layers.ErrInvalid},
		"since the future":        {tiles.ArchiveOptions{Since: position + 1}, layers.ErrInvalid},
		"as of the future":        {tiles.ArchiveOptions{AsOf: position + 1}, layers.ErrInvalid},
		"nothing has changed":     {tiles.ArchiveOptions{MaxZoom: 5, Since: position}, layers.ErrNotFound},
		"nothing there":           {tiles.ArchiveOptions{MaxZoom: 5, MinZoom: 5, Bounds: &layers.Bounds{1, 1, 2, 2}}, layers.ErrNotFound},
		"bounds turned round":     {tiles.ArchiveOptions{Bounds: &layers.Bounds{2, 1, 1, 2}}, layers.ErrInvalid},
		"bounds beyond the world": {tiles.ArchiveOptions{Bounds: &layers.Bounds{1, 1, 1000, 2}}, layers.ErrInvalid},
		"an area that is none":    {tiles.ArchiveOptions{Area: orb.MultiPolygon{{{{1, 1}}}}}, layers.ErrInvalid},
		"far too many tiles":      {tiles.ArchiveOptions{MaxZoom: 12, Bounds: &layers.Bounds{-180, -85, 180, 85}}, layers.ErrInvalid},
	} {
		if err := write(t.Context(), &fullDisk{1 << 30}, c.opt); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for _, room := range []int{0, 100, 16384, 20_000} {
		if err := write(t.Context(), &fullDisk{room}, tiles.ArchiveOptions{MinZoom: 8, MaxZoom: 13}); !errors.Is(err, errFull) {
			t.Errorf("with %d bytes: %v", room, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = write(ctx, &fullDisk{1 << 30}, tiles.ArchiveOptions{MinZoom: 8, MaxZoom: 15, Progress: func(int64, int64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	err = write(ctx, &fullDisk{1 << 30}, tiles.ArchiveOptions{MinZoom: 8, MaxZoom: 14, Progress: func(done, _ int64) {
		if done == 64 {
			f.exec("alter table layer.field add column more text")
		}
	}})
	if !errors.Is(err, layers.ErrConflict) {
		t.Errorf("a column is added meanwhile: %v", err)
	}
	f.exec("truncate layer.field")
	f.settled()
	if err := write(t.Context(), &fullDisk{1 << 30}, tiles.ArchiveOptions{MaxZoom: 5, Since: position}); !errors.Is(err, layers.ErrInvalid) {
		t.Errorf("emptied since: %v", err)
	}
}

// A tile that changes again and again while it is looked at does not keep an archive from its end: what is late is drawn as
// it was. Layers of foreign tables have no past to draw.
func TestArchivesOfForeignTables(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	f.exec("create table public.wells (id int primary key, geom geometry(point, 4490))")
	f.exec("insert into public.wells select i, st_setsrid(st_makepoint(116 + 0.001 * i, 35.8), 4490) from generate_series(1, 100) i")
	if _, err := f.store.Publish(t.Context(), layers.Anonymous, layers.PublishOptions{Layer: layers.Layer{Name: "wells", Theme: "other"}, TableSchema: "public", TableName: "wells", Track: true}); err != nil {
		t.Fatal(err)
	}
	f.settled()
	for _, written := range []bool{false, true} {
		changed := false
		_, err := f.tiles.WriteArchive(t.Context(), layers.Anonymous, &fullDisk{1 << 30}, tiles.ArchiveOptions{Layers: []string{"wells"}, MinZoom: 10, MaxZoom: 16, Progress: func(int64, int64) {
			if written && !changed {
				f.exec("update public.wells set geom = st_translate(geom, 0, 0.001)")
				changed = true
			}
		}})
		if written != errors.Is(err, layers.ErrConflict) || !written && err != nil {
			t.Errorf("written to %v: %v", written, err)
		}
	}
}
