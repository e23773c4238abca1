package api_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// sink is a ResponseWriter that keeps nothing.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(int)             {}

// warmTile is a request for a tile that is in memory; one that has it already is answered 304.
func warmTile(tb testing.TB, handler http.Handler, has bool) *http.Request {
	tb.Helper()
	r := httptest.NewRequest(http.MethodGet, "/tiles/house/14/13475/6445.mvt", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, r)
	if recorder.Code != http.StatusOK {
		tb.Fatal(recorder.Code)
	}
	if has {
		r.Header.Set("If-None-Match", recorder.Header().Get("ETag"))
	}
	return r
}

// BenchmarkCachedTile is what the door costs for a tile that is in memory: all middleware, no network.
func BenchmarkCachedTile(b *testing.B) {
	handler := newTown(b).api.Handler()
	for name, has := range map[string]bool{"200": false, "304": true} {
		b.Run(name, func(b *testing.B) {
			r := warmTile(b, handler, has)
			b.ReportAllocs()
			for b.Loop() {
				handler.ServeHTTP(&sink{http.Header{}}, r)
			}
		})
	}
}

// What a warm tile takes is told in docs/performance.md; two of the pieces of memory are the test's.
func TestWarmTilesTakeLittleMemory(t *testing.T) {
	handler := newTown(t).api.Handler()
	for has, most := range map[bool]float64{false: 18, true: 10} {
		r := warmTile(t, handler, has)
		took := testing.AllocsPerRun(500, func() { handler.ServeHTTP(&sink{http.Header{}}, r) })
		if took > most {
			t.Errorf("a tile that the client has (%v) takes %v pieces of memory, want at most %v", has, took, most)
		}
	}
}
