package format

import (
	"math"
	"strconv"
	"strings"

	"onemap/layers"
)

// wktLevels bounds how deep collections lie in each other.
const wktLevels = 32

// wktReader turns well-known text (OGC 06-103r4, 7; EWKT's SRID in front is read over) into EWKB. M is dropped, curves
// become lines of 4 degrees a step, triangles and surfaces of them become polygons.
type wktReader struct {
	rest  string
	out   ewkb
	heads []int // where geometries begin
	tag   string
	width int  // numbers of a coordinate; 0 = none was seen
	z     bool // coordinates are written with Z; settled by the first
	bare  bool // an empty point was written before it
	path  [][3]float64
	wrong layers.Words
}

// wkt adds the geometry that the text writes, or says what is wrong with it.
func (b *ewkb) wkt(text string) (wrong layers.Words) {
	r := &wktReader{rest: text, out: *b}
	if _, after, ok := strings.Cut(text, ";"); ok && len(text) > 5 && strings.EqualFold(text[:5], "SRID=") {
		r.rest = after
	}
	if r.geometry(0) && strings.TrimSpace(r.rest) != "" {
		r.fail("more follows after the end", "结尾之后还有多余内容")
	}
	if r.z && r.bare {
		r.fail("an empty point comes before those with Z", "空点位于三维点之前")
	}
	if r.wrong != (layers.Words{}) {
		return r.wrong
	}
	if r.z {
		for _, at := range r.heads {
			r.out[at+4] |= ewkbZ >> 24
		}
	}
	*b = r.out
	return layers.Words{}
}

// hasZ tells by the tag, or where there is none by the numbers of the first coordinate.
func (r *wktReader) hasZ() bool {
	if r.tag == "" {
		return r.width > 2
	}
	return strings.HasPrefix(r.tag, "Z")
}

func (r *wktReader) fail(en, zh string) bool {
	if r.wrong == (layers.Words{}) {
		near := shown(r.rest)
		if len(near) > 30 {
			near = strings.ToValidUTF8(near[:30], "")
		}
		r.wrong = layers.Say("the WKT can not be read: %s, at %q", "WKT 无法读取：%s，位置“%s”", layers.Words{En: en, Zh: zh}, near)
	}
	return false
}

