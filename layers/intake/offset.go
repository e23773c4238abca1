package intake

import (
	"context"
	"math"
	"strings"

	"onemap/layers"
	"onemap/layers/format"
)

// Internet maps are shifted by some 500 m (GCJ-02) or 1,300 m (BD-09), and a file made from one says WGS 84 all the same.
// Only what is here already tells: if places coincide with a layer once the shift is taken back, and not as they stand,
// the file is shifted.

const (
	offsetVertices = 2000 // of the file, to choose from
	offsetReach    = 40.0 // metres; what is farther does not coincide
	unlikely       = 1e-6 // how likely chance may explain what is taken for evidence
)

// offsetRadii are how near places have to be, in metres: for copies, for other simplifications, for other surveys.
var offsetRadii = []float64{1, 5, 15, offsetReach}

// offsetDatums are the ways to read the file that are compared: as it stands, and with a shift taken back.
var offsetDatums = []Datum{"", GCJ02, BD09}

// asides are moves, in metres east and north, that spoil a true coincidence and leave one by chance, or one along a single
// straight line, as it is. They differ, so that no regular grid has them all.
var asides = [][2]float64{{0, 0}, {131, 0}, {-113, 0}, {0, 127}, {0, -101}}

// evidence says how the vertices of a file coincide with a layer, read in one of the ways.
type evidence struct {
	layer  *layers.Layer
	datum  Datum
	radius float64 // metres within which they are counted
	all    int     // vertices compared
	near   int     // of them near the layer, read so
	before int     // of them near it as they stand
}

// judgeOffset says in which way vertices coincide with a layer: near holds their distances in metres, by datum, by aside, by
// vertex, beyond reach +Inf; by the asides only of those that may decide. The nearest radius that decides speaks. ok is false where none does: too few coincide, as many do
// as they stand or anyhow moved, or chance may explain it.
func judgeOffset(near [][][]float64) (e evidence, ok bool) {
	for _, radius := range offsetRadii {
		hits := make([][]int, len(near))
		for d := range near {
			for _, distances := range near[d] {
				hits[d] = append(hits[d], within(distances, radius))
			}
		}
		for d, datum := range offsetDatums {
			e = evidence{datum: datum, radius: radius, all: len(near[d][0]), near: hits[d][0], before: hits[0][0]}
			if e.decides(hits, d) {
				return e, true
			}
		}
	}
	return evidence{}, false
}

// within counts the distances up to a radius.
func within(distances []float64, radius float64) (n int) {
	for _, m := range distances {
		if m <= radius {
			n++
		}
	}
	return n
}

// decides tells whether the vertices near a layer by one way of reading are most, many more than by the others, and many
// more than when moved aside.
func (e evidence) decides(hits [][]int, d int) bool {
	if 2*e.near < e.all {
		return false
	}
	chance := 0
	for other := range hits {
		if other != d {
			if 2*hits[other][0] > e.near {
				return false
			}
			chance = max(chance, hits[other][0])
		}
	}
	for _, n := range hits[d][1:] {
		if 10*n > 7*e.near {
			return false
		}
		chance = max(chance, n)
	}
	return atLeast(e.near, e.all, float64(chance+1)/float64(e.all+2)) < unlikely
}

