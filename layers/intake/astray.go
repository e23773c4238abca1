package intake

import (
	"context"
	"fmt"

	"onemap/layers"
	"onemap/layers/format"
)

// reach is how far beyond the area of a coordinate system people still use it, in degrees: a country of several zones is
// often mapped in one.
const reach = 15

// astray doubts coordinates of a system that only the reader understands: that lie where the system has no meaning, or
// outside the county.
func (j *judging) astray(ctx context.Context, crs CRS, place placing) ([]Doubt, error) {
	if j.as != nil || place.from == "" || len(j.sample) == 0 {
		return nil, nil
	}
	places, _, err := sampleOf(ctx, j.src, place.from)
	if err != nil || len(places) == 0 {
		return nil, err
	}
	if area, ok := format.AreaOf(j.src.CRS); ok && j.opt.SRID == 0 && shareIn(places, area.Grown(reach)) < 0.5 {
		numbers, numbersZh := looksLike(j.sample)
		at := fmt.Sprintf("%.4g, %.4g", places[0][0], places[0][1])
		return []Doubt{{Rule: "crs.impossible", Severity: format.Error, Blocking: true, Words: layers.Words{
			En: fmt.Sprintf("the coordinates can not be of %s%s: they would lie at %s, far from where it is used (%s). Say the right system with --srid",
				crs.Name, numbers, at, area),
			Zh: fmt.Sprintf("坐标值不可能属于 %s%s：换算后位于 %s，远离其适用范围（%s）。请指定正确的坐标系（--srid）", crs.Name, numbersZh, at, area),
		}}}, nil
	}
	if j.known && shareIn(places, format.Area(j.county)) < mostly {
		return []Doubt{elsewhere()}, nil
	}
	return nil, nil
}

// elsewhere is the doubt about features that lie in another county.
func elsewhere() Doubt {
	return Doubt{Rule: "crs.elsewhere", Severity: format.Warning, Words: layers.Say("the features lie outside the county", "数据不在本县范围内")}
}

// shareIn is the share of places that lie in an area.
func shareIn(places [][2]float64, area format.Area) float64 {
	n := 0
	for _, p := range places {
		if area.Has(p[0], p[1]) {
			n++
		}
	}
	return float64(n) / float64(len(places))
}
