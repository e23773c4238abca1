package format

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

const boundaryHead = `[属性描述]
格式版本号=1.01版本
数据产生单位=某县自然资源局
数据产生日期=2025-06-15
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=39
精度=0.001
转换参数=,,,,,,
[地块坐标]
`

// A square of 100 m with a hole of 20 m, and one with two parts: 0.96 and 2.00 hectares.
const boundaryParcels = `10,0.9600,1,地块一,面,I50G005034,工业用地,0601,@
J1,1,3963700.000,39417700.000
J2,1,3963800.000,39417700.000
J3,1,3963800.000,39417800.000
J4,1,3963700.000,39417800.000
J1,1,3963700.000,39417700.000
J5,2,3963740.000,39417740.000
J6,2,3963760.000,39417740.000
J7,2,3963760.000,39417760.000
J8,2,3963740.000,39417760.000
J5,2,3963740.000,39417740.000
10,2.00,2,地块二,面,,,,@
J1,1,3964700.000,39417700.000
J2,1,3964800.000,39417700.000
J3,1,3964800.000,39417800.000
J4,1,3964700.000,39417800.000
J1,1,3964700.000,39417700.000
J1,1,3965700.000,39417700.000
J2,1,3965800.000,39417700.000
J3,1,3965800.000,39417800.000
J4,1,3965700.000,39417800.000
J1,1,3965700.000,39417700.000
`

