package format

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/transform"
)

// BoundaryWriter writes a file parcel by parcel. Lines that come from no file end in CR LF, as the ministry's programs write.
type BoundaryWriter struct {
	text    *bufio.Writer
	encoded io.Closer
}

// NewBoundaryWriter writes the head. The encoding is one that people name: GB18030, UTF-8 ("").
func NewBoundaryWriter(w io.Writer, encoding string, mark bool, head []BoundaryLine) (*BoundaryWriter, error) {
	e := utf8Text
	if encoding != "" {
		var err error
		if e, err = encodingOf(encoding); err != nil {
			return nil, err
		}
	}
	out := &BoundaryWriter{}
	if e.name == utf8Text.name {
		out.text = bufio.NewWriter(w)
	} else {
		encoded := transform.NewWriter(w, e.code.NewEncoder())
		out.text, out.encoded = bufio.NewWriter(encoded), encoded
	}
	if mark {
		out.text.WriteString("\uFEFF")
	}
	for _, l := range head {
		out.line(l.raw, l.Key+"="+l.Value)
	}
	return out, out.fault(out.text.Flush())
}

// encodingOf is namedEncoding, and UTF-16, which it does not know.
func encodingOf(name string) (encoding, error) {
	for _, e := range []encoding{utf16le, utf16be} {
		if e.name == name {
			return e, nil
		}
	}
	return namedEncoding(name)
}

// line writes a line as it stood, or the text where it comes from no file.
func (w *BoundaryWriter) line(raw, text string) {
	if raw == "" {
		raw = text + "\r\n"
	}
	w.text.WriteString(raw) // the writer remembers its error
}

// Write writes a parcel.
func (w *BoundaryWriter) Write(p *Parcel) error {
	w.line(p.raw, strings.Join(p.Fields, ",")+",@")
	for i := range p.Points {
		q := &p.Points[i]
		w.line(q.raw, q.Name+","+q.Ring+","+q.X+","+q.Y)
	}
	return w.fault(w.text.Flush())
}

// Close writes what is left. It does not close what lies beneath.
func (w *BoundaryWriter) Close() error {
	err := w.text.Flush()
	if w.encoded != nil && err == nil {
		err = w.encoded.Close()
	}
	return w.fault(err)
}

func (w *BoundaryWriter) fault(err error) error {
	if err != nil {
		return fmt.Errorf("write boundary points: %w", err)
	}
	return nil
}

// BoundaryHead makes a head for CGCS2000: zone is the number of a 3-degree zone (25–45), decimals are those of the
// coordinates in metres. said are values of keys that are known otherwise, such as those that a file had which was
// imported: 格式版本号, 数据产生单位, 数据产生日期, 精度, 转换参数.
func BoundaryHead(zone, decimals int, said map[string]string) []BoundaryLine {
	precision := strconv.FormatFloat(1/pow10(decimals), 'f', -1, 64)
	head := []BoundaryLine{{raw: headSection + "\r\n"}}
	for _, kv := range [][2]string{
		{"格式版本号", "1.01版本"}, {"数据产生单位", ""}, {"数据产生日期", ""}, {"坐标系", "2000国家大地坐标系"}, {"几度分带", "3"},
		{"投影类型", "高斯克吕格"}, {"计量单位", "米"}, {"带号", strconv.Itoa(zone)}, {"精度", precision}, {"转换参数", ",,,,,,"},
	} {
		value, ok := said[kv[0]]
		if !ok {
			value = kv[1]
		}
		head = append(head, BoundaryLine{Key: kv[0], Value: strings.NewReplacer("\r", " ", "\n", " ").Replace(value)})
	}
	return append(head, BoundaryLine{raw: parcelsSection + "\r\n"})
}

func pow10(n int) float64 {
	v := 1.0
	for range n {
		v *= 10
	}
	return v
}

// NewParcel makes a parcel of rings as they are in a polygon: east, north, the first point repeated at the end; outer
// rings before their holes. Points are called J1, J2 … through all rings, and each ring ends with its first; X is north.
// zone > 0 goes before the easting, which has a false easting of 500 km. fields are those after the number of points:
// area in hectares, number, name, 面, map sheet, use, class.
func NewParcel(fields []string, rings [][][2]float64, zone, decimals int) Parcel {
	p := Parcel{}
	next := 1
	for i, ring := range rings {
		first := next
		for j, c := range ring {
			name := next
			if j == len(ring)-1 && j > 0 && c == ring[0] {
				name = first
			} else {
				next++
			}
			p.Points = append(p.Points, BoundaryPoint{
				Name: "J" + strconv.Itoa(name), Ring: strconv.Itoa(i + 1),
				X: strconv.FormatFloat(c[1], 'f', decimals, 64),
				Y: strconv.FormatFloat(c[0]+float64(zone)*1e6, 'f', decimals, 64),
			})
		}
	}
	p.Fields = append([]string{strconv.Itoa(len(p.Points))}, plain(fields)...)
	return p
}

// plain takes out what would break a line.
func plain(fields []string) []string {
	clean := make([]string, len(fields))
	for i, f := range fields {
		clean[i] = strings.NewReplacer(",", "，", "@", "＠", "\r", " ", "\n", " ").Replace(f)
	}
	return clean
}
