package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// unfilled is what fmt writes where a text and its arguments do not fit each other.
var unfilled = regexp.MustCompile(`%!(\w\(|\(|v)`)

func inChinese(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// saysWhy holds every refusal that any test meets to its form: it says what is wrong in Chinese and in English.
func (w *town) saysWhy(at string, r reply) {
	w.Helper()
	switch media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); media {
	case "application/problem+json":
		p := r.json(w)
		zh, _ := p["detailZh"].(string)
		en, _ := p["detailEn"].(string)
		said := p["detail"] == en && r.Header.Get("Content-Language") == "en" || p["detail"] == zh && r.Header.Get("Content-Language") == "zh-CN"
		if !inChinese(zh) || en == "" || en == zh || !said || unfilled.Match(r.body) {
			w.Errorf("%.300s: not said in both languages (%s): %s", at, r.Header.Get("Content-Language"), r.body)
		}
	case "application/xml", "text/html":
		if !inChinese(string(r.body)) || r.Header.Get("Content-Language") != "zh-CN, en" || unfilled.Match(r.body) {
			w.Errorf("%.300s: not said in both languages (%s): %s", at, r.Header.Get("Content-Language"), r.body)
		}
	}
}

func TestRefusalsAreInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for wanted, want := range map[string]string{
		"": "en", "*": "en", "en": "en", "de, fr;q=0.5": "en", "zh-CN,zh;q=0.9,en;q=0.8": "zh-CN", "zh": "zh-CN", "zh-TW": "zh-CN", "en;q=0.2, zh;q=0.3": "zh-CN", "en, zh": "en", "nonsense;;q=": "en",
	} {
		r := w.ask(http.MethodGet, "/ogc/collections/house/items?limit=0", "Accept-Language", wanted)
		if r.Header.Get("Content-Language") != want || !strings.Contains(strings.Join(r.Header.Values("Vary"), ","), "Accept-Language") {
			t.Errorf("%q: %v\n%s", wanted, r.Header, r.body)
		}
		if title, _ := r.json(t)["title"].(string); inChinese(title) != (want == "zh-CN") {
			t.Errorf("%q: title %q", wanted, title)
		}
	}
}

// Each door is asked for what it can not give.
func TestEveryDoorSaysWhyInBothLanguages(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/nothing/here.png", 404}, {"POST", "/layers", 405}, {"GET", "/layers/none", 404}, {"GET", "/codes/none", 404}, {"GET", "/layers/house/statistics?property=none", 400},
		{"GET", "/ogc/none", 404}, {"GET", "/ogc/collections/none", 404}, {"GET", "/ogc/collections/house/items/none", 404}, {"GET", "/ogc/collections?f=none", 400},
		{"GET", "/ogc/collections/house/items/99/versions", 404}, {"GET", "/ogc/collections/house/items/1/versions?limit=x", 400}, {"GET", "/ogc/collections/house/difference?from=9&to=2", 400}, {"GET", "/ogc/collections/house/difference", 400},
		{"GET", "/ogc/tileMatrixSets/none", 404}, {"GET", "/ogc/tiles/none", 404}, {"GET", "/ogc/tiles/WebMercatorQuad/99/0/0?f=mvt", 404}, {"GET", "/ogc/tiles/WebMercatorQuad?collections=", 400}, {"GET", "/ogc/collections/lane_name/tiles", 404},
		{"GET", "/tiles/house/a/0/0.mvt", 400}, {"GET", "/tiles/house/14/99999/0.mvt", 404}, {"GET", "/tiles/house,house/14/0/0.mvt", 400}, {"GET", "/tiles/none.json", 404}, {"GET", "/tiles/house/14/0/0.mvt?filter=x", 400}, {"GET", "/tiles/house/14/0/0.mvt?properties=none", 400},
		{"GET", "/styles/none.json", 404}, {"GET", "/styles/onemap.json?theme=pink", 400}, {"GET", "/archives/none.pmtiles", 404},
		{"GET", "/search?q=%FF", 400}, {"GET", "/search?q=x&near=1", 400}, {"GET", "/changes?since=x", 400}, {"GET", "/changes?layers=none", 404}, {"GET", "/events?layers=none", 400},
		{"GET", "/layers/house/export?f=none", 400}, {"GET", "/layers/house/export?f=csv&encoding=none", 400}, {"GET", "/layers/house/export?f=geojson&crs=1", 400}, {"GET", "/layers/none/export?f=csv", 404},
		{"GET", "/imports/none", 403}, {"GET", "/tiles/export/none", 403},
		{"GET", "/wfs", 400}, {"GET", "/wfs?service=WFS&version=2.0.0&request=GetFeature&typenames=none", 400}, {"GET", "/wfs?service=WFS&version=1.0.0&request=GetFeature&typename=none", 400}, {"GET", "/wfs?service=WFS&version=1.1.0&request=GetFeature&typename=house&bbox=1", 400},
		{"GET", "/wfs?service=WFS&version=2.0.0&request=GetFeature&typenames=house&filter=%3Ca%3E", 400}, {"GET", "/wmts?service=WMTS&request=None", 400}, {"GET", "/wmts?service=WMTS&version=1.0.0&request=GetTile&layer=none", 400},
	} {
		for _, accept := range []string{"application/json", "text/html,*/*;q=0.1"} {
			if r := w.ask(c.method, c.path, "Accept", accept, "Accept-Language", "zh-CN"); r.StatusCode != c.status {
				t.Errorf("%s %s: %d, want %d\n%s", c.method, c.path, r.StatusCode, c.status, r.body)
			}
		}
	}
}
