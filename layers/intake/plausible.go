package intake

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"onemap/layers"
	"onemap/layers/format"
)

const (
	sampleRows = 1000
	margin     = 0.3  // degrees around the county that still count as in it
	mostly     = 0.95 // share of the sample that decides: a few stray points do not
)

// china is where a place may be when the map does not know where its county lies.
var china = layers.Bounds{73, 3, 136, 54}

// settleCRS finds out where the coordinates of a source lie: as told, else as the file says, held against where the county
// lies (domain.md 2.2). What fits only otherwise is proposed by name, and applied when Options.FixCRS says so.
func settleCRS(ctx context.Context, store *layers.Store, actor layers.Actor, src *format.Source, opt Options) (CRS, placing, []Doubt, error) {
	j := &judging{opt: opt, src: src}
	var err error
	if j.county, j.known, err = countyBounds(ctx, store, actor); err != nil {
		return CRS{}, placing{}, nil, err
	}
	if j.sample, j.vertices, err = sampleOf(ctx, src, ""); err != nil {
		return CRS{}, placing{}, nil, err
	}
	if doubt := j.shifted(); doubt != nil {
		return CRS{Name: src.CRS.Name, How: src.CRS.How}, placing{}, []Doubt{*doubt}, nil
	}
	crs, place, doubts := j.settle()
	far, err := j.astray(ctx, crs, place)
	if err != nil {
		return crs, place, nil, err
	}
	doubts = append(doubts, far...)
	place.datum = opt.Datum
	if opt.Datum == "" {
		doubt, err := j.offset(ctx, store, actor, &crs, &place)
		if err != nil {
			return crs, place, doubts, err
		}
		if doubt != nil {
			doubts = slices.DeleteFunc(doubts, func(d Doubt) bool { return d.Rule == "crs.fix" || d.Rule == "crs.fixed" }) // it says so, too
			doubts = append(doubts, *doubt)
		}
	}
	if place.datum != "" {
		doubts = append(doubts, Doubt{Rule: "crs.datum", Severity: format.Warning, Words: layers.Say(
			"the shift of %s was taken back by the published approximation: places are approximate, to a few metres",
			"已按公开的近似算法将 %s 坐标还原，位置为近似值（误差数米）", strings.ToUpper(string(place.datum)))})
	}
	return crs, place, doubts, nil
}

// judging is the question where the coordinates of one source lie.
type judging struct {
	opt    Options
	src    *format.Source
	county layers.Bounds
	known  bool // county is the map's own; else all of China

	sample   [][2]float64 // first vertices, as the file has them
	vertices [][2]float64 // of all, some, likewise
	as       *system      // how they are read, or would be by the fix that is proposed; nil = only the reader knows, or nobody
}

// countyBounds is where the layers of the map lie: those of the county's outline, or of all.
func countyBounds(ctx context.Context, store *layers.Store, actor layers.Actor) (layers.Bounds, bool, error) {
	grown := func(b layers.Bounds) layers.Bounds {
		return layers.Bounds{b[0] - margin, b[1] - margin, b[2] + margin, b[3] + margin}
	}
	l, err := store.Layer(ctx, actor, "xzq_county")
	if err == nil && l.Bounds != nil {
		return grown(*l.Bounds), true, nil
	}
	if err != nil && !errors.Is(err, layers.ErrNotFound) {
		return china, false, err
	}
	all, err := store.Layers(ctx, actor)
	if err != nil {
		return china, false, err
	}
	var union *layers.Bounds
	for _, l := range all {
		if b := l.Bounds; b != nil && b[0] >= china[0] && b[1] >= china[1] && b[2] <= china[2] && b[3] <= china[3] {
			if union != nil {
				u := union.Extend(*b)
				b = &u
			}
			union = b
		}
	}
	if union == nil {
		return china, false, nil
	}
	return grown(*union), true, nil
}

