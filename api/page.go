package api

import (
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"onemap/layers"
)

// policy is what pages may do: nothing leaves this server.
const policy = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"

// reserved are the first parts of paths that are doors, and never the page.
var reserved = []string{"ogc", "wfs", "wms", "wmts", "tiles", "styles", "fonts", "sprites", "layers", "changes", "codes", "search", "events", "imports", "edits", "processes", "auth", "admin", "healthz", "readyz", "metrics"}

// page is the built page, every file with its tag.
type page struct {
	files fs.FS
	tags  map[string]string // file → ETag
}

func newPage(files fs.FS) (*page, error) {
	p := &page{files: files, tags: map[string]string{}}
	if files == nil {
		return p, nil
	}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		p.tags[name] = digest(body)
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	return p, nil
}

// shell answers every address that is no door: a file of the page, or the page itself, which knows its own addresses.
func (s *Server) shell(c echo.Context) error {
	name := strings.TrimPrefix(path.Clean("/"+c.Request().URL.Path), "/")
	first, _, _ := strings.Cut(name, "/")
	if slices.Contains(reserved, first) {
		return echo.ErrNotFound
	}
	if _, ok := s.page.tags[name]; ok && name != "index.html" && !strings.HasPrefix(path.Base(name), ".") {
		return s.page.send(c, name)
	}
	if strings.Contains(name[strings.LastIndex(name, "/")+1:], ".") && name != "index.html" {
		return layers.Refuse(layers.ErrNotFound, "the page has no file %s", "页面没有文件 %s", name)
	}
	if s.open.Load() == nil {
		return s.starting()
	}
	if _, ok := s.page.tags["index.html"]; !ok {
		return layers.Refuse(layers.ErrNotFound, "this server was built without its page: run `make build`; the API is at /ogc", "本服务构建时未包含页面：请运行 `make build`；接口入口为 /ogc")
	}
	return s.page.send(c, "index.html")
}

// send serves a file, compressed if it was built so. Assets are named by their content and never change.
func (p *page) send(c echo.Context, name string) error {
	h := c.Response().Header()
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	media := mediaOf(name)
	if strings.HasPrefix(media, "text/html") {
		h.Set("Content-Security-Policy", policy)
	}
	h.Set("ETag", `W/"`+p.tags[name]+`"`)
	if matches(c.Request(), h.Get("ETag")) {
		return c.NoContent(http.StatusNotModified)
	}
	for _, coding := range []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if _, built := p.tags[name+coding.suffix]; built && accepts(c.Request(), coding.name) {
			h.Set("Content-Encoding", coding.name)
			name += coding.suffix
			break
		}
	}
	body, err := fs.ReadFile(p.files, name)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, media, body)
}

// mediaOf is the type of a file by its name, the same on every machine for what a page is made of.
func mediaOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return typeHTML
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json", ".map":
		return typeJSON
	case ".webmanifest":
		return "application/manifest+json"
	case ".svg":
		return "image/svg+xml"
	case ".wasm":
		return "application/wasm"
	case ".woff2":
		return "font/woff2"
	case ".ico":
		return "image/x-icon"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}