func encoded(t testing.TB, text, how string) string {
	t.Helper()
	encode := map[string]func(string) (string, error){
		"":      func(s string) (string, error) { return s, nil },
		"gbk":   simplifiedchinese.GBK.NewEncoder().String,
		"utf16": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String,
	}[how]
	s, err := encode(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBoundaryParcelsHaveTheirRings(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"", "gbk", "utf16"} {
		sources, f, err := openOwn(file(t, "用地红线.txt", encoded(t, strings.ReplaceAll(boundaryHead+boundaryParcels, "\n", "\r\n"), how)), Hints{})
		if err != nil || f.Name != "boundary" {
			t.Fatal(how, f.Name, err)
		}
		s := sources[0]
		if s.Name != "用地红线" || s.CRS.EPSG != 4527 || s.Geometry != "Multi Polygon" || len(s.Notes) != 0 || *s.Extent != (Extent{39417700, 3963700, 39417800, 3965800}) {
			t.Errorf("%s: %s in %+v, %s, notes %v, extent %v", how, s.Name, s.CRS, s.Geometry, s.Notes, *s.Extent)
		}
		rows := readAll(t, s)
		if len(rows) != 2 || len(rows[0].rules)+len(rows[1].rules) != 0 {
			t.Fatalf("%s: %+v", how, rows)
		}
		if want := "POLYGON ((39417700 3963700, 39417700 3963800, 39417800 3963800, 39417800 3963700, 39417700 3963700), (39417740 3963740, 39417740 3963760, 39417760 3963760, 39417760 3963740, 39417740 3963740))"; rows[0].geometry != want {
			t.Errorf("%s: %s", how, rows[0].geometry)
		}
		if !strings.HasPrefix(rows[1].geometry, "MULTIPOLYGON (((") || strings.Count(rows[1].geometry, "((") != 2 {
			t.Errorf("%s: %s", how, rows[1].geometry)
		}
		for field, want := range map[string]string{
			"界址点数": "10", "地块面积": "0.9600", "地块编号": "1", "地块名称": "地块一", "图形属性": "面", "图幅号": "I50G005034", "地块用途": "工业用地", "地类编码": "0601",
			"数据产生单位": "某县自然资源局", "数据产生日期": "2025-06-15", "精度": "0.001", "格式版本号": "1.01版本",
		} {
			if got := rows[0].values[field]; got != want {
				t.Errorf("%s: %s is %q, want %q", how, field, got, want)
			}
		}
	}
}

func TestBoundaryFaultsAreTold(t *testing.T) {
	t.Parallel()
	square := "J1,1,3963700,39417700\nJ2,1,3963800,39417700\nJ3,1,3963800,39417800\nJ4,1,3963700,39417800\n"
	for name, c := range map[string]struct {
		head, parcels string
		epsg          int
		notes, rules  string
		geometry      string
	}{
		"unclosed":     {boundaryHead, "4,1,1,a,面,,,,@\n" + square, 4527, "", "geometry.unclosed", "POLYGON (("},
		"count":        {boundaryHead, "7,1,1,a,面,,,,@\n" + square + "J1,1,3963700,39417700\n", 4527, "", "boundary.count", "POLYGON (("},
		"area":         {boundaryHead, "5,3.5,1,a,面,,,,@\n" + square + "J1,1,3963700,39417700\n", 4527, "", "boundary.area", "POLYGON (("},
		"square m":     {boundaryHead, "5,10000.0,1,a,面,,,,@\n" + square + "J1,1,3963700,39417700\n", 4527, "", "boundary.area", "POLYGON (("},
		"unit written": {boundaryHead, "5,1.0公顷,1,a,面,,,,@\n" + square + "J1,1,3963700,39417700\n", 4527, "", "boundary.unit", "POLYGON (("},
		"not a number": {boundaryHead, "5,1,1,a,面,,,,@\nJ1,1,39637o0,39417700\n" + square, 4527, "", "geometry.number", ""},
		"two points":   {boundaryHead, "2,,1,a,面,,,,@\nJ1,1,3963700,39417700\nJ2,1,3963800,39417700\n", 4527, "", "geometry.short", ""},
		"a line":       {boundaryHead, "4,,1,a,线,,,,@\n" + square, 4527, "", "", "LINESTRING (39417700 3963700, "},
		"points":       {boundaryHead, "4,,1,a,点,,,,@\n" + square, 4527, "", "", "MULTIPOINT (39417700 3963700, "},
		"no at":        {boundaryHead, "4,,1,a,线,,,\n" + square, 4527, "", "", "LINESTRING ("},
		"wide commas":  {boundaryHead, strings.ReplaceAll("4,,1,a,线,,,,@\n"+square, ",", "，"), 4527, "", "", "LINESTRING ("},
		"spaces":       {boundaryHead, strings.ReplaceAll("4,,1,a,线,,,,@\n\n"+square, ",", " , "), 4527, "", "", "LINESTRING ("},
		"strange line": {boundaryHead, "4,,1,a,线,,,,@\n" + square + "合计 1 块\n", 4527, "boundary.line", "", "LINESTRING ("},
		"other zone":   {strings.Replace(boundaryHead, "带号=39", "带号=38", 1), "4,,1,a,线,,,,@\n" + square, 4527, "boundary.zone", "", "LINESTRING ("},
		"no zone":      {strings.Replace(boundaryHead, "带号=39", "带号=", 1), "4,,1,a,线,,,,@\n" + square, 4527, "", "", "LINESTRING ("},
		"plain":        {boundaryHead, "4,,1,a,线,,,,@\n" + strings.ReplaceAll(square, ",394", ",4"), 4548, "", "", "LINESTRING (417700 3963700"},
		"Xian 80":      {strings.Replace(boundaryHead, "2000国家", "1980西安", 1), "4,,1,a,线,,,,@\n" + square, 2363, "", "", "LINESTRING ("},
		"Beijing 54":   {strings.Replace(boundaryHead, "2000国家大地坐标系", "北京54坐标系", 1), "4,,1,a,线,,,,@\n" + square, 2415, "", "", "LINESTRING ("},
		"six degrees":  {strings.NewReplacer("带号=39", "带号=20", "分带=3", "分带=6").Replace(boundaryHead), "4,,1,a,线,,,,@\n" + strings.ReplaceAll(square, ",394", ",204"), 4498, "", "", "LINESTRING ("},
		"turned":       {boundaryHead, "2,,1,a,线,,,,@\nJ1,1,39417700,3963700\nJ2,1,39417800,3963700\n", 4527, "boundary.axes", "", "LINESTRING (3963700 39417700"},
		"two zones":    {boundaryHead, "4,,1,a,线,,,,@\n" + square + "6,,1,a,线,,,,@\n" + strings.ReplaceAll(square+square, ",39", ",38"), 4527, "boundary.zone", "", "LINESTRING ("},
		"degrees":      {boundaryHead, "2,,1,a,线,,,,@\nJ1,1,35.80,116.09\nJ2,1,35.81,116.09\n", 4490, "", "", "LINESTRING (116.09 35.8"},
		"no system":    {"[地块坐标]\n", "4,,1,a,线,,,,@\n" + square, 0, "boundary.crs", "", "LINESTRING ("},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sources, _, err := openOwn(file(t, "a.txt", c.head+c.parcels), Hints{})
			if err != nil {
				t.Fatal(err)
			}
			var notes []string
			for _, n := range sources[0].Notes {
				notes = append(notes, n.Rule)
			}
			row := readAll(t, sources[0])[0]
			got := fmt.Sprint(sources[0].CRS.EPSG, notes, row.rules)
			if want := fmt.Sprintf("%d [%s] [%s]", c.epsg, c.notes, c.rules); got != want || !strings.HasPrefix(row.geometry, c.geometry) || (row.geometry == "") != (c.geometry == "") {
				t.Errorf("%s %s, want %s %s", got, row.geometry, want, c.geometry)
			}
		})
	}
}

func TestBoundaryWithoutParcelsSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	_, _, err := openOwn(file(t, "a.txt", boundaryHead), Hints{})
	if err == nil || !strings.Contains(err.Error(), "no parcel") {
		t.Error(err)
	}
}

