package tiles_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb/encoding/mvt"

	"onemap/layers"
	"onemap/migrations/dbtest"
	"onemap/tiles"
)

// field is a layer of small squares in a county's bounds, followed as in the product.
type field struct {
	*testing.T
	pool  *pgxpool.Pool
	store *layers.Store
	tiles *tiles.Tiles
}

const (
	west, south, east, north = 115.9, 35.65, 116.3, 35.95
	squareSize               = 0.0004
)

func newField(t *testing.T, rows int) *field {
	t.Helper()
	f := &field{T: t, pool: dbtest.New(t)}
	f.store = layers.New(f.pool)
	_, err := f.store.Create(t.Context(), layers.Anonymous, layers.Definition{
		Layer: layers.Layer{Name: "field", Title: "Field", GeometryType: "MultiPolygon", Writable: true, Tracked: true,
			Drawing: layers.Drawing{Properties: []string{"stamp"}}},
		Columns: []layers.Column{{Property: layers.Property{Name: "stamp", Type: layers.Integer}, SQLType: "bigint"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	f.exec(`insert into layer.field (stamp, geom) select 0, st_multi(st_makeenvelope(x, y, x + $2::float8, y + $2::float8, 4490))
		from (select $3::float8 + random() * ($5::float8 - $3::float8) as x, $4::float8 + random() * ($6::float8 - $4::float8) as y from generate_series(1, $1)) s`, rows, squareSize, west, south, east, north)
	f.follow(layers.NewSequencer(f.store, quiet()).Run)
	f.follow(f.store.Watch)
	f.tiles = f.node()
	return f
}

// node is another server on the same database, followed from now on.
func (f *field) node() *tiles.Tiles {
	drawn := tiles.New(f.pool, f.store, tiles.Options{})
	f.follow(drawn.Follow)
	f.until(func() bool { position, _ := drawn.Freshness(); return position > 0 })
	return drawn
}

// follow runs something until the test ends.
func (f *field) follow(run func(context.Context) error) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = run(ctx) // ends with the test
	}()
	f.Cleanup(func() { stop(); <-done })
}

func (f *field) until(ok func() bool) {
	f.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			f.Fatal("it takes too long")
		}
	}
}

func (f *field) exec(sql string, args ...any) {
	f.Helper()
	if _, err := f.pool.Exec(f.Context(), sql, args...); err != nil {
		f.Fatal(err)
	}
}

// fetch is what a tile is called, and the tile.
func fetch(ctx context.Context, drawn *tiles.Tiles, tile tiles.Tile, asOf int64) (string, *tiles.Body, error) {
	answer, err := drawn.Find(ctx, layers.Anonymous, tiles.Request{Layers: []string{"field"}, Tile: tile, AsOf: asOf})
	if err != nil {
		return "", nil, err
	}
	body, err := answer.Body(ctx)
	return answer.ETag(), body, err
}

// find is what a tile is called, and its features' stamps by id.
func find(ctx context.Context, drawn *tiles.Tiles, tile tiles.Tile, asOf int64) (string, map[int64]int64, error) {
	name, body, err := fetch(ctx, drawn, tile, asOf)
	if err != nil || body.Empty() {
		return name, nil, err
	}
	plain, err := body.Plain()
	if err != nil {
		return "", nil, err
	}
	ls, err := mvt.Unmarshal(plain)
	if err != nil {
		return "", nil, err
	}
	stamps := map[int64]int64{}
	for _, feature := range ls[0].Features {
		id, ok := feature.ID.(float64)
		stamp, is := feature.Properties["stamp"].(float64)
		if !ok || !is {
			return "", nil, fmt.Errorf("feature %v has %v", feature.ID, feature.Properties)
		}
		stamps[int64(id)] = int64(stamp)
	}
	return name, stamps, nil
}

// edits is how many changes TestNothingIsStale makes; the bar is 10,000 (ONEMAP_TEST_EDITS).
func edits(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("ONEMAP_TEST_EDITS"))
	if err != nil {
		n = 600
	}
	if testing.Short() {
		n = 60
	}
	return n
}

