package intake_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"onemap/layers"
	"onemap/layers/intake"
)

// A system that only GDAL understands is no reason to believe coordinates: these would lie at the pole.
func TestCoordinatesFarFromWhereTheirSystemIsUsedStopTheImport(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	file := func(name, epsg, at string) string {
		return write(t, name+".geojson", fmt.Sprintf(`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::%s"}},
			"features":[{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[%s]}}]}`, epsg, at))
	}
	for _, c := range []struct {
		name, epsg, at string
		srid           int
		stops          bool
	}{
		{name: "britain", epsg: "27700", at: "480000,176000"},
		{name: "beyond", epsg: "27700", at: "480000,4763000", stops: true},
		{name: "believed", epsg: "27700", at: "480000,4763000", srid: 27700},
		{name: "utm", epsg: "32650", at: "420000,3960000"},
		{name: "next_zone", epsg: "32650", at: "-500000,3960000"},
	} {
		opt := intake.Options{Layer: c.name, SRID: c.srid}
		r, err := d.bring(opt, file(c.name, c.epsg, c.at))
		if stopped := errors.Is(err, layers.ErrInvalid) && slices.ContainsFunc(r.Doubts, func(d intake.Doubt) bool { return d.Blocking && d.Rule == "crs.impossible" }); stopped != c.stops || err != nil && !stopped {
			t.Errorf("%s: %v %+v", c.name, err, r.Doubts)
		}
	}
}
