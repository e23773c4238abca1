package format

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"onemap/layers"
)

// inpTable is one source of a model: its fields, and the sections they come from.
type inpTable struct {
	name     string
	fields   []Field
	rows     []inpRows
	joins    []inpJoin
	geometry func(r *inpRow)
}

// inpRows says that each line of a section is a row.
type inpRows struct {
	section string
	kind    string
	layout  []string           // fields by place of the word; "" = not kept, a last "…name" takes all the rest
	more    func(*inpRow)      // for what the places alone do not tell; may be nil
	ends    func(*inpRow) bool // of a link: whether both its nodes are there; nil = it is none
}

// inpJoin says that a section tells more about the rows, by name.
type inpJoin struct {
	section string
	word    string // the lines begin with it and the name comes after ("NODE n1 …"); "" = the name comes first
	layout  []string
	more    func(*inpRow) // instead of layout
	all     bool          // several lines of one name are one JSON list in the field layout[0], of objects of layout[1:]
}

// inpRow is a row being made.
type inpRow struct {
	*rowMaker
	model *inpModel
	table *inpTable
	name  string   // as it is written
	id    string   // as it is looked up
	words []string // of the line at hand
}

// field is the place of a field.
func (r *inpRow) field(name string) int {
	return slices.IndexFunc(r.fields, func(f Field) bool { return f.Name == name })
}

// put gives a field its value.
func (r *inpRow) put(name, value string) {
	i := r.field(name)
	switch {
	case i < 0:
	case r.fields[i].Kind == Number:
		r.setNumber(i, value)
	default:
		r.set(i, value)
	}
}

// lay puts the words where a layout says. A star stands for none, in SWMM.
func (r *inpRow) lay(layout, words []string) {
	for i, name := range layout {
		if i >= len(words) {
			return
		}
		if rest, ok := strings.CutPrefix(name, "…"); ok {
			r.put(rest, strings.Join(words[i:], " "))
			return
		}
		if name != "" && words[i] != "*" {
			r.put(name, words[i])
		}
	}
	if extra := words[len(layout):]; len(extra) > 0 {
		r.note(Note{Rule: "inp.words", Severity: Warning, Value: shown(strings.Join(extra, " ")), Words: layers.Say(
			"there are more words on the line than have a meaning; the last were left out", "该行内容多于规定的项数，多余部分未读取")})
	}
}