// Under fifty readers, every insert, update and delete is in the touched tiles as soon as the log has been followed to it;
// nobody is ever handed a tile that is older than what it is called; and tiles that were not touched stay as they are.
func TestNothingIsStale(t *testing.T) {
	t.Parallel()
	f := newField(t, 3000)
	var hot atomic.Pointer[tiles.Tile]
	readers, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var read atomic.Int64
	for i := range 50 {
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 1))
			for readers.Err() == nil {
				tile := tileAt(west+r.Float64()*(east-west), south+r.Float64()*(north-south), 10+r.IntN(7))
				if h := hot.Load(); h != nil && r.IntN(2) == 0 {
					tile = *h
				}
				_, body, err := fetch(readers, f.tiles, tile, 0)
				if err == nil && !body.Empty() {
					err = body.WriteGzip(io.Discard) // to read it is the reader's own affair
				}
				if err != nil && readers.Err() == nil && !isBusy(err) {
					t.Errorf("a reader: %v", err)
				}
				read.Add(1)
				time.Sleep(time.Duration(r.IntN(20)) * time.Millisecond)
			}
		})
	}
	r := rand.New(rand.NewPCG(7, 7))
	far := tileAt(west+0.01, south+0.01, 14)
	var took []time.Duration
	stale := 0
	for n := range edits(t) {
		stamp := int64(n + 1)
		z := 10 + r.IntN(9)
		lon, lat := west+0.1+r.Float64()*(east-west-0.1), south+0.1+r.Float64()*(north-south-0.1)
		untouched, _, err := find(t.Context(), f.tiles, far, 0)
		if err != nil {
			t.Fatal(err)
		}
		var id int64
		var x, y float64
		kind := r.IntN(4)
		switch kind {
		case 0:
			err = f.pool.QueryRow(t.Context(), `insert into layer.field (stamp, geom) values ($1, st_multi(st_makeenvelope($2, $3, $2::float8 + $4::float8, $3::float8 + $4::float8, 4490)))
				returning fid, st_x(st_centroid(geom)), st_y(st_centroid(geom))`, stamp, lon, lat, squareSize).Scan(&id, &x, &y)
		case 1:
			err = f.pool.QueryRow(t.Context(), `update layer.field set stamp = $1 where fid = (select fid from layer.field order by geom <-> st_setsrid(st_makepoint($2, $3), 4490) limit 1)
				returning fid, st_x(st_centroid(geom)), st_y(st_centroid(geom))`, stamp, lon, lat).Scan(&id, &x, &y)
		case 2:
			err = f.pool.QueryRow(t.Context(), `update layer.field set stamp = $1, geom = st_multi(st_makeenvelope($2, $3, $2::float8 + $4::float8, $3::float8 + $4::float8, 4490))
				where fid = (select fid from layer.field order by geom <-> st_setsrid(st_makepoint($5, $6), 4490) limit 1)
				returning fid, st_x(st_centroid(geom)), st_y(st_centroid(geom))`, stamp, lon, lat, squareSize, lon, lat).Scan(&id, &x, &y)
		default:
			err = f.pool.QueryRow(t.Context(), `delete from layer.field where fid = (select fid from layer.field order by geom <-> st_setsrid(st_makepoint($1, $2), 4490) limit 1)
				returning fid, st_x(st_centroid(geom)), st_y(st_centroid(geom))`, lon, lat).Scan(&id, &x, &y)
		}
		if err != nil {
			t.Fatal(err)
		}
		committed := time.Now()
		tile := tileAt(x, y, z)
		hot.Store(&tile)
		for {
			_, stamps, err := find(t.Context(), f.tiles, tile, 0)
			if err != nil && !isBusy(err) {
				t.Fatal(err)
			}
			if got, there := stamps[id]; err == nil && (kind == 3 && !there || kind != 3 && got == stamp) {
				break
			}
			if time.Since(committed) > 20*time.Second {
				stale++
				t.Errorf("edit %d (kind %d) is not in tile %s after %v", n, kind, tile, time.Since(committed))
				break
			}
			time.Sleep(time.Millisecond)
		}
		took = append(took, time.Since(committed))
		if after, _, err := find(t.Context(), f.tiles, far, 0); err != nil || after != untouched {
			t.Errorf("edit %d at %f, %f changed the tile %s far away: %v", n, x, y, far, err)
		}
	}
	stop()
	all.Wait()
	slices.Sort(took)
	t.Logf("%d edits, %d reads: p50 %v, p99 %v, worst %v; %+v", len(took), read.Load(), took[len(took)/2], took[len(took)*99/100], took[len(took)-1], f.tiles.Cache().Stats())
	// A second node that learns everything from the log names every tile as the first does.
	other := f.node()
	for range 500 {
		tile := tileAt(west+r.Float64()*(east-west), south+r.Float64()*(north-south), 8+r.IntN(12))
		one, _, err := find(t.Context(), f.tiles, tile, 0)
		if err != nil {
			t.Fatal(err)
		}
		two, _, err := find(t.Context(), other, tile, 0)
		if err != nil || one != two {
			t.Errorf("tile %s is %s for one node and %s for another, %v", tile, one, two, err)
		}
	}
}

