package cql

import (
	"fmt"
	"strings"

	"onemap/layers"
)

// Function is what filters can call besides the operators.
type Function struct {
	Name  string
	Words layers.Words // what it gives
	Args  []Kind
	Gives Kind
	sql   string // with %[1]s … for the arguments
}

// Functions are all there are. None of them fails over what a row holds.
var Functions = []Function{
	{"lower", layers.Words{En: "the text in lower case", Zh: "文本的小写形式"}, []Kind{Text}, Text, `lower(%s collate "und-x-icu")`},
	{"upper", layers.Words{En: "the text in upper case", Zh: "文本的大写形式"}, []Kind{Text}, Text, `upper(%s collate "und-x-icu")`},
	{"trim", layers.Words{En: "the text without blanks at its ends", Zh: "去除首尾空格的文本"}, []Kind{Text}, Text, "btrim(%s)"},
	{"length", layers.Words{En: "the number of characters of the text", Zh: "文本的字符数"}, []Kind{Text}, Number, "char_length(%s)"},
	{"concat", layers.Words{En: "the two texts as one", Zh: "两段文本连接为一段"}, []Kind{Text, Text}, Text, "(%s || %s)"},
	{"substring", layers.Words{En: "so many characters of the text from a position, the first being 1", Zh: "自某位置起（首字符为 1）的若干字符"}, []Kind{Text, Number, Number}, Text,
		"substr(%s, least(greatest(%s, -1e6), 1e6)::integer, least(greatest(%s, 0), 1e6)::integer)"},

	{"abs", layers.Words{En: "the number without its sign", Zh: "绝对值"}, []Kind{Number}, Number, "abs((%s)::numeric)"},
	{"ceil", layers.Words{En: "the next whole number, not below", Zh: "向上取整"}, []Kind{Number}, Number, "ceil(%s)"},
	{"floor", layers.Words{En: "the next whole number, not above", Zh: "向下取整"}, []Kind{Number}, Number, "floor(%s)"},
	{"round", layers.Words{En: "the nearest whole number", Zh: "四舍五入取整"}, []Kind{Number}, Number, "round((%s)::numeric)"},
	{"sqrt", layers.Words{En: "the square root", Zh: "平方根"}, []Kind{Number}, Number, "onemap.power((%s)::numeric, 0.5)"},
	{"min", layers.Words{En: "the smaller of two numbers", Zh: "两数中较小者"}, []Kind{Number, Number}, Number, "least(%s, %s)"},
	{"max", layers.Words{En: "the larger of two numbers", Zh: "两数中较大者"}, []Kind{Number, Number}, Number, "greatest(%s, %s)"},

	{"year", layers.Words{En: "the year of the time", Zh: "时间的年份"}, []Kind{Timestamp}, Number, "extract(year from %s)"},
	{"month", layers.Words{En: "the month of the time, 1 to 12", Zh: "时间的月份（1–12）"}, []Kind{Timestamp}, Number, "extract(month from %s)"},
	{"day", layers.Words{En: "the day of the month of the time", Zh: "时间的日"}, []Kind{Timestamp}, Number, "extract(day from %s)"},

	{"area", layers.Words{En: "the area of the geometry on the ellipsoid, in square metres", Zh: "几何图形的椭球面积（平方米）"}, []Kind{Shape}, Number, "onemap.area_or_null(%s)"},
	{"lineLength", layers.Words{En: "the length of a line on the ellipsoid, in metres", Zh: "线的椭球长度（米）"}, []Kind{Shape}, Number, "onemap.length_or_null(%s)"},
	{"geometryType", layers.Words{En: "the kind of the geometry, such as Point", Zh: "几何类型，例如 Point"}, []Kind{Shape}, Text, "replace(st_geometrytype(%s), 'ST_', '')"},
	{"numPoints", layers.Words{En: "the number of positions of the geometry", Zh: "几何图形的坐标点数"}, []Kind{Shape}, Number, "st_npoints(%s)"},
	{"isValid", layers.Words{En: "whether the geometry is valid", Zh: "几何图形是否有效"}, []Kind{Shape}, Boolean, "st_isvalid(%s)"},
	{"centroid", layers.Words{En: "the centre of gravity of the geometry", Zh: "几何图形的重心"}, []Kind{Shape}, Shape, "st_centroid(%s)"},
	{string(DWithin), layers.Words{En: "whether two geometries are within so many metres of each other", Zh: "两个几何图形的距离是否不超过若干米"}, []Kind{Shape, Shape, Number}, Boolean, ""},
}

// DWithin leans on an index, which takes more than a row.
const DWithin Op = "dwithin"

func (c *compiler) function(e *Call) (value, error) {
	f, ok := Lookup(string(e.Op))
	if !ok {
		return value{}, wrong(e.At, "the function %[1]s is not offered; the list is at /ogc/functions", "不支持函数 %[1]s；函数清单见 /ogc/functions", string(e.Op))
	}
	if len(e.Args) != len(f.Args) {
		return value{}, wrong(e.At, "%[1]s has %[2]d arguments; want %[3]d", "%[1]s 有 %[2]d 个参数，应为 %[3]d 个", f.Name, len(e.Args), len(f.Args))
	}
	if e.Op == DWithin {
		sql, err := c.withinDistance(e)
		return value{sql: sql, kind: Boolean}, err
	}
	var args []any
	for i, a := range e.Args {
		v, err := c.value(a)
		if err != nil {
			return v, err
		}
		if v.kind != f.Args[i] && !(f.Args[i] == Timestamp && v.kind == Date) {
			return v, wrong(a.Column(), "%[1]s stands where %[2]s is wanted%[5]s", "此处为%[3]s，应为%[4]s%[6]s", v.kind, f.Args[i], kindsZh[v.kind], kindsZh[f.Args[i]], hint(f.Args[i]).En, hint(f.Args[i]).Zh)
		}
		args = append(args, v.sql)
	}
	return value{sql: fmt.Sprintf(f.sql, args...), kind: f.Gives, calculated: f.Gives == Number}, nil
}

// Lookup finds a function, whatever the case of its letters.
func Lookup(name string) (Function, bool) {
	for _, f := range Functions {
		if strings.EqualFold(f.Name, name) {
			return f, true
		}
	}
	return Function{}, false
}