// skip goes over blanks and tells whether c follows, which it then goes over too.
func (r *wktReader) skip(c byte) bool {
	r.rest = strings.TrimLeft(r.rest, " \t\r\n")
	if r.rest == "" || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// word reads letters, in capitals.
func (r *wktReader) word() string {
	r.rest = strings.TrimLeft(r.rest, " \t\r\n")
	n := 0
	for n < len(r.rest) && (r.rest[n]|0x20 >= 'a' && r.rest[n]|0x20 <= 'z') {
		n++
	}
	w := strings.ToUpper(r.rest[:n])
	r.rest = r.rest[n:]
	return w
}

// name reads a geometry's type and its tag Z, M or ZM.
func (r *wktReader) name() string {
	name := r.word()
	for _, tag := range []string{"ZM", "Z", "M"} {
		if cut, ok := strings.CutSuffix(name, tag); ok && len(cut) > 2 {
			name, r.tag = cut, tag
			return name
		}
	}
	before := r.rest
	switch tag := r.word(); tag {
	case "Z", "M", "ZM":
		r.tag = tag
	default:
		r.rest = before
	}
	return name
}

// empty tells whether EMPTY stands where a body may.
func (r *wktReader) empty() bool {
	before := r.rest
	if r.word() == "EMPTY" {
		return true
	}
	r.rest = before
	return false
}

func (r *wktReader) head(kind uint32) {
	r.heads = append(r.heads, len(r.out))
	r.out.head(kind, false)
}

// geometry reads one with its name.
func (r *wktReader) geometry(level int) bool {
	if level > wktLevels {
		return r.fail("collections lie too deep in each other", "几何集合嵌套过深")
	}
	return r.body(r.name(), level)
}

// body reads what follows a name.
func (r *wktReader) body(name string, level int) bool {
	switch name {
	case "POINT":
		return r.point()
	case "LINESTRING", "CIRCULARSTRING", "COMPOUNDCURVE":
		r.head(wkbLineString)
		return r.curve(name) && r.writePath()
	case "POLYGON", "CURVEPOLYGON", "TRIANGLE":
		r.head(wkbPolygon)
		return r.list(func() bool { return r.member("LINESTRING") && r.writePath() })
	case "MULTIPOINT":
		r.head(wkbMultiPoint)
		return r.list(r.pointOfMany)
	case "MULTILINESTRING", "MULTICURVE":
		r.head(wkbMultiLineString)
		return r.list(func() bool {
			r.head(wkbLineString)
			return r.member("LINESTRING") && r.writePath()
		})
	case "MULTIPOLYGON", "MULTISURFACE", "TIN", "POLYHEDRALSURFACE":
		r.head(wkbMultiPolygon)
		return r.list(r.polygonOfMany)
	case "GEOMETRYCOLLECTION":
		r.head(wkbCollection)
		return r.list(func() bool { return r.geometry(level + 1) })
	}
	return r.fail("no type of geometry is called so", "没有这种几何类型")
}

// list reads ( member, member … ) with its count.
func (r *wktReader) list(member func() bool) bool {
	at, n := r.out.count(), 0
	if r.empty() {
		return true
	}
	if !r.skip('(') {
		return r.fail("( is missing", "缺少左括号")
	}
	for {
		if !member() {
			return false
		}
		n++
		if r.skip(',') {
			continue
		}
		r.out.setCount(at, n)
		return r.skip(')') || r.fail(", or ) is missing", "缺少逗号或右括号")
	}
}

// member reads a curve that may have its name, and a ring in a list of such.
func (r *wktReader) member(name string) bool {
	switch named := r.name(); named {
	case "":
	case "EMPTY":
		r.path = r.path[:0]
		return true
	default:
		name = named
	}
	return r.curve(name)
}

func (r *wktReader) polygonOfMany() bool {
	switch name := r.name(); name {
	case "", "POLYGON", "CURVEPOLYGON", "TRIANGLE":
		return r.body("POLYGON", 0)
	case "EMPTY":
		r.head(wkbPolygon)
		r.out.count()
		return true
	}
	return r.fail("a polygon is missing", "应为多边形")
}

func (r *wktReader) point() bool {
	r.head(wkbPoint)
	if r.empty() {
		r.bare = r.bare || r.width == 0
		r.path = append(r.path[:0], [3]float64{math.NaN(), math.NaN(), math.NaN()})
		return r.writePoint()
	}
	if !r.skip('(') {
		return r.fail("( is missing", "缺少左括号")
	}
	r.path = r.path[:0]
	return r.coordinate() && (r.skip(')') || r.fail(") is missing", "缺少右括号")) && r.writePoint()
}

// pointOfMany reads a point of a multipoint: (x y), x y or EMPTY.
func (r *wktReader) pointOfMany() bool {
	r.rest = strings.TrimLeft(r.rest, " \t\r\n")
	if r.rest != "" && (r.rest[0] == '(' || r.rest[0]|0x20 == 'e') {
		return r.point()
	}
	r.head(wkbPoint)
	r.path = r.path[:0]
	return r.coordinate() && r.writePoint()
}

// curve reads a path of the type into r.path.
func (r *wktReader) curve(name string) bool {
	r.path = r.path[:0]
	if r.empty() {
		return true
	}
	switch name {
	case "LINESTRING":
		return r.coordinates()
	case "CIRCULARSTRING":
		return r.coordinates() && r.bend(0)
	case "COMPOUNDCURVE":
		return r.compound()
	}
	return r.fail("a line is missing", "应为线")
}

// compound reads ( path, CIRCULARSTRING path … ) into one path.
func (r *wktReader) compound() bool {
	if !r.skip('(') {
		return r.fail("( is missing", "缺少左括号")
	}
	for {
		start := len(r.path)
		name := r.name()
		if name != "" && name != "LINESTRING" && name != "CIRCULARSTRING" {
			return r.fail("a line is missing", "应为线")
		}
		if !r.coordinates() || name == "CIRCULARSTRING" && !r.bend(start) {
			return false
		}
		if start > 0 && start < len(r.path) && r.path[start-1] == r.path[start] {
			r.path = append(r.path[:start], r.path[start+1:]...)
		}
		if !r.skip(',') {
			return r.skip(')') || r.fail(", or ) is missing", "缺少逗号或右括号")
		}
	}
}

// coordinates reads ( x y, x y … ) and adds them to the path.
func (r *wktReader) coordinates() bool {
	if !r.skip('(') {
		return r.fail("( is missing", "缺少左括号")
	}
	for {
		if !r.coordinate() {
			return false
		}
		if !r.skip(',') {
			return r.skip(')') || r.fail(", or ) is missing", "缺少逗号或右括号")
		}
	}
}

// coordinate reads x y, x y z, x y m or x y z m.
func (r *wktReader) coordinate() bool {
	var c [4]float64
	n := 0
	for {
		r.rest = strings.TrimLeft(r.rest, " \t\r\n")
		end := strings.IndexAny(r.rest, " \t\r\n,()")
		if end < 0 {
			end = len(r.rest)
		}
		if end == 0 {
			break
		}
		v, err := strconv.ParseFloat(r.rest[:end], 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || n == len(c) {
			return r.fail("a number is missing", "应为数值")
		}
		c[n], r.rest = v, r.rest[end:]
		n++
	}
	if n < 2 || n < 2+len(r.tag) || r.width != 0 && n != r.width {
		return r.fail("a coordinate has too few or too many numbers", "坐标的数值个数不对")
	}
	if r.width == 0 {
		r.width, r.z = n, false
		r.z = r.hasZ()
	} else if r.z != r.hasZ() {
		return r.fail("some coordinates have Z and some M", "部分坐标带 Z，部分带 M")
	}
	r.path = append(r.path, [3]float64{c[0], c[1], c[2]})
	return true
}

func (r *wktReader) writePoint() bool {
	return r.write(r.path[0])
}

func (r *wktReader) write(c [3]float64) bool {
	if r.out.ordinates(c[0], c[1]); r.z {
		r.out.ordinates(c[2])
	}
	return true
}

func (r *wktReader) writePath() bool {
	r.out.setCount(r.out.count(), len(r.path))
	for _, c := range r.path {
		r.write(c)
	}
	return true
}

// bend makes lines of the arcs that the path has from start on: each goes from a point over the next to the one after.
func (r *wktReader) bend(start int) bool {
	arcs := append([][3]float64(nil), r.path[start:]...)
	if len(arcs)%2 == 0 {
		return r.fail("an arc has three points", "圆弧应由三个点组成")
	}
	r.path = r.path[:start+1]
	for i := 0; i+2 < len(arcs); i += 2 {
		r.path = appendArc(r.path, arcs[i], arcs[i+1], arcs[i+2])
	}
	return true
}

// appendArc adds the points of an arc but for its first.
func appendArc(path [][3]float64, a, b, c [3]float64) [][3]float64 {
	const step = 4 * math.Pi / 180
	bx, by, cx, cy := b[0]-a[0], b[1]-a[1], c[0]-a[0], c[1]-a[1]
	var x, y, sweep float64 // of the centre from a; the angle, to the left
	switch d := 2 * (bx*cy - by*cx); {
	case cx == 0 && cy == 0: // a full circle: b lies opposite
		x, y, sweep = bx/2, by/2, 2*math.Pi
	case d == 0:
		return append(path, b, c)
	default:
		x = (cy*(bx*bx+by*by) - by*(cx*cx+cy*cy)) / d
		y = (bx*(cx*cx+cy*cy) - cx*(bx*bx+by*by)) / d
		sweep = math.Mod(math.Atan2(cy-y, cx-x)-math.Atan2(-y, -x)+4*math.Pi, 2*math.Pi)
		if d < 0 {
			sweep -= 2 * math.Pi
		}
	}
	steps := int(math.Ceil(math.Abs(sweep) / step))
	first, radius := math.Atan2(-y, -x), math.Hypot(x, y)
	for i := 1; i < steps; i++ {
		part := float64(i) / float64(steps)
		angle := first + sweep*part
		path = append(path, [3]float64{a[0] + x + radius*math.Cos(angle), a[1] + y + radius*math.Sin(angle), a[2] + (c[2]-a[2])*part})
	}
	return append(path, c)
}