// A tile that was begun before a commit and ends after it is kept under the name it was asked by, which is not what is asked
// for after the commit.
func TestASlowFillStoresNothingStale(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	f.exec("insert into layer.field (stamp, geom) values (1, st_multi(st_makeenvelope(116, 35.8, 116.0004, 35.8004, 4490)))")
	tile := tileAt(116.0002, 35.8002, 14)
	var slow atomic.Bool
	began, release := make(chan struct{}), make(chan struct{})
	drawn := tiles.New(f.pool, f.store, tiles.Options{Observe: func(stage tiles.Stage, _ time.Duration) {
		if stage == tiles.StageSelect && slow.CompareAndSwap(true, false) { // its snapshot is taken, its rows are on their way
			close(began)
			<-release
		}
	}})
	f.follow(drawn.Follow)
	f.until(func() bool { _, s, err := find(t.Context(), f.tiles, tile, 0); return err == nil && len(s) == 1 })
	f.until(func() bool { position, _ := drawn.Freshness(); now, _ := f.tiles.Freshness(); return position == now })
	held, err := f.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := held.Exec(t.Context(), "update layer.field set stamp = 2"); err != nil {
		t.Fatal(err)
	}
	slow.Store(true)
	type answer struct {
		name   string
		stamps map[int64]int64
		err    error
	}
	first := make(chan answer)
	go func() {
		name, stamps, err := find(t.Context(), drawn, tile, 0)
		first <- answer{name, stamps, err}
	}()
	select {
	case <-began:
	case a := <-first:
		t.Fatalf("it was not slow: %+v", a)
	}
	if err := held.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	shows := func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond) // at first it joins the slow one
		defer cancel()
		_, s, err := find(ctx, drawn, tile, 0)
		return err == nil && s[1] == 2
	}
	f.until(shows)
	close(release)
	a := <-first
	if a.err != nil || a.stamps[1] != 1 {
		t.Errorf("the slow one shows %v, %v; want what was before the commit", a.stamps, a.err)
	}
	for range 20 {
		if name, _, _ := find(t.Context(), drawn, tile, 0); !shows() || name == a.name {
			t.Fatal("after the slow fill had ended, the tile was old again")
		}
	}
}

