package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"onemap/layers"
)

// A whole layer is counted however it arrives in parts, and one that is not whole is no measurement.
func TestWholeLayersAreCounted(t *testing.T) {
	t.Parallel()
	text := `{"type":"FeatureCollection","features":[` + strings.Repeat(`{"type": "Feature"},`, 7) + `]}`
	for size := 1; size < 30; size++ {
		c := &counter{mark: []byte(mark(wholeGeoJSON))}
		for at := 0; at < len(text); at += size {
			c.add([]byte(text[at:min(at+size, len(text))]))
		}
		if c.n != 7 {
			t.Errorf("in parts of %d: %d features, want 7", size, c.n)
		}
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }))
	t.Cleanup(server.Close)
	if f, err := readWhole(t.Context(), server.URL, wholeGeoJSON, 7); err != nil || f.Bytes != int64(len(text)) || f.Rate <= 0 || f.FirstByte <= 0 {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := readWhole(t.Context(), server.URL, wholeGeoJSON, 8); err == nil {
		t.Error("seven features were taken for eight")
	}
}

// The deep page is where the links lead that stand before it, in pages as large as may be.
func TestPagesAreTurned(t *testing.T) {
	t.Parallel()
	var turned []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		turned = append(turned, r.FormValue("limit")+" "+r.FormValue("cursor"))
		fmt.Fprintf(w, `{"links":[{"rel":"self","href":"/"},{"rel":"next","href":"/?cursor=c%d"}]}`, len(turned))
	}))
	t.Cleanup(server.Close)
	d, err := newOwnDoor(t.Context(), server.URL, featuresCmd{Page: 30, Deep: 1000})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(d.page(1000, 30))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(turned, ", "); got != "10000 , 10000 c1, 9970 c2" || u.Query().Get("cursor") != "c3" || u.Query().Get("limit") != "30" {
		t.Errorf("turned %s, to %s", got, u)
	}
}

func TestBoxesLieInTheCounty(t *testing.T) {
	t.Parallel()
	c := county{bounds: layers.Bounds{115.85, 35.6, 116.35, 36.05}}
	a, b := c.boxes(1, 50), c.boxes(1, 50)
	for i, box := range a {
		if box != b[i] || box[0] < c.bounds[0] || box[1] < c.bounds[1] || box[2] > c.bounds[2] || box[3] > c.bounds[3] {
			t.Errorf("box %v, then %v", box, b[i])
		}
	}
}

// Ratios are of one round, whatever the weather of the next.
func TestRatiosAreOfARound(t *testing.T) {
	t.Parallel()
	r := featuresResult{Figures: []featureFigure{
		{What: firstPage, Target: "a", Rate: 100}, {What: firstPage, Target: "b", Rate: 50}, {What: deepPage, Target: "a", Rate: 90}, {What: deepPage, Target: "b", Rate: 5},
		{What: firstPage, Target: "a", Rate: 10}, {What: firstPage, Target: "b", Rate: 5}, {What: deepPage, Target: "a", Rate: 9}, {What: deepPage, Target: "b", Rate: 0.5},
	}}
	r.sum()
	for _, s := range r.Summary {
		want := map[string][2]float64{"first page a": {2, 0}, "first page b": {0.5, 0}, "deep page a": {18, 0.9}, "deep page b": {5.0 / 90, 0.1}}[s.What+" "+s.Target]
		if got := [2]float64{s.Of[map[string]string{"a": "b", "b": "a"}[s.Target]], s.OfFirst}; fmt.Sprintf("%.4f", got) != fmt.Sprintf("%.4f", want) {
			t.Errorf("%s %s: %.4f, want %.4f", s.What, s.Target, got, want)
		}
	}
}
