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

// BenchmarkCachedTile is what the door costs for a tile that is in memory: all middleware, no network.
func BenchmarkCachedTile(b *testing.B) {
	w := newTown(b)
	handler := w.api.Handler()
	for _, c := range []struct{ name, tag string }{{"200", ""}, {"304", "same"}} {
		b.Run(c.name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, "/tiles/house/14/13475/6445.mvt", nil)
			r.Header.Set("Accept-Encoding", "gzip")
			recorder := httptest.NewRecorder()
			handler.ServeHTTP(recorder, r)
			if recorder.Code != http.StatusOK {
				b.Fatal(recorder.Code)
			}
			if c.tag != "" {
				r.Header.Set("If-None-Match", recorder.Header().Get("ETag"))
			}
			b.ReportAllocs()
			for b.Loop() {
				handler.ServeHTTP(&sink{http.Header{}}, r)
			}
		})
	}
}
