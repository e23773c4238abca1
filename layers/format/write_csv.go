package format

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"
	xenc "golang.org/x/text/encoding"

	"onemap/layers"
)

// csvWriter writes RFC 4180: lines end with CRLF, a null is nothing, an empty text is "". Points are two or three
// columns, other geometries one of well-known text.
type csvWriter struct {
	w       io.Writer
	sheet   Sheet
	encoder *xenc.Encoder // nil = UTF-8
	points  bool
	buf     []byte
	text    []byte
}

func newCSV(w io.Writer, s Sheet) (Writer, error) {
	text, err := textOutNamed(s.Encoding)
	if err != nil {
		return nil, err
	}
	c := &csvWriter{w: w, sheet: s, points: s.Layer.GeometryType == "Point"}
	if text.encoding != nil {
		c.encoder = text.encoding.NewEncoder()
	} else if s.BOM {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return nil, err
		}
	}
	var names []string
	for _, p := range s.Layer.Properties {
		names = append(names, p.Name)
	}
	for i, name := range append(names, geometryColumns(s)...) {
		if i > 0 {
			c.buf = append(c.buf, ',')
		}
		c.buf = appendCSV(c.buf, name)
	}
	return c, c.line()
}

// geometryColumns are the names of the columns that hold the geometry, none of which is a property's.
func geometryColumns(s Sheet) []string {
	l := s.Layer
	var names []string
	switch {
	case l.GeometryType == "":
	case l.GeometryType != "Point":
		names = []string{"WKT"}
	case s.CRS.Degrees:
		names = []string{"lon", "lat", "height"}
	default:
		names = []string{"easting", "northing", "height"}
	}
	if len(names) == 3 && !l.HasZ {
		names = names[:2]
	}
	for i, name := range names {
		for n := 2; slices.ContainsFunc(l.Properties, func(p layers.Property) bool { return strings.EqualFold(p.Name, names[i]) }); n++ {
			names[i] = fmt.Sprintf("%s_%d", name, n)
		}
	}
	return names
}

func (c *csvWriter) Write(f *layers.Feature) error {
	for i, v := range f.Properties {
		if i > 0 {
			c.buf = append(c.buf, ',')
		}
		if s, ok := v.(string); ok {
			c.buf = appendCSV(c.buf, s)
		} else if v != nil {
			c.text = appendText(c.text[:0], v)
			if len(c.text) > 0 && (c.text[0] == '{' || c.text[0] == '[' || c.text[0] == '"') {
				c.buf = appendCSV(c.buf, string(c.text))
			} else {
				c.buf = append(c.buf, c.text...)
			}
		}
	}
	c.geometry(f.Geometry, len(f.Properties) > 0)
	return c.line()
}

func (c *csvWriter) geometry(g geom.T, after bool) {
	for i := range geometryColumns(c.sheet) {
		if i > 0 || after {
			c.buf = append(c.buf, ',')
		}
		switch {
		case g == nil:
		case c.points:
			at := i
			if i == 2 {
				at = g.Layout().ZIndex()
			}
			if flat := g.FlatCoords(); at >= 0 && at < len(flat) {
				c.buf = strconv.AppendFloat(c.buf, flat[at], 'f', -1, 64)
			}
		default:
			c.text = appendWKT(c.text[:0], g)
			c.buf = append(append(append(c.buf, '"'), c.text...), '"')
		}
	}
}

// line writes what is in buf as one line.
func (c *csvWriter) line() error {
	c.buf = append(c.buf, "\r\n"...)
	out := c.buf
	if c.encoder != nil {
		var err error
		if out, err = c.encoder.Bytes(c.buf); err != nil {
			return layers.Refuse(layers.ErrInvalid, "a name or value has characters that %s does not have", "有名称或取值含有 %s 编码没有的字符", c.sheet.Encoding)
		}
	}
	c.buf = c.buf[:0]
	_, err := c.w.Write(out)
	return err
}

func (c *csvWriter) Close() error { return nil }

// appendCSV appends one value, quoted where it has to be, or where it would read as null.
func appendCSV(b []byte, s string) []byte {
	if s != "" && !strings.ContainsAny(s, ",\"\r\n") && s[0] != ' ' && s[len(s)-1] != ' ' {
		return append(b, s...)
	}
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}