// As of any moment a tile shows what was there, however much has happened since.
func TestTilesOfThePast(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	tile := tileAt(116.0002, 35.8002, 12)
	type moment struct {
		position int64
		stamps   map[int64]int64
	}
	var past []moment
	r := rand.New(rand.NewPCG(5, 5))
	for n := range 30 {
		switch {
		case n < 5 || n%3 == 0:
			f.exec(`insert into layer.field (stamp, geom) values ($1, st_multi(st_makeenvelope($2, $3, $2::float8 + 0.0004, $3::float8 + 0.0004, 4490)))`, n, 116+r.Float64()*0.01, 35.8+r.Float64()*0.01)
		case n%3 == 1:
			f.exec(`update layer.field set stamp = $1 where fid in (select fid from layer.field order by fid limit 2)`, n)
		default:
			f.exec(`delete from layer.field where fid = (select min(fid) from layer.field)`)
		}
		var stamps map[int64]int64
		f.until(func() bool {
			rows, err := f.pool.Query(t.Context(), "select fid, stamp from layer.field")
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			want := map[int64]int64{}
			for rows.Next() {
				var id, stamp int64
				if err := rows.Scan(&id, &stamp); err != nil {
					t.Fatal(err)
				}
				want[id] = stamp
			}
			_, stamps, err = find(t.Context(), f.tiles, tile, 0)
			return err == nil && fmt.Sprint(stamps) == fmt.Sprint(want)
		})
		// A tile may show a commit a moment before it has its position.
		f.until(func() (given bool) {
			err := f.pool.QueryRow(t.Context(), "select not exists (select seq from onemap.change except select seq from onemap.feed)").Scan(&given)
			return err == nil && given
		})
		position, err := f.store.Position(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		past = append(past, moment{position, stamps})
	}
	for _, m := range past {
		name, stamps, err := find(t.Context(), f.tiles, tile, m.position)
		if err != nil || fmt.Sprint(stamps) != fmt.Sprint(m.stamps) {
			t.Errorf("as of %d: %v, want %v; %v", m.position, stamps, m.stamps, err)
		}
		if again, _, _ := find(t.Context(), f.tiles, tile, m.position); again != name {
			t.Errorf("as of %d has two names", m.position)
		}
	}
	if _, stamps, err := find(t.Context(), f.tiles, tile, -1); err != nil || len(stamps) != 0 {
		t.Errorf("before everything: %v, %v", stamps, err)
	}
}

func isBusy(err error) bool { return errors.Is(err, tiles.ErrBusy) }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// A tile without rows answers for all below it, without asking anybody, until something touches it.
func TestWhereNothingIsNobodyIsAsked(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	f.exec("insert into layer.field (stamp, geom) select 1, st_multi(st_makeenvelope(x, 35.7, x + 0.0004, 35.7004, 4490)) from unnest(array[115.9, 116.3]) x")
	f.shown()
	gets := func() int64 { return f.tiles.Cache().Stats().Gets }
	read := func(tile tiles.Tile) map[int64]int64 {
		_, stamps, err := find(t.Context(), f.tiles, tile, 0)
		if err != nil {
			t.Fatal(err)
		}
		return stamps
	}
	bare := tileAt(116.1, 35.7, 13)
	if read(bare); gets() != 1 {
		t.Fatalf("%d tiles were drawn", gets())
	}
	for _, z := range []int{13, 14, 16, 18, 22} {
		if tile := tileAt(116.1, 35.7, z); len(read(tile)) > 0 || gets() != 1 {
			t.Errorf("%s: %d tiles were drawn", tile, gets())
		}
	}
	for i, z := range []int{22, 18, 14, 13} {
		f.exec("insert into layer.field (stamp, geom) values ($1, st_multi(st_makeenvelope(116.1, 35.7, 116.1004, 35.7004, 4490)))", i)
		f.shown()
		if stamps := read(tileAt(116.1002, 35.7002, z)); len(stamps) != 1 {
			t.Errorf("zoom %d after an insert: %v", z, stamps)
		}
		f.exec("delete from layer.field where fid = (select max(fid) from layer.field)")
		f.shown()
		if stamps := read(bare); len(stamps) > 0 {
			t.Errorf("after a delete: %v", stamps)
		}
	}
	f.exec("insert into layer.field (stamp, geom) select n, st_multi(st_makeenvelope(116.1, 35.7, 116.1004, 35.7004, 4490)) from generate_series(1, 1200) n") // one row of the log
	f.shown()
	if stamps := read(tileAt(116.1002, 35.7002, 17)); len(stamps) != 1200 {
		t.Errorf("after many inserts: %d", len(stamps))
	}
	f.exec("truncate layer.field")
	f.shown()
	if stamps := read(bare); len(stamps) > 0 {
		t.Errorf("after truncate: %v", stamps)
	}
}
