package main

import (
	"context"
	"encoding/gob"
	"net/http"
	"os"
	"strconv"
	"time"

	"onemap/tiles"
)

// bareCmd is the bar for tiles that are kept: Go's own HTTP server, which hands out bytes from memory and does nothing else.
type bareCmd struct {
	Listen string `required:"" help:"Address and port."`
	File   string `required:"" type:"existingfile" help:"What to hand out: a map of paths to answers, as gob."`
}

// bareAnswer is one body with the headers a map needs.
type bareAnswer struct {
	Kind, Coding, ETag string
	Body               []byte
}

// barePath is where the bare server has a tile.
func barePath(t tiles.Tile) string { return "/" + t.String() }

// Run serves until it is ended.
func (c bareCmd) Run(ctx context.Context) error {
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	answers := map[string]*bareAnswer{}
	if err := gob.NewDecoder(file).Decode(&answers); err != nil {
		return err
	}
	server := &http.Server{Addr: c.Listen, ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := answers[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", a.ETag)
		if r.Header.Get("If-None-Match") == a.ETag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Type", a.Kind)
		h.Set("Content-Encoding", a.Coding)
		h.Set("Content-Length", strconv.Itoa(len(a.Body)))
		_, _ = w.Write(a.Body) // a client that leaves is no error
	})}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		return err
	}
	return nil
}
