package format

import (
	"bytes"
	"encoding/hex"
	"testing"

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

// Whatever bytes a driver gives, what is written is a geometry that reads as itself.
func FuzzPlainer(f *testing.F) {
	for _, seed := range []string{
		"010100000000000000000000000000000000000000", "01080000000300000000000000000000000000000000000000000000000000f03f000000000000f03f00000000000000400000000000000000",
		"010a000000010000000109000000010000000102000000020000000000000000000000000000000000000000000000000000000000000000000000", "000000000200000000", "01f2030000",
	} {
		b, err := hex.DecodeString(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var once, again plainer
		if !once.write(b) {
			return
		}
		if !again.write(once.out) || !bytes.Equal(once.out, again.out) {
			t.Errorf("%x became %x", b, once.out)
		}
	})
}