// source makes a source of the table.
func (t *inpTable) source(folder *Folder, text *textFile, load func(context.Context) (*inpModel, error)) *Source {
	s := &Source{Name: t.name, Fields: t.fields, Encoding: text.encoding.said(), Geometry: "None", Count: -1}
	s.rowsOf(folder, func(ctx context.Context, yield func(*Row) error) error {
		m, err := load(ctx)
		if err != nil {
			return err
		}
		r := &inpRow{rowMaker: newRowMaker(t.fields), model: m, table: t}
		seen := map[string]int{}
		for _, rows := range t.rows {
			section := m.sections[rows.section]
			if section == nil {
				continue
			}
			for _, line := range section.lines {
				r.read(rows, line, seen)
				if err := yield(r.end()); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return s
}

// read makes the row of a line.
func (r *inpRow) read(rows inpRows, line inpLine, seen map[string]int) {
	r.begin(int64(line.number))
	r.words = words(line.text, r.words)
	if len(r.words) == 0 {
		r.words = append(r.words, "")
	}
	r.name, r.id = r.words[0], r.model.key(r.words[0])
	r.put("kind", rows.kind)
	r.put("description", line.comment)
	if before, ok := seen[r.id]; ok {
		r.note(Note{Rule: "id.duplicate", Severity: Warning, Field: "id", Value: shown(r.words[0]), Words: layers.Say(
			"the name %q was given before, on line %d", "编号“%s”重复，首次出现于第 %d 行", shown(r.words[0]), before)})
	} else {
		seen[r.id] = line.number
	}
	r.lay(rows.layout, r.words)
	if rows.more != nil {
		rows.more(r)
	}
	for _, j := range r.table.joins {
		r.join(j)
	}
	if rows.ends == nil || rows.ends(r) {
		r.table.geometry(r)
	}
}

// join adds what another section says about the row.
func (r *inpRow) join(j inpJoin) {
	place := 0
	if j.word != "" {
		place = 1
	}
	section := r.model.of(j.section, place)
	var list []map[string]string
	var buf []string
	section.each(r.id, func(l inpLine) {
		buf = words(l.text, buf)
		if j.word != "" && !strings.EqualFold(buf[0], j.word) {
			return
		}
		said := buf[place+1:]
		switch {
		case j.more != nil:
			r.words = append(r.words[:0], buf...)
			j.more(r)
		case j.all:
			object := map[string]string{}
			for i, name := range j.layout[1:] {
				if i < len(said) {
					object[name] = said[i]
				}
			}
			list = append(list, object)
		default:
			r.lay(j.layout, said)
		}
	})
	if len(list) > 0 {
		if b, err := json.Marshal(list); err == nil {
			r.put(j.layout[0], string(b))
		}
	}
}

// place returns the coordinate of a node, and what is wrong with it where there is none.
func (m *inpModel) place(section, name string) (p [2]float64, wrong layers.Words) {
	line, ok := m.of(section, 0).firstOf(m.key(name))
	if !ok {
		return p, layers.Say("%q has no coordinates in [%s]", "[%[2]s] 段中没有“%[1]s”的坐标", shown(name), map[string]string{"COOR": "COORDINATES", "SYMB": "SYMBOLS"}[section])
	}
	return line.coordinate()
}

// coordinate reads a line "name x y".
func (l inpLine) coordinate() (p [2]float64, wrong layers.Words) {
	var room [4]string
	w := words(l.text, room[:0])
	if len(w) < 3 {
		return p, layers.Say("line %d of the coordinates has %d words, not 3", "第 %d 行坐标只有 %d 项，应为 3 项", l.number, len(w))
	}
	for i := range p {
		v, ok := number(w[i+1])
		if !ok {
			return p, layers.Say("the coordinate %q on line %d is not a number", "坐标“%s”（第 %d 行）不是数值", shown(w[i+1]), l.number)
		}
		p[i] = v
	}
	return p, wrong
}

// point makes a row's geometry of the coordinate that a section gives for it.
func (r *inpRow) point(section string) {
	p, wrong := r.model.place(section, r.name)
	if wrong != (layers.Words{}) {
		r.noGeometry(wrong)
		return
	}
	r.geometry.point(p[0], p[1], nil)
}

func (r *inpRow) noGeometry(why layers.Words) {
	r.note(Note{Rule: "geometry.missing", Severity: Warning, Words: layers.Words{En: why.En + ": no geometry", Zh: why.Zh + "，该行没有图形"}})
}

// bends returns the coordinates that a section lists for the row, in order, and notes those that can not be read.
func (r *inpRow) bends(section string, points [][2]float64) [][2]float64 {
	r.model.of(section, 0).each(r.id, func(l inpLine) {
		p, wrong := l.coordinate()
		if wrong != (layers.Words{}) {
			r.note(Note{Rule: "geometry.vertex", Severity: Warning, Words: layers.Words{En: wrong.En + ": the vertex was left out", Zh: wrong.Zh + "，该折点未读取"}})
			return
		}
		if r.model.far(p) {
			r.note(Note{Rule: "geometry.far", Severity: Warning, Value: fmt.Sprintf("%g %g", p[0], p[1]), Words: layers.Say(
				"the vertex on line %d lies far from all nodes: the file may mix coordinate systems",
				"第 %d 行的折点远离所有节点，文件中可能混用了不同坐标系", l.number)})
		}
		points = append(points, p)
	})
	return points
}

// between makes a link's geometry: from its first node over its vertices to its second.
func (r *inpRow) between() {
	var ends [2][2]float64
	for i, field := range []string{"node1", "node2"} {
		p, wrong := r.model.place("COOR", string(r.row.Values[r.field(field)]))
		if wrong != (layers.Words{}) {
			r.noGeometry(wrong)
			return
		}
		ends[i] = p
	}
	r.geometry.line(append(r.bends("VERT", [][2]float64{ends[0]}), ends[1]))
}

// joined returns a check of a link's ends against the sections that list nodes. A link to nowhere is lost.
func joined(sections ...string) func(*inpRow) bool {
	return func(r *inpRow) bool {
		for _, field := range []string{"node1", "node2"} {
			name := string(r.row.Values[r.field(field)])
			if name == "" {
				r.astray(field, layers.Say("the line names no %s", "该行缺少 %s", field))
				return false
			}
			found := slices.ContainsFunc(sections, func(s string) bool {
				_, ok := r.model.of(s, 0).firstOf(r.model.key(name))
				return ok
			})
			if !found {
				r.astray(field, layers.Say("the node %q (%s) is not in the file", "文件中没有节点“%s”（%s）", shown(name), field))
				return false
			}
		}
		return true
	}
}

func (r *inpRow) astray(field string, why layers.Words) {
	r.lose(Note{Rule: "link.node", Severity: Error, Field: field, Value: shown(r.words[0]), Words: layers.Words{
		En: fmt.Sprintf("link %q: %s", shown(r.words[0]), why.En), Zh: fmt.Sprintf("管线“%s”：%s", shown(r.words[0]), why.Zh)}})
}

// open makes the sources of a model; those without rows are left out.
func (d *inpDialect) open(ctx context.Context, folder *Folder, text *textFile) ([]*Source, error) {
	m, err := readINP(ctx, text, d)
	if err != nil {
		return nil, err
	}
	notes := slices.Concat(text.notes, d.about(m), m.notes())
	load := func(ctx context.Context) (*inpModel, error) {
		if m != nil {
			return m, nil
		}
		return readINP(ctx, text, d)
	}
	defer func() { m = nil }() // each later reading reads the model anew: there may be many that wait
	var sources []*Source
	for i := range d.tables {
		s := d.tables[i].source(folder, text, load)
		s.Notes, s.Format = notes, Format{Name: strings.ToLower(d.format), Title: d.format, Extensions: []string{".inp"}}
		if err := s.survey(ctx); err != nil {
			return nil, err
		}
		if s.Count > 0 {
			sources = append(sources, s)
		}
	}
	if len(sources) == 0 {
		return nil, refuse("the %s model has no nodes and no links", "该 %s 模型没有节点和管线", d.format)
	}
	return sources, nil
}

func numbers(names ...string) []Field { return fieldsOf(Number, names) }
func texts(names ...string) []Field   { return fieldsOf(Text, names) }

func fieldsOf(kind Kind, names []string) []Field {
	fields := make([]Field, len(names))
	for i, n := range names {
		fields[i] = Field{Name: n, Kind: kind}
	}
	return fields
}