// sampleOf is the first vertex of the first rows, and some of all their vertices, in degrees where the reader transforms
// from a system, else as the file has them.
func sampleOf(ctx context.Context, src *format.Source, from string) (sample, vertices [][2]float64, err error) {
	rng := rand.New(rand.NewPCG(1, 2)) // the same file gives the same sample
	seen := 0
	for row, err := range src.Rows(ctx, format.RowOptions{From: from}) {
		if err != nil {
			return nil, nil, err
		}
		if at := somewhere(row.Geometry); at != nil {
			sample = append(sample, *at)
		}
		_ = walk(row.Geometry, func(h header, run []byte) error {
			for i := range len(run) / h.stride {
				x, y := vertex(run, h.stride, i)
				if seen++; len(vertices) < offsetVertices {
					vertices = append(vertices, [2]float64{x, y})
				} else if at := rng.IntN(seen); at < offsetVertices {
					vertices[at] = [2]float64{x, y}
				}
			}
			return nil
		})
		if len(sample) == sampleRows || row.Number > 20*sampleRows {
			break
		}
	}
	return sample, vertices, nil
}

// shifted refuses the older datums: their parameters are secret, so any shift we chose would be invented.
func (j *judging) shifted() *Doubt {
	told := j.opt.SRID
	name := j.src.CRS.Name
	switch {
	case told != 0 && format.ShiftedDatum(format.CRS{EPSG: told}):
		name = fmt.Sprintf("EPSG:%d", told)
	case told != 0 || !format.ShiftedDatum(j.src.CRS):
		return nil
	}
	return &Doubt{Rule: "crs.datum", Severity: format.Error, Blocking: true, Words: layers.Say(
		"the file is in %s, an older datum. Its parameters to CGCS2000 are not public, and a guess would be wrong by up to a hundred metres: have it converted by the survey office first",
		"文件采用 1954 北京坐标系、1980 西安坐标系等旧坐标系（%s）。其与 2000 国家大地坐标系的转换参数不公开，猜测会造成近百米误差：请先由测绘主管部门转换", name)}
}

// settle decides.
func (j *judging) settle() (CRS, placing, []Doubt) {
	said, crs, place := j.said()
	if len(j.sample) == 0 {
		return crs, place, nil
	}
	if said != nil {
		j.as = said
		if j.inside(*said, j.county) >= mostly {
			return crs, place, nil
		}
	} else if crs.Name != "" { // a system that only the reader understands
		return crs, place, nil
	}
	best := j.best(said)
	if best == nil {
		return j.unfit(said, crs, place)
	}
	fix := j.fix(said, *best)
	crs.Fix = &fix
	switch {
	case j.opt.FixCRS:
		crs.Fix.Applied = true
		crs.Name, crs.EPSG, crs.How, j.as = best.name(), best.epsg(), "proposed and accepted", best
		return crs, placing{system: *best}, []Doubt{{Rule: "crs.fixed", Severity: format.Info, Words: fix.Words}}
	case j.opt.SRID != 0:
		return crs, place, []Doubt{against(fix.Words)}
	}
	j.as = best
	return crs, place, []Doubt{{Rule: "crs.fix", Severity: format.Error, Blocking: true, Words: layers.Words{
		En: fix.Words.En + "; accept it with --fix-crs, or say --srid",
		Zh: fix.Words.Zh + "；可采纳此建议（--fix-crs），或另行指定坐标系（--srid）",
	}}}
}

// against is the doubt about coordinates that were taken as told.
func against(words layers.Words) Doubt {
	return Doubt{Rule: "crs.told", Severity: format.Warning, Words: layers.Words{
		En: "the coordinates were taken as told, though they fit otherwise: " + words.En,
		Zh: "坐标按指定的坐标系读取，但按其他方式更吻合：" + words.Zh,
	}}
}

