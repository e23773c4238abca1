package api

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
	"onemap/layers/format"
)

// exportWays are how a layer is exported, besides which of its features are meant.
var exportWays = []string{"f", "crs", "properties", "sortby", "encoding", "names", "codes", "id"}

// export sends a layer as a file of any format that can be written: those that are streams as they are read, the others when
// they are made. A client that leaves ends it, and the programs that help. Coordinates are east before north, as files have them.
func (s *Server) export(c echo.Context) error {
	l, p, q, err := s.asked(c, exportWays)
	if err != nil {
		return err
	}
	as, err := format.ForWriting(cmp.Or(p["f"], "geojson"), "")
	if err != nil {
		return err
	}
	q.Sort = p.sorting()
	if p["crs"] != "" {
		crs, err := lookupCRS(l, "crs", p["crs"])
		if err != nil {
			return err
		}
		q.SRID = crs.SRID
	}
	opt := format.ExportOptions{Format: as.Name, Properties: p.names("properties"), ID: p["id"], Names: p["names"], Codes: p["codes"], Encoding: p["encoding"]}
	ctx, done, err := s.ground().shares.export.take(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	if as.Writing.Stream != nil {
		return s.exportStream(c, ctx, l, as, q, opt)
	}
	return s.exportWhole(c, ctx, l, as, q, opt)
}

// exportStream sends the file as it is written.
func (s *Server) exportStream(c echo.Context, ctx context.Context, l *layers.Layer, as format.Format, q layers.Query, opt format.ExportOptions) error {
	out := newLate(c, func(h http.Header) {
		h.Set(echo.HeaderContentType, textType(as.Writing.MediaType, as.Text(opt.Encoding)))
		h.Set(echo.HeaderContentDisposition, attachment(l, l.Name+as.Extensions[0], as.Extensions[0]))
	})
	if c.Request().Method == http.MethodHead {
		out.start()
		return nil
	}
	if _, err := format.ExportTo(ctx, out, s.ground().Store, auth.Actor(c), l.Name, q, opt); err != nil {
		return err
	}
	out.start()
	return nil
}

// exportWhole makes the file, and then sends it.
func (s *Server) exportWhole(c echo.Context, ctx context.Context, l *layers.Layer, as format.Format, q layers.Query, opt format.ExportOptions) error {
	folder, err := format.NewFolder(s.ground().Folder, format.DefaultLimits())
	if err != nil {
		return err
	}
	defer folder.Close()
	name := as.OneFile(l.Name)
	media := fileType(as, l.Name)
	opt.File, opt.Folder = filepath.Join(folder.Path(), name), folder.Path()
	if c.Request().Method != http.MethodHead {
		if _, err := format.Export(ctx, s.ground().Store, auth.Actor(c), l.Name, q, opt); err != nil {
			return err
		}
	}
	out := newLate(c, func(h http.Header) {
		h.Set(echo.HeaderContentType, textType(media, as.Text(opt.Encoding)))
		h.Set(echo.HeaderContentDisposition, attachment(l, name, strings.TrimPrefix(name, l.Name)))
	})
	if c.Request().Method == http.MethodHead {
		out.start()
		return nil
	}
	file, err := os.Open(opt.File)
	if err != nil {
		return err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil {
		c.Response().Header().Set(echo.HeaderContentLength, strconv.FormatInt(info.Size(), 10))
	}
	if _, err := io.Copy(out, file); err != nil {
		return err
	}
	out.start()
	return nil
}

// textType is a media type with the encoding of its text, where that is not told by the format itself.
func textType(media, encoding string) string {
	if !strings.HasPrefix(media, "text/") {
		return media
	}
	return media + "; charset=" + strings.ToLower(encoding)
}

// attachment has browsers keep an answer as a file: called by the layer's title where they know how to read that, else by its
// name (RFC 6266).
func attachment(l *layers.Layer, name, ext string) string {
	title := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, l.Title)
	if title == "" {
		title = l.Name
	}
	return fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, name, strings.ReplaceAll(url.QueryEscape(title+ext), "+", "%20"))
}

// enclosures are links to a layer as a file, one for each format.
func (s *Server) enclosures(c echo.Context, l *layers.Layer) []link {
	var out []link
	for _, f := range format.Writable() {
		if !f.Fits(l) {
			continue
		}
		out = append(out, link{Href: s.root(c) + "/layers/" + l.Name + "/export?f=" + f.Name, Rel: "enclosure", Type: fileType(f, l.Name), Title: "下载 Download (" + f.Title + ")"})
	}
	return out
}
