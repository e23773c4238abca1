package format

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"onemap/layers"
)

var boundary = Format{
	Name: "boundary", Title: "界址点 TXT", Extensions: []string{".txt"},
	Is:   isBoundary,
	open: openBoundary,
}

// isBoundary tells by one of the sections' names, in any encoding that the text may have.
func isBoundary(_ string, head []byte) bool {
	for _, section := range []string{headSection, parcelsSection} {
		inGBK, err := simplifiedchinese.GBK.NewEncoder().String(section)
		if err != nil {
			return false
		}
		if bytes.Contains(head, []byte(section)) || bytes.Contains(head, []byte(inGBK)) {
			return true
		}
	}
	e, _ := markedEncoding(head)
	return e.code != nil && e.name != utf8Text.name && strings.Contains(e.text(head), parcelsSection)
}

// boundarySource is what the first reading of a file told.
type boundarySource struct {
	text   *textFile
	head   []BoundaryLine
	extra  []BoundaryLine // of the head: what rows have as fields
	fields []Field
	own    int         // fields of a parcel's line, before those of the head
	zones  map[int]int // points by the zone number before their easting; 0 = none
	degree int         // points that can only be degrees
	turned int         // points whose third number is the easting
	zone   int         // of most points
}

// openBoundary reads the file once for its fields and zone, and once for its extent.
func openBoundary(ctx context.Context, in input) ([]*Source, error) {
	text, err := openText(ctx, in.path, in.hints.Encoding)
	if err != nil {
		return nil, err
	}
	b := &boundarySource{text: text, zones: map[int]int{}, own: len(parcelFields)}
	strange, parcels, err := b.look(ctx)
	if err != nil {
		return nil, err
	}
	if parcels == 0 {
		return nil, refuse("there is no parcel: after [地块坐标] a line that ends with @ begins one", "文件中没有地块：[地块坐标] 之后，地块首行应以 @ 结尾")
	}
	b.settleFields()
	s := &Source{
		Name: strings.TrimSuffix(filepath.Base(in.name), filepath.Ext(in.name)), Fields: b.fields,
		Encoding: text.encoding.said(), Notes: slices.Clone(text.notes),
	}
	b.settleCRS(s)
	if len(strange) > 0 {
		s.Notes = append(s.Notes, Note{Rule: "boundary.line", Severity: Warning, Words: layers.Say(
			"lines that are neither a parcel nor a point were not read: %d, the first is line %d",
			"有 %d 行既不是地块也不是界址点，未读取，首行为第 %d 行", len(strange), strange[0])})
	}
	s.rowsOf(in.folder, b.rows)
	err = s.survey(ctx)
	if s.Geometry == "None" { // no point can be read, yet parcels are what the file is about
		s.Geometry = "Polygon"
	}
	return []*Source{s}, err
}

// each calls do for every parcel.
func (b *boundarySource) each(ctx context.Context, do func(s *boundaryScanner, p *Parcel) error) (*boundaryScanner, error) {
	in, err := b.text.open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	s, err := newBoundaryScanner(in)
	for err == nil && ctx.Err() == nil {
		var p *Parcel
		if p, err = s.parcel(); err == nil {
			err = do(s, p)
		}
	}
	if errors.Is(err, io.EOF) {
		return s, nil
	}
	return s, cmp.Or(ctx.Err(), err)
}

// look reads all and counts.
func (b *boundarySource) look(ctx context.Context) (strange []int, parcels int, err error) {
	s, err := b.each(ctx, func(_ *boundaryScanner, p *Parcel) error {
		parcels++
		b.own = max(b.own, len(p.Fields))
		for i := range p.Points {
			x, okX := number(p.Points[i].X)
			y, okY := number(p.Points[i].Y)
			switch {
			case !okX || !okY:
			case x <= 180 && x >= -180 && y <= 180 && y >= -180:
				b.degree++
			case x >= 1e7 && y < 1e7:
				b.turned++
				b.zones[int(x/1e6)]++
			default:
				b.zones[int(y/1e6)]++
			}
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	b.head = s.head
	return s.strange, parcels, nil
}

// settleFields lists the parcel's fields, and those keys of the head that the coordinate system does not tell.
func (b *boundarySource) settleFields() {
	for i := range b.own {
		f := Field{Kind: Text, Loose: true, Name: fmt.Sprintf("属性%d", i+1)}
		if i < len(parcelFields) {
			f.Name = parcelFields[i]
		}
		switch i {
		case 0:
			f.Kind, f.Loose = Integer, false
		case 1:
			f.Kind, f.Loose = Number, false
		}
		b.fields = append(b.fields, f)
	}
	for _, l := range b.head {
		if l.Key == "" || strings.Trim(l.Value, ", ，0") == "" || slices.Contains([]string{"坐标系", "几度分带", "投影类型", "计量单位", "带号"}, l.Key) ||
			slices.ContainsFunc(b.fields, func(f Field) bool { return f.Name == l.Key }) || len(b.extra) == boundaryMaxFields {
			continue
		}
		b.extra = append(b.extra, l)
		b.fields = append(b.fields, Field{Name: l.Key, Kind: Text, Verbatim: true}) // it goes out again so
	}
}

// rows reads the parcels.
func (b *boundarySource) rows(ctx context.Context, yield func(*Row) error) error {
	m, count := newRowMaker(b.fields), int64(0)
	_, err := b.each(ctx, func(_ *boundaryScanner, p *Parcel) error {
		count++
		m.begin(count)
		for i, v := range p.Fields {
			switch i {
			case 0:
				m.setNumber(i, v)
			case 1:
				m.setNumber(i, m.hectares(v))
			default:
				m.set(i, v)
			}
		}
		for i, l := range b.extra {
			m.set(b.own+i, l.Value)
		}
		b.draw(m, p)
		return yield(m.end())
	})
	return err
}

// hectares takes the unit off an area, where somebody wrote it.
func (m *rowMaker) hectares(v string) string {
	for _, unit := range []string{"公顷", "平方米", "亩", "㎡", "m²", "m2"} {
		if number, ok := strings.CutSuffix(v, unit); ok {
			m.note(Note{Rule: "boundary.unit", Severity: Info, Field: parcelFields[1], Value: shown(v), Words: layers.Say(
				"the unit %s stands behind the area and was taken off", "面积后带有单位“%s”，已去除", unit)})
			return strings.TrimSpace(number)
		}
	}
	return v
}
