package layers_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
	"onemap/migrations/dbtest"
)

const benchParcels = 50000

// parcelSQL gives parcels of ten vertices, side by side.
const parcelSQL = `select i::text as code, '0101' as dlbm, st_multi(st_buffer(st_setsrid(st_point(116 + (i %% 500) / 1000.0, 35 + i / 500 / 1000.0), 4490), 0.0004, 'quad_segs=2')) as geom
	from generate_series(1, %d) i`

// twins are two tables of equal parcels with both geometries indexed: layer.parcel is logged, layer.plain is not.
func twins(b *testing.B) (*layers.Store, *pgxpool.Pool) {
	b.Helper()
	pool := dbtest.New(b)
	store := layers.New(pool)
	for _, name := range []string{"parcel", "plain"} {
		_, err := store.Create(b.Context(), layers.Anonymous, layers.Definition{
			Layer: layers.Layer{Name: name, Title: name, GeometryType: "MultiPolygon"},
			Columns: []layers.Column{
				{Property: layers.Property{Name: "code"}, SQLType: "text"}, {Property: layers.Property{Name: "dlbm"}, SQLType: "text"},
			},
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for _, sql := range []string{
		"delete from onemap.tracked where layer = 'plain'", "select onemap.untrack('plain')",
		"insert into layer.parcel (code, dlbm, geom) " + fmt.Sprintf(parcelSQL, benchParcels),
		"insert into layer.plain (code, dlbm, geom) select code, dlbm, geom from layer.parcel", "vacuum analyze layer.parcel", "vacuum analyze layer.plain",
	} {
		if _, err := pool.Exec(b.Context(), sql); err != nil {
			b.Fatalf("%s: %v", sql, err)
		}
	}
	return store, pool
}

// BenchmarkTriggers measures what the log and history cost a writer. Logged and plain writes alternate, so that a busy
// machine slows both; rows/s of each are reported, and their ratio.
func BenchmarkTriggers(b *testing.B) {
	for _, test := range []struct {
		name    string
		clients int
		rows    int // of one statement
		sql     string
	}{
		{"attribute/1", 1, 1, "update layer.%s set dlbm = dlbm || 'x' where fid = $1"},
		{"geometry/1", 1, 1, "update layer.%s set geom = st_translate(geom, 0.00001, 0) where fid = $1"},
		{"attribute/4", 4, 1, "update layer.%s set dlbm = dlbm || 'x' where fid = $1"},
		{"geometry/4", 4, 1, "update layer.%s set geom = st_translate(geom, 0.00001, 0) where fid = $1"},
		{"insert/1", 1, 1, "insert into layer.%s (code, geom) select code, geom from layer.plain where fid = $1"},
		{"attribute of 10000 in one statement", 1, 10000, "update layer.%s set dlbm = dlbm || 'x' where fid between $1 and $1 + 9999"},
	} {
		b.Run(test.name, func(b *testing.B) {
			_, pool := twins(b)
			var next atomic.Int64
			var spent [2]time.Duration
			var rows [2]int64
			for b.Loop() {
				for i, table := range []string{"plain", "parcel"} {
					sql := fmt.Sprintf(test.sql, table)
					begin := time.Now()
					var clients sync.WaitGroup
					for range test.clients {
						clients.Go(func() {
							for range max(1, 50/test.rows) {
								fid := next.Add(int64(test.rows)) % (benchParcels - 10000)
								if _, err := pool.Exec(b.Context(), sql, fid+1); err != nil {
									b.Error(err)
								}
							}
						})
					}
					clients.Wait()
					spent[i] += time.Since(begin)
					rows[i] += int64(test.clients * max(1, 50/test.rows) * test.rows)
				}
			}
			plain, logged := float64(rows[0])/spent[0].Seconds(), float64(rows[1])/spent[1].Seconds()
			b.ReportMetric(plain, "plain-rows/s")
			b.ReportMetric(logged, "logged-rows/s")
			b.ReportMetric(logged/plain, "ratio")
		})
	}
}

// BenchmarkLoad measures Load of a county's parcels into an empty layer, indexes included.
func BenchmarkLoad(b *testing.B) {
	const parcels = 350000
	store, pool := twins(b)
	rows, err := pool.Query(b.Context(), fmt.Sprintf(parcelSQL, parcels))
	if err != nil {
		b.Fatal(err)
	}
	made, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.StopTimer()
		if _, err := pool.Exec(b.Context(), "truncate layer.parcel"); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		_, err := store.Load(b.Context(), layers.Anonymous, "parcel", []string{"code", "dlbm", "geom"}, pgx.CopyFromRows(made), layers.LoadOptions{})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(parcels*b.N)/b.Elapsed().Seconds(), "rows/s")
}
