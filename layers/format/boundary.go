package format

import (
	"errors"
	"io"
	"strings"
)

// The ministry's exchange text for boundary points (勘测定界界址点坐标交换格式): a section of keys about the file,
//
//	[属性描述]
//	坐标系=2000国家大地坐标系
//	几度分带=3
//	带号=39
//	…
//	[地块坐标]
//	界址点数,地块面积,地块编号,地块名称,记录图形属性(点、线、面),图幅号,地块用途,地类编码,@
//	点号,地块圈号,X坐标,Y坐标
//	…
//
// and per parcel a line that ends with @ and its points, ring by ring. X is north, Y is east; the area is in hectares.
// There is no published standard number; provinces add keys and fields, some leave out the @ or write full-width commas.

// Boundary is such a file: what it says, and how it stands there, so that it can be written again to the byte.
type Boundary struct {
	Encoding string         // as namedEncoding knows it; "" = UTF-8
	Mark     bool           // it begins with a byte order mark
	Head     []BoundaryLine // all before the first parcel
	Parcels  []Parcel
	Tail     string // all after the last point, as it stands
}

// BoundaryLine is a line of the head: a key with its value, or something else that stands there.
type BoundaryLine struct {
	Key, Value string // without blanks around them; "" = none
	raw        string
}

// Parcel is one parcel. Texts are without blanks around them.
type Parcel struct {
	Fields []string // those before the @, in the order of parcelFields
	Points []BoundaryPoint
	Line   int // in the file, from 1; 0 = it comes from none
	raw    string
}

// BoundaryPoint is one point of a parcel.
type BoundaryPoint struct {
	Name, Ring string
	X, Y       string // north and east, as written
	Line       int
	raw        string
}

// parcelFields are the names of a parcel's fields. Further ones, which some provinces have, are called by their place.
var parcelFields = []string{"界址点数", "地块面积", "地块编号", "地块名称", "图形属性", "图幅号", "地块用途", "地类编码"}

const (
	headSection    = "[属性描述]"
	parcelsSection = "[地块坐标]"
)

// Value returns what the head says for a key; "" = nothing.
func (b *Boundary) Value(key string) string {
	for _, l := range b.Head {
		if l.Key == key {
			return l.Value
		}
	}
	return ""
}

// Limits of one parcel: the largest county outlines have some 100,000 points.
const (
	boundaryMaxLine   = 64 << 10
	boundaryMaxPoints = 1_000_000
	boundaryMaxFields = 64
)

// boundaryScanner goes through a file parcel by parcel, in memory for one.
type boundaryScanner struct {
	lines   *lineReader
	head    []BoundaryLine
	next    *Parcel // whose line was read
	skipped string  // what stands between, as it stands
	strange []int   // lines that are neither parcel nor point
	inside  bool    // of the section of parcels
}

func newBoundaryScanner(text io.Reader) (*boundaryScanner, error) {
	s := &boundaryScanner{lines: newLineReader(text, boundaryMaxLine)}
	for s.next == nil {
		raw, line, err := s.line()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return nil, err
		}
		if p, ok := parcelLine(line); ok && (s.inside || strings.HasSuffix(line, "@")) {
			p.Line, p.raw = s.lines.number, raw
			s.next = &p
			break
		}
		s.inside = s.inside || line == parcelsSection
		s.head = append(s.head, headLine(raw, line))
		if len(s.head) > 10_000 {
			return nil, refuse("no parcel in the first %d lines: a parcel begins with a line that ends with @", "前 %d 行内没有地块：地块首行应以 @ 结尾", s.lines.number)
		}
	}
	return s, nil
}

// line returns a line as it stands, and what it says.
func (s *boundaryScanner) line() (raw, said string, err error) {
	b, err := s.lines.whole()
	if err != nil {
		return "", "", err
	}
	raw = string(b)
	return raw, strings.TrimSpace(raw), nil
}

// parcel returns the next parcel; io.EOF after the last.
func (s *boundaryScanner) parcel() (*Parcel, error) {
	p := s.next
	if p == nil {
		return nil, io.EOF
	}
	s.next = nil
	for {
		raw, line, err := s.line()
		if errors.Is(err, io.EOF) {
			return p, nil
		}
		if err != nil {
			return nil, err
		}
		raw = s.skipped + raw
		s.skipped = ""
		next, isParcel := parcelLine(line)
		point, isPoint := pointLine(line)
		switch {
		case isParcel:
			next.Line, next.raw = s.lines.number, raw
			s.next = &next
			return p, nil
		case isPoint:
			if len(p.Points) == boundaryMaxPoints {
				return nil, refuse("the parcel on line %d has more than %d points", "第 %d 行的地块超过 %d 个界址点", p.Line, boundaryMaxPoints)
			}
			point.Line, point.raw = s.lines.number, raw
			p.Points = append(p.Points, point)
			continue
		case line != "" && len(s.strange) < 1000:
			s.strange = append(s.strange, s.lines.number)
		}
		if s.skipped = raw; len(s.skipped) > 1<<20 {
			return nil, refuse("up to line %d there is neither a parcel nor a point in a megabyte of text", "至第 %d 行止，连续 1 MB 文本内既无地块也无界址点", s.lines.number)
		}
	}
}

// headLine reads a line of the head.
func headLine(raw, line string) BoundaryLine {
	l := BoundaryLine{raw: raw}
	if i := strings.IndexAny(line, "=＝"); i > 0 {
		key, value := line[:i], strings.TrimLeft(line[i:], "=＝")
		l.Key, l.Value = strings.TrimSpace(key), strings.TrimSpace(value)
	}
	return l
}

// parcelLine reads a parcel's line: it ends with @, or where that was left out names the kind of geometry in fifth place.
func parcelLine(line string) (Parcel, bool) {
	said, marked := strings.CutSuffix(line, "@")
	fields := commas(said)
	if marked && fields[len(fields)-1] == "" {
		fields = fields[:len(fields)-1]
	}
	if !marked && (len(fields) < 5 || geometryWord(fields[4]) == "") || len(fields) > boundaryMaxFields {
		return Parcel{}, false
	}
	return Parcel{Fields: fields}, true
}

// geometryWord tells what kind of geometry a parcel's fifth field names; "" = none.
func geometryWord(s string) string {
	switch s {
	case "面", "线", "点":
		return s
	}
	return ""
}

// pointLine reads a point's line: name, ring, north, east. What follows has no meaning.
func pointLine(line string) (BoundaryPoint, bool) {
	f := commas(line)
	if len(f) < 4 || len(f) > 8 {
		return BoundaryPoint{}, false
	}
	return BoundaryPoint{Name: f[0], Ring: f[1], X: f[2], Y: f[3]}, true
}

// commas parts a line at its commas; at full-width ones where there are too few of the others.
func commas(line string) []string {
	if strings.Count(line, ",") < 3 {
		line = strings.ReplaceAll(line, "，", ",")
	}
	fields := strings.Split(line, ",")
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	return fields
}