// said is the system that was told or that the file names, where we understand it; and how rows are then placed.
func (j *judging) said() (*system, CRS, placing) {
	c := j.src.CRS
	crs := CRS{Name: c.Name, EPSG: c.EPSG, How: c.How}
	code := c.EPSG
	if told := j.opt.SRID; told != 0 {
		crs = CRS{Name: fmt.Sprintf("EPSG:%d", told), EPSG: told, How: "as told"}
		if c.Name != "" && c.EPSG != told {
			crs.Said = c.Name
		}
		code = told
	}
	if s, ok := systemOf(code); ok && code != 0 {
		if crs.Name == "" || strings.HasPrefix(crs.Name, "EPSG:") {
			crs.Name = fmt.Sprintf("%s (EPSG:%d)", s.name(), code)
		}
		if s.kind == mercator {
			return &s, crs, placing{from: "EPSG:3857"}
		}
		return &s, crs, placing{system: s}
	}
	if code != 0 {
		return nil, crs, placing{from: fmt.Sprintf("EPSG:%d", code)}
	}
	return nil, crs, placing{from: c.WKT}
}

// inside is the share of the sample that lies in the bounds, read as of a system.
func (j *judging) inside(s system, b layers.Bounds) float64 {
	n := 0
	for _, p := range j.sample {
		lon, lat, ok := s.lonLat(p[0], p[1])
		if ok && onMap(lon, lat) && lon >= b[0] && lon <= b[2] && lat >= b[1] && lat <= b[3] {
			n++
		}
	}
	return float64(n) / float64(len(j.sample))
}

// best is the first other system in which the sample lies in the county; nil where there is none. Where the map does not
// know its county, zones without their number say nothing, since any would do, but the one that the file names by its number.
func (j *judging) best(said *system) *system {
	for _, s := range candidates(said) {
		named := said != nil && said.numbered() && said.gk.Meridian == s.gk.Meridian && !s.swap
		if !j.known && s.kind == gaussKruger && !s.numbered() && !named {
			continue
		}
		if (said == nil || s != *said) && j.inside(s, j.county) >= mostly {
			return &s
		}
	}
	return nil
}

// candidates are other ways to read coordinates, the likeliest first.
func candidates(said *system) []system {
	var all []system
	if said != nil {
		swapped := *said
		swapped.swap = !swapped.swap
		all = append(all, swapped)
	}
	for _, swap := range []bool{false, true} {
		all = append(all, system{swap: swap})
		for code := 4513; code <= 4554; code++ { // 3° zones, with and without their number
			if s, ok := systemOf(code); ok {
				s.swap = swap
				all = append(all, s)
			}
		}
	}
	for code := 4491; code <= 4512; code++ {
		if s, ok := systemOf(code); ok {
			all = append(all, s)
		}
	}
	return append(all, system{kind: mercator})
}

// fix is the proposal to read the coordinates as of a system.
func (j *judging) fix(said *system, s system) Fix {
	f := Fix{EPSG: s.epsg(), Swap: s.swap}
	var names, en, zh []string
	if s.swap {
		names = append(names, "swap-axes")
		en = append(en, "x and y changed places")
		zh = append(zh, "X、Y 坐标颠倒")
	}
	switch {
	case said != nil && s.kind == said.kind && s.epsg() == said.epsg():
	case s.kind == degrees:
		names = append(names, "degrees")
	case s.kind == mercator:
		names = append(names, "mercator")
	case said != nil && said.kind == gaussKruger && said.gk.Meridian == s.gk.Meridian && s.numbered():
		names = append(names, "zone")
		en, zh = append(en, "the eastings have the zone's number"), append(zh, "横坐标带有带号")
	case said != nil && said.kind == gaussKruger && said.gk.Meridian == s.gk.Meridian:
		names = append(names, "no-zone")
		en, zh = append(en, "the eastings lack the zone's number"), append(zh, "横坐标缺少带号")
	default:
		names = append(names, "other-zone")
	}
	f.Name = strings.Join(names, "+")
	because, becauseZh := "", ""
	if len(en) > 0 {
		because, becauseZh = " ("+strings.Join(en, "; ")+")", "（"+strings.Join(zh, "；")+"）"
	}
	where, whereZh := "in the county", "落在本县范围内"
	if !j.known {
		where, whereZh = "in China", "落在中国范围内"
	}
	says, saysZh := "the file does not say its coordinate system", "文件未说明坐标系"
	if said != nil {
		says, saysZh = "as "+said.name()+" the coordinates do not lie "+where, "按"+said.nameZh()+"读取，坐标不在范围内"
	}
	f.Words = layers.Words{
		En: fmt.Sprintf("%s; %s: taken as %s, EPSG:%d%s, they lie %s", f.Name, says, s.name(), s.epsg(), because, where),
		Zh: fmt.Sprintf("%s；按%s（EPSG:%d）读取%s，坐标%s", saysZh, s.nameZh(), s.epsg(), becauseZh, whereZh),
	}
	return f
}

