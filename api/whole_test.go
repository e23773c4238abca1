package api

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A file is handed to the connection by net/http where that takes one; a head that is kept back would be overtaken.
func TestFilesGoBehindTheirHead(t *testing.T) {
	t.Parallel()
	body := bytes.Repeat([]byte("x"), 100_000)
	path := filepath.Join(t.TempDir(), "body")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sendWhole(r, len(body))
		http.ServeFile(w, r, path)
	}))
	server.Listener = Direct(server.Config, server.Listener)
	server.Start()
	defer server.Close()
	for range 3 {
		answer, err := server.Client().Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || !bytes.Equal(got, body) || answer.ContentLength != int64(len(body)) {
			t.Fatalf("%d bytes of %d, %v", len(got), answer.ContentLength, err)
		}
	}
}

// Answers of all sizes about that of net/http's buffer arrive whole, and the connection is good for the next.
func TestAnswersArriveWhole(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		if head, _ := strconv.Atoi(r.URL.Query().Get("head")); head > 0 {
			w.Header().Set("X-Head", strings.Repeat("h", head))
		}
		w.Header().Set("Content-Length", strconv.Itoa(n))
		w.WriteHeader(http.StatusOK)
		if r.Method == http.MethodHead {
			return
		}
		sendWhole(r, n)
		if conn, ok := r.Context().Value(connKey{}).(*conn); !ok || conn.part.keep != (n > outBuffer) {
			t.Errorf("of an answer of %d bytes the head is not dealt with as it should be", n)
		}
		_, _ = w.Write(bytes.Repeat([]byte("x"), n)) // who leaves is no error
	}))
	server.Listener = Direct(server.Config, server.Listener)
	server.Start()
	defer server.Close()
	sizes := []int{0, 1, 3000, 3600, 3700, 3839, 3840, 3841, 3900, 4095, 4096, 4097, 5000, 8191, 8192, 8193, 90_000, 3000, 1 << 20}
	for i := range 3 * len(sizes) {
		n, head := sizes[i/3], i%3*2500
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
			r, err := http.NewRequest(method, server.URL+"?n="+strconv.Itoa(n)+"&head="+strconv.Itoa(head), nil)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(method, n, err)
			}
			body, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			want := n
			if method == http.MethodHead {
				want = 0
			}
			if err != nil || len(body) != want || bytes.Count(body, []byte("x")) != want {
				t.Fatalf("%s %d with a head of %d: %d bytes, %v", method, n, head, len(body), err)
			}
		}
	}
}
