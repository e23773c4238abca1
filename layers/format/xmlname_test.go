package format_test

import (
	"regexp"
	"testing"
	"unicode/utf8"

	"onemap/layers/format"
)

func TestXMLNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"dlbm": "dlbm", "面积": "面积", "面积 m2": "面积_x0020_m2", "1号": "_x0031_号", "-a": "_x002D_a", "a.b-c": "a.b-c", "a:b": "a_x003A_b",
		"_x0041_": "_x005F_x0041_", "max_x": "max_x", "_xyz_": "_xyz_", "𠮷": "_x20BB7_", "a$": "a_x0024_", "é": "_x00E9_", "": "",
	} {
		if got := format.XMLName(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
		if back := format.FromXMLName(want); back != text {
			t.Errorf("%q is %q again, want %q", want, back, text)
		}
	}
	for _, c := range [][3]string{{"dltb", "17", "dltb.17"}, {"station", "A/1 号", "station.A_x002F_1_x0020_号"}, {"a", "x.y", "a.x.y"}} {
		id := format.GMLID(c[0], c[1])
		layer, key, ok := format.FeatureOfGMLID(id)
		if id != c[2] || layer != c[0] || key != c[1] || !ok {
			t.Errorf("%v: %q, %q, %q", c, id, layer, key)
		}
	}
	for _, id := range []string{"", "dltb", ".1", "dltb."} {
		if _, _, ok := format.FeatureOfGMLID(id); ok {
			t.Errorf("%q is no id of a feature", id)
		}
	}
}

var ncName = regexp.MustCompile(`^[A-Za-z_\x{3007}\x{4e00}-\x{9fa5}][A-Za-z0-9_.\x{3007}\x{4e00}-\x{9fa5}-]*$`)

// Any text becomes a name, and is found again.
func FuzzXMLName(f *testing.F) {
	for _, seed := range []string{"a b", "_x0020_", "_x_x0041_", "面积", "\x00", "_x10FFFF_", "9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || !utf8.ValidString(text) {
			return
		}
		name := format.XMLName(text)
		if !ncName.MatchString(name) {
			t.Errorf("%q becomes %q, which is no name", text, name)
		}
		if back := format.FromXMLName(name); back != text {
			t.Errorf("%q becomes %q, and that %q", text, name, back)
		}
	})
}