// unfit is for coordinates that lie in the county in no way.
func (j *judging) unfit(said *system, crs CRS, place placing) (CRS, placing, []Doubt) {
	numbers, numbersZh := looksLike(j.sample)
	if said == nil {
		return crs, place, []Doubt{{Rule: "crs.missing", Severity: format.Error, Blocking: true, Words: layers.Words{
			En: "the file does not say its coordinate system" + numbers + ". Say it with --srid: 4490 (CGCS2000 degrees), 4548 (3° zone, 117°E), 4527 (zone 39, eastings of 8 digits), 4326 (WGS 84)",
			Zh: "文件未说明坐标系" + numbersZh + "。请指定（--srid）：4490（2000 国家大地坐标系经纬度）、4548（三度带，中央经线 117°）、4527（39 带，横坐标 8 位）、4326（WGS 84）",
		}}}
	}
	world := layers.Bounds{-mostLon, -mostLat, mostLon, mostLat}
	if j.inside(*said, world) < 0.5 {
		return crs, place, []Doubt{{Rule: "crs.impossible", Severity: format.Error, Blocking: true, Words: layers.Words{
			En: "the coordinates can not be of " + said.name() + numbers + ": say the right system with --srid",
			Zh: "坐标值不可能属于" + said.nameZh() + numbersZh + "：请指定正确的坐标系（--srid）",
		}}}
	}
	if !j.known {
		return crs, place, nil
	}
	return crs, place, []Doubt{elsewhere()}
}

// looksLike says what numbers like these usually are; the reader decides.
func looksLike(sample [][2]float64) (en, zh string) {
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, p := range sample {
		for i := range 2 {
			low[i], high[i] = min(low[i], p[i]), max(high[i], p[i])
		}
	}
	in := func(lowX, highX, lowY, highY float64) bool {
		return low[0] >= lowX && high[0] <= highX && low[1] >= lowY && high[1] <= highY
	}
	en = fmt.Sprintf(" (x %s to %s, y %s to %s", figure(low[0]), figure(high[0]), figure(low[1]), figure(high[1]))
	zh = fmt.Sprintf("（X %s 至 %s，Y %s 至 %s", figure(low[0]), figure(high[0]), figure(low[1]), figure(high[1]))
	for _, c := range []struct {
		fits   bool
		en, zh string
	}{
		{in(73, 136, 3, 54), "degrees in China", "中国境内的经纬度"},
		{in(3, 54, 73, 136), "degrees with latitude first", "纬度在前的经纬度"},
		{in(-180, 180, -90, 90), "degrees", "经纬度"},
		{in(25e6, 46e6, 2e6, 6e6), fmt.Sprintf("a 3° zone with its number, %d", int(low[0]/1e6)), fmt.Sprintf("带带号的三度带（%d 带）", int(low[0]/1e6))},
		{in(2e6, 6e6, 25e6, 46e6), "a 3° zone with its number and north first", "带带号的三度带，纵坐标在前"},
		{in(1e5, 9e5, 2e6, 6e6), "metres of a 3° zone", "三度带平面坐标"},
		{in(2e6, 6e6, 1e5, 9e5), "metres of a 3° zone with north first", "三度带平面坐标，纵坐标在前"},
		{in(8e6, 15.2e6, 3e5, 7.2e6), "Web Mercator, 3857", "Web 墨卡托（3857）"},
	} {
		if c.fits {
			return en + ", which looks like " + c.en + ")", zh + "，形似" + c.zh + "）"
		}
	}
	return en + ")", zh + "）"
}

// figure is a coordinate as people write it: metres whole, degrees with what can be seen on a map.
func figure(v float64) string {
	if size := math.Abs(v); size >= 1000 && size < 1e15 {
		return strconv.FormatFloat(math.Round(v), 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}