func TestBoundaryIsWrittenAgainToTheByte(t *testing.T) {
	t.Parallel()
	whole := boundaryHead + boundaryParcels
	for name, text := range map[string]string{
		"as it is":      whole,
		"CRLF":          strings.ReplaceAll(whole, "\n", "\r\n"),
		"no last end":   strings.TrimSuffix(whole, "\n"),
		"mixed ends":    strings.Replace(whole, "\n", "\r\n", 7),
		"blank lines":   strings.ReplaceAll(whole, ",@\n", ",@\n\n  \n"),
		"wide commas":   strings.ReplaceAll(whole, ",", "，"),
		"spaces":        strings.ReplaceAll(whole, ",", " ,\t"),
		"no at":         strings.ReplaceAll(whole, ",@", ""),
		"other section": "[项目信息]\n项目名称=某某\n" + whole + "\n合计,2\n;end\n",
		"only parcels":  boundaryParcels[strings.Index(boundaryParcels, "10,2"):],
		"precise":       strings.ReplaceAll(whole, ".000", ".00012340"),
		"nothing":       "\n\n",
	} {
		for _, how := range []string{"", "gbk", "utf16"} {
			t.Run(name+how, func(t *testing.T) {
				t.Parallel()
				text := encoded(t, text, how)
				if got := readAndWrite(t, text); got != text {
					t.Errorf("written %.400q, read %.400q", got, text)
				}
			})
		}
	}
}

// readBoundaries reads a whole file. encoding is as a person told it; "" = it is found out.
func readBoundaries(ctx context.Context, path, encoding string) (*Boundary, error) {
	text, err := openText(ctx, path, encoding)
	if err != nil {
		return nil, err
	}
	in, err := text.open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	s, err := newBoundaryScanner(in)
	if err != nil {
		return nil, err
	}
	b := &Boundary{Encoding: text.encoding.name, Mark: text.mark > 0, Head: s.head}
	for {
		p, err := s.parcel()
		if errors.Is(err, io.EOF) {
			b.Tail = s.skipped
			return b, nil
		}
		if err != nil {
			return nil, err
		}
		b.Parcels = append(b.Parcels, *p)
	}
}

// writeBoundaries writes a file. What was read from one is written as it stood there, byte for byte, if its bytes were
// all characters of its encoding.
func writeBoundaries(w io.Writer, b *Boundary) error {
	out, err := NewBoundaryWriter(w, b.Encoding, b.Mark, b.Head)
	if err != nil {
		return err
	}
	for i := range b.Parcels {
		if err := out.Write(&b.Parcels[i]); err != nil {
			return err
		}
	}
	if _, err := out.text.WriteString(b.Tail); err != nil {
		return err
	}
	return out.Close()
}

func readAndWrite(t *testing.T, text string) string {
	t.Helper()
	b, err := readBoundaries(context.Background(), file(t, "a.txt", text), "")
	if err != nil {
		t.Skip(err)
	}
	var out bytes.Buffer
	if err := writeBoundaries(&out, b); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestNewParcelsAreReadAgain(t *testing.T) {
	t.Parallel()
	rings := [][][2]float64{
		{{417700, 3963700}, {417700, 3963800}, {417800, 3963800}, {417800, 3963700}, {417700, 3963700}},
		{{417740, 3963740}, {417740, 3963760}, {417760, 3963760}, {417760, 3963740}, {417740, 3963740}},
	}
	b := &Boundary{Encoding: "GB18030", Head: BoundaryHead(39, 3, map[string]string{"数据产生单位": "某县自然资源局", "数据产生日期": "2025-06-15"}),
		Parcels: []Parcel{NewParcel([]string{"0.9600", "1", "地块一", "面", "I50G005034", "工业用地", "0601"}, rings, 39, 3)}}
	var out bytes.Buffer
	if err := writeBoundaries(&out, b); err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(boundaryParcels, "10,2.00")
	if want := encoded(t, strings.ReplaceAll(boundaryHead+first, "\n", "\r\n"), "gbk"); out.String() != want {
		got, _ := simplifiedchinese.GBK.NewDecoder().String(out.String())
		t.Errorf("%s", got)
	}
}

func FuzzBoundary(f *testing.F) {
	f.Add([]byte(boundaryHead + boundaryParcels))
	f.Add([]byte(encoded(f, boundaryHead+boundaryParcels, "gbk")))
	f.Add([]byte("[地块坐标]\n,,,,面\n1,1,1,1\n1,1,0,1\n1,1,1,0\n@\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		text := strings.ToValidUTF8(string(b), "?")
		if _, mark := markedEncoding([]byte(text)); mark == 0 && !strings.Contains(text, "\x00") {
			if got := readAndWrite(t, text); got != text {
				t.Fatalf("written %q, read %q", got, text)
			}
		}
		path := file(t, "f.txt", string(b))
		if sources, err := openBoundary(context.Background(), input{path: path, name: "f.txt"}); err == nil {
			checkRows(t, sources[0])
		}
	})
}
