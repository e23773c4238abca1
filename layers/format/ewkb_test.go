package format

import (
	goewkb "github.com/twpayne/go-geom/encoding/ewkb"
	gowkt "github.com/twpayne/go-geom/encoding/wkt"
)

// wkt reads our EWKB with another's reader.
func wkt(b []byte) string {
	if b == nil {
		return ""
	}
	g, err := goewkb.Unmarshal(b)
	if err != nil {
		return "broken: " + err.Error()
	}
	s, err := gowkt.Marshal(g)
	if err != nil {
		return "broken: " + err.Error()
	}
	return s
}