// atLeast is how likely k or more of n happen that are each as likely as p.
func atLeast(k, n int, p float64) float64 {
	sum := 0.0
	for i := k; i <= n; i++ {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(i + 1))
		c, _ := math.Lgamma(float64(n - i + 1))
		sum += math.Exp(a - b - c + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return sum
}

// offset is the proposal to take back the shift of an internet map, where layers that are here speak for it; with
// Options.FixCRS it is applied.
func (j *judging) offset(ctx context.Context, store *layers.Store, actor layers.Actor, crs *CRS, place *placing) (*Doubt, error) {
	vertices, err := j.placed(ctx, place)
	if err != nil || len(vertices) == 0 {
		return nil, err
	}
	e, contrary, slow, err := suspect(ctx, store, actor, j.opt.Layer, lastWord(j.src.Geometry), vertices)
	if err != nil {
		return nil, err
	}
	if e == nil {
		return uncompared(slow), nil
	}
	words := e.words()
	if contrary != nil {
		return &Doubt{Rule: "crs.offset", Severity: format.Warning, Words: layers.Words{
			En: words.En + "; but they coincide with layer " + contrary.Name + " as they stand: taken so",
			Zh: words.Zh + "；但按原坐标与图层 " + contrary.Name + " 吻合，按原坐标读取",
		}}, nil
	}
	if j.opt.SRID != 0 {
		d := against(words)
		return &d, nil
	}
	fix := &Fix{Name: string(e.datum), EPSG: crs.EPSG, Datum: e.datum, Words: words}
	if f := crs.Fix; f != nil {
		*fix = *f
		fix.Name, fix.Datum = f.Name+"+"+string(e.datum), e.datum
		fix.Words = layers.Words{En: f.Words.En + "; " + words.En, Zh: f.Words.Zh + "；" + words.Zh}
	}
	crs.Fix = fix
	if j.opt.FixCRS {
		fix.Applied, crs.How, place.datum = true, "proposed and accepted", e.datum
		return &Doubt{Rule: "crs.fixed", Severity: format.Info, Words: fix.Words}, nil
	}
	return &Doubt{Rule: "crs.fix", Severity: format.Error, Blocking: true, Words: layers.Words{
		En: fix.Words.En + "; accept it with --fix-crs or --" + string(e.datum) + ", or say --srid if the places are right",
		Zh: fix.Words.Zh + "；可采纳此建议（--fix-crs 或 --" + string(e.datum) + "），如原坐标无误请指定坐标系（--srid）",
	}}, nil
}

// uncompared says with which layers nobody has compared the coordinates; nil: with all there are.
func uncompared(slow []*layers.Layer) *Doubt {
	if len(slow) == 0 {
		return nil
	}
	var names []string
	for _, l := range slow {
		names = append(names, l.Name)
	}
	return &Doubt{Rule: "crs.uncompared", Severity: format.Info, Words: layers.Words{
		En: "the database was too busy to compare the coordinates with " + strings.Join(names, ", ") + ": whether they are shifted as internet maps are (GCJ-02, BD-09) was looked for without",
		Zh: "数据库繁忙，未能与图层 " + strings.Join(names, "、") + " 比对坐标，是否存在互联网地图偏移（GCJ-02、BD-09）未据此判断",
	}}
}

// placed are the vertices in degrees of EPSG:4490, as they are read or would be by the fix that is proposed.
func (j *judging) placed(ctx context.Context, place *placing) (placed [][2]float64, err error) {
	vertices, as := j.vertices, j.as
	if as == nil {
		if place.from == "" {
			return nil, nil
		}
		if _, vertices, err = sampleOf(ctx, j.src, place.from); err != nil {
			return nil, err
		}
		as = &system{}
	}
	for _, v := range vertices {
		if lon, lat, ok := as.lonLat(v[0], v[1]); ok && onMap(lon, lat) && inChina(lon, lat) {
			placed = append(placed, [2]float64{lon, lat})
		}
	}
	return placed, nil
}

// lastWord is the kind of a geometry in GDAL's words without heights and Multi, in small letters: polygon, line string.
func lastWord(geometry string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimSpace(flat(geometry)), " ", ""))
}

// words says what the evidence is.
func (e *evidence) words() layers.Words {
	name := map[Datum]string{GCJ02: "GCJ-02", BD09: "BD-09"}[e.datum]
	return layers.Say("%[1]s: as they stand %[2]d of %[3]d vertices lie within %.0[4]f m of layer %[5]s (%[6]s); with the shift of %[7]s taken back, %[8]d do",
		"疑为 %[7]s 坐标（%[1]s）：按原坐标，%[3]d 个顶点中有 %[2]d 个距图层 %[5]s（%[6]s）不超过 %.0[4]f 米；还原 %[7]s 偏移后有 %[8]d 个",
		string(e.datum), e.before, e.all, e.radius, e.layer.Name, e.layer.Title, name, e.near)
}
