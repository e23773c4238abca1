package intake_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"onemap/layers"
	"onemap/layers/intake"
)

// Whoever is refused hears why, in Chinese too, without SQL and without where files lie on the server.
func TestEveryRefusalIsSaidInBothLanguages(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	file := write(t, "a.csv", "bsm,name,lon,lat\n1,一,116,35.7\n2,二,116.1,35.8\n")
	d.must(intake.Options{Layer: "there", SRID: 4490}, file)
	noCRS := write(t, "b.csv", "name,x,y\n一,1,2\n")
	for _, c := range []struct {
		name string
		opt  intake.Options
		file string
		is   error
	}{
		{"a name", intake.Options{Layer: "A"}, file, layers.ErrInvalid},
		{"a mode", intake.Options{Layer: "a", Mode: "x"}, file, layers.ErrInvalid},
		{"no key", intake.Options{Layer: "there", Mode: intake.Upsert}, file, layers.ErrInvalid},
		{"a theme", intake.Options{Layer: "a", Theme: "x"}, file, layers.ErrInvalid},
		{"a standard", intake.Options{Layer: "a", Standard: "x"}, file, layers.ErrInvalid},
		{"there already", intake.Options{Layer: "there"}, file, layers.ErrConflict},
		{"not there", intake.Options{Layer: "nowhere", Mode: intake.Append}, file, layers.ErrNotFound},
		{"a source", intake.Options{Layer: "a", From: "x"}, file, layers.ErrInvalid},
		{"a field", intake.Options{Layer: "a", SRID: 4490, Map: intake.Mapping{"x": "y"}}, file, layers.ErrInvalid},
		{"a property", intake.Options{Layer: "there", Mode: intake.Append, SRID: 4490, Map: intake.Mapping{"name": "y"}}, file, layers.ErrInvalid},
		{"twice", intake.Options{Layer: "a", SRID: 4490, Map: intake.Mapping{"name": "y", "bsm": "y"}}, file, layers.ErrInvalid},
		{"features again", intake.Options{Layer: "there", Mode: intake.Append, SRID: 4490}, file, layers.ErrConflict},
		{"no system", intake.Options{Layer: "a"}, noCRS, layers.ErrInvalid},
		{"no data", intake.Options{Layer: "a"}, write(t, "c.geojson", `{"type":"FeatureCollection","features":[{`), layers.ErrInvalid},
	} {
		_, err := d.bring(c.opt, c.file)
		w, ok := layers.WordsOf(err)
		if !errors.Is(err, c.is) || !ok {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		chinese := strings.ContainsFunc(w.Zh, func(r rune) bool { return unicode.Is(unicode.Han, r) })
		if w.En == "" || !chinese || strings.Contains(w.Zh, "/") && c.name != "a source" || !strings.Contains(err.Error(), w.En) {
			t.Errorf("%s: %q %q", c.name, w.En, w.Zh)
		}
		t.Logf("%s: %s | %s", c.name, w.En, w.Zh)
	}
}
