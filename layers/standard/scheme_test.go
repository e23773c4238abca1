package standard_test

import (
	"testing"

	"onemap/layers/standard"
	"onemap/migrations/dbtest"
)

// A template that names a code list nobody has would fail when its layer is made.
func TestEveryCodeListIsThere(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	has := func(sql, name string) bool {
		var yes bool
		if err := pool.QueryRow(t.Context(), sql, name).Scan(&yes); err != nil {
			t.Fatal(err)
		}
		return yes
	}
	for _, name := range standard.Names() {
		d, err := standard.Table(name)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, p := range d.Properties {
			if p.Scheme != "" && !has("select exists (select from onemap.code where scheme = $1)", p.Scheme) {
				t.Errorf("%s.%s: there is no code list %q", name, p.Name, p.Scheme)
			}
		}
		for scheme, code := range map[string]string{"theme": d.Theme, "grade": d.Grade, "sharing": d.Sharing, "update_cycle": d.UpdateCycle} {
			if code != "" && !has("select exists (select from onemap.code where scheme = '"+scheme+"' and code = $1)", code) {
				t.Errorf("%s: %s has no code %q", name, scheme, code)
			}
		}
	}
}
