package api

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
	"onemap/layers/format"
)

// itemsFormats are how a page of a layer's items is given: as GeoJSON, to be read, and as a file of any format of the table
// that can hold its features. Features without ids of their own can not be named in a page of a file.
func itemsFormats(l *layers.Layer) []served {
	out := slices.Clone(features)
	for _, f := range filesOf(l) {
		out = append(out, served{f: f.Name, media: fileType(f, l.Name)})
	}
	return out
}

// filesOf are the formats of pageFiles that can hold a layer's features.
func filesOf(l *layers.Layer) []format.Format {
	if l.Table.Key == "" {
		return nil
	}
	return slices.DeleteFunc(pageFiles(), func(f format.Format) bool { return !f.Fits(l) })
}

// isFile reports whether what is served of items is neither GeoJSON nor a page to be read.
func (o served) isFile() bool { return o.f != "json" && o.f != "html" }

// pageFiles are the formats of the table but GeoJSON, which items are in anyway.
func pageFiles() []format.Format {
	return slices.DeleteFunc(format.Writable(), func(f format.Format) bool { return f.Name == "geojson" })
}

// itemsAsFiles are links to items in what they are offered besides GeoJSON and HTML.
func (s *Server) itemsAsFiles(c echo.Context, l *layers.Layer) []link {
	var out []link
	for _, f := range filesOf(l) {
		out = append(out, link{Href: s.root(c) + "/ogc/collections/" + l.Name + "/items?f=" + f.Name, Rel: "items", Type: fileType(f, l.Name), Title: "要素 Features (" + f.Title + ")"})
	}
	return out
}

// fileType is the media type of a layer's file: that of an archive where the file is one.
func fileType(f format.Format, layer string) string {
	if f.Zipped(layer) {
		return "application/zip"
	}
	return f.Writing.MediaType
}

// itemsFile sends a page of items as a file. What is on the page is found first: the file has no room for links and counts, so
// that they stand in its head.
func (s *Server) itemsFile(c echo.Context, ctx context.Context, r itemsRequest) error {
	as, err := format.ForWriting(r.served.f, "")
	if err != nil {
		return err
	}
	keys := r.query
	keys.Limit, keys.CountIfCheap, keys.NoGeometry, keys.Properties = r.limit, true, true, []string{}
	page, err := s.ground().Store.Find(ctx, auth.Actor(c), r.layer.Name, keys)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	for _, l := range s.itemsLinks(c, r, page.Next) {
		h.Add("Link", fmt.Sprintf(`<%s>; rel="%s"; type="%s"`, l.Href, l.Rel, l.Type))
	}
	h.Set("OGC-NumberReturned", strconv.Itoa(len(page.Features)))
	if page.Matched >= 0 {
		h.Set("OGC-NumberMatched", strconv.FormatInt(page.Matched, 10))
	}
	q := r.query
	q.After, q.IDs = "", []string{}
	for _, f := range page.Features {
		q.IDs = append(q.IDs, f.ID)
	}
	if as.Plane() && c.QueryParam("crs") == "" {
		q.SRID = 0 // its own choice
	} else if !r.crs.NorthFirst { // a file has east first, whatever the system says
		h.Set("Content-Crs", "<"+r.crs.URI+">")
	}
	opt := format.ExportOptions{Format: as.Name, Properties: q.Properties}
	q.Properties = nil
	if as.Writing.Stream != nil {
		return s.exportStream(c, ctx, r.layer, as, q, opt)
	}
	return s.exportWhole(c, ctx, r.layer, as, q, opt)
}

// formatParameter is the parameter f of items.
func formatParameter() parameterDoc {
	doc := parameterDocs()["f"]
	values := []any{"json", "html"}
	for _, f := range pageFiles() {
		values = append(values, f.Name)
	}
	doc.schema = object{"type": "string", "enum": values}
	return doc
}

// pageContent adds to an answer of features the files it can be.
func pageContent(answer object) object {
	content := answer["content"].(object)
	for _, f := range pageFiles() {
		content[fileType(f, "")] = object{"schema": object{"type": "string", "format": "binary"}}
	}
	header := func(description, kind string) object {
		return object{"description": description, "schema": object{"type": kind}}
	}
	headers := answer["headers"].(object)
	headers["Link"] = header("Of a file: links, the next page among them", "string")
	headers["OGC-NumberReturned"] = header("Of a file: how many features it has", "integer")
	headers["OGC-NumberMatched"] = header("Of a file: how many features there are in all pages", "integer")
	return answer
}
