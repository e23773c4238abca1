package ows_test

import (
	"errors"
	"reflect"
	"testing"

	"onemap/api/ows"
)

func TestKVP(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query string
		want  ows.KVP
	}{
		{"", ows.KVP{}},
		{"SERVICE=WMTS&request=GetTile", ows.KVP{"service": "WMTS", "request": "GetTile"}},
		{"a=1&A=2", ows.KVP{"a": "2"}},
		{"layer=%E5%9B%BE&x=a+b%3Bc;d", ows.KVP{"layer": "图", "x": "a b;c;d"}},
		{"&&only&=5", ows.KVP{"only": ""}},
	} {
		if got, err := ows.ParseKVP(c.query); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %v, %v; want %v", c.query, got, err, c.want)
		}
	}
	for query, locator := range map[string]string{"LAYER=%B5%D8%CD%BC": "layer", "a=%": "a", "a=%00": "a", "%FF=1": ""} {
		_, err := ows.ParseKVP(query)
		if e := exception(t, err); e != nil && e.Locator != locator {
			t.Errorf("%q: locator %q, want %q", query, e.Locator, locator)
		}
	}
}

func TestParametersOfKVP(t *testing.T) {
	t.Parallel()
	k := ows.KVP{"service": "wmts", "typename": "a,b", "empty": "", "count": " 12", "minus": "-1", "huge": "99999999999"}
	if v, err := k.OneOf("SERVICE", "WFS", "WMTS"); v != "WMTS" || err != nil {
		t.Errorf("service %q, %v", v, err)
	}
	if v, err := k.Need("typeNames", "typeName"); v != "a,b" || err != nil {
		t.Errorf("typeNames %q, %v", v, err)
	}
	if v := k.List("TYPENAME"); !reflect.DeepEqual(v, []string{"a", "b"}) || k.List("empty") != nil {
		t.Errorf("list %v", v)
	}
	if n, err := k.Whole("COUNT", 5); n != 12 || err != nil {
		t.Errorf("count %d, %v", n, err)
	}
	if n, err := k.Whole("empty", 5); n != 5 || err != nil {
		t.Errorf("usual %d, %v", n, err)
	}
	for name, code := range map[string]string{"empty": ows.MissingParameterValue, "absent": ows.MissingParameterValue, "service": ows.InvalidParameterValue} {
		_, err := k.OneOf(name, "WFS")
		if e := exception(t, err); e != nil && (e.Code != code || e.Locator != name) {
			t.Errorf("%s: %s at %q, want %s", name, e.Code, e.Locator, code)
		}
	}
	for _, name := range []string{"minus", "huge", "service"} {
		_, err := k.Whole(name, 0)
		exception(t, err)
	}
}

// A strange query is read or refused, and what is read is text.
func FuzzKVP(f *testing.F) {
	for _, seed := range []string{"a=1&A=%20", "%", "=&=", "a=%ff", "\x00", "a=b=c;d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		k, err := ows.ParseKVP(query)
		if err != nil {
			exception(t, err)
			return
		}
		for name := range k {
			if _, err := k.Need(name); err != nil && k[name] != "" {
				t.Errorf("%q is there and is missing: %v", name, err)
			}
		}
	})
}

// exception is the exception that an error has to be.
func exception(t *testing.T, err error) *ows.Exception {
	t.Helper()
	var e *ows.Exception
	if !errors.As(err, &e) {
		t.Errorf("%v is no exception", err)
		return nil
	}
	return e
}
