package format

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"onemap/layers"
)

// EPANET and SWMM write the same kind of file: sections of lines, a line per thing, words between blanks, and after a
// semicolon a comment. What the two know differs; epanet.go and swmm.go say it as tables (EPANET 2.2 Users Manual,
// appendix C; SWMM 5.2 User's Manual, appendix D).

// Limits of a model. A city's network of 100,000 pipes has about 20 MB in the sections that are kept.
const (
	inpMaxBytes = 32 << 20
	inpMaxLine  = 64 << 10
)

// inpModel is what a file says in the sections that are of use, in memory.
type inpModel struct {
	dialect  *inpDialect
	sections map[string]*inpSection
	unknown  []string // sections, with their lines
	strays   []int    // lines before the first section
	ended    bool     // [END] was there
	lines    int
	extent   *Extent // of the nodes; nil until far asks
}

// inpDialect says what sections a program writes.
type inpDialect struct {
	format string
	// kept and passed list sections by how their names begin, in capitals: those that are read, and those that are known.
	kept, passed []string
	foldCase     bool // names are the same in small and capital letters
	describe     func(before, after string) string
	tables       []inpTable
	about        func(*inpModel) []Note // units, and what else the options mean
	ends         bool                   // a file ends with [END]
}

// inpSection is the lines of a section, without those that hold nothing.
type inpSection struct {
	lines []inpLine
	first map[string]int32 // by name: its first line
	next  []int32          // of the same name; -1 = none. nil until index
}

// inpLine is one line: words, and the comment that describes it.
type inpLine struct {
	number  int
	text    string
	comment string
}

// readINP reads the sections that the dialect keeps.
func readINP(ctx context.Context, text *textFile, dialect *inpDialect) (*inpModel, error) {
	in, err := text.open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	m := &inpModel{dialect: dialect, sections: map[string]*inpSection{}}
	var (
		section *inpSection
		before  string
		size    int
	)
	for lines := newLineReader(in, inpMaxLine); ; {
		raw, err := lines.next()
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil {
			return nil, err
		}
		m.lines = lines.number
		if lines.number%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		line := bytes.TrimSpace(raw)
		switch {
		case len(line) == 0:
			before = ""
			continue
		case line[0] == '[':
			section, before = m.enter(string(line), lines.number), ""
			continue
		case section == nil && len(m.sections) == 0 && len(m.unknown) == 0 && line[0] != ';':
			m.strays = append(m.strays, lines.number)
		}
		if section == nil || m.ended {
			continue
		}
		words, comment := cutComment(string(squeeze(line)))
		if words == "" {
			before = comment
			continue
		}
		if size += len(words) + len(comment) + 32; size > inpMaxBytes {
			return nil, refuse("the nodes, links and coordinates of the model are more than %d MB; split it", "模型的节点、管线与坐标超过 %d MB，请拆分后导入", inpMaxBytes>>20)
		}
		section.lines = append(section.lines, inpLine{lines.number, words, dialect.describe(before, comment)})
		before = ""
	}
}

// enter begins a section, which may have been there before.
func (m *inpModel) enter(line string, number int) *inpSection {
	name := strings.ToUpper(strings.Trim(line, "[] \t"))
	if strings.HasPrefix(name, "END") {
		m.ended = true
		return nil
	}
	if known, ok := begins(name, m.dialect.kept); ok {
		s := m.sections[known]
		if s == nil {
			s = &inpSection{}
			m.sections[known] = s
		}
		return s
	}
	if _, ok := begins(name, m.dialect.passed); !ok && len(m.unknown) < 20 {
		m.unknown = append(m.unknown, fmt.Sprintf("[%s] (%d)", shown(name), number))
	} else if len(m.sections) == 0 {
		m.sections[""] = &inpSection{} // a section was there
	}
	return nil
}

// begins finds the beginning that a section's name has. The programs themselves look at four or five letters.
func begins(name string, beginnings []string) (string, bool) {
	for _, b := range beginnings {
		if strings.HasPrefix(name, b) {
			return b, true
		}
	}
	return "", false
}

// cutComment parts a line at its semicolon, if that is not between quotes.
func cutComment(line string) (words, comment string) {
	quoted := false
	for i := range len(line) {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == ';' && !quoted:
			return strings.TrimSpace(line[:i]), strings.TrimSpace(line[i:])
		}
	}
	return line, ""
}

// squeeze leaves one blank where there are several outside quotes, in the line's own memory: half of a model is padding.
func squeeze(line []byte) []byte {
	out, quoted, blank := line[:0], false, false
	for _, c := range line {
		space := c == ' ' || c == '\t'
		if c == '"' {
			quoted = !quoted
		}
		if space && blank && !quoted {
			continue
		}
		if blank = space; space && !quoted {
			c = ' '
		}
		out = append(out, c)
	}
	return out
}

// words parts a line at its blanks. What stands between quotes is one word, without them.
func words(line string, into []string) []string {
	into = into[:0]
	for {
		line = strings.TrimLeft(line, " \t\r\v\f")
		if line == "" {
			return into
		}
		end := strings.IndexAny(line, " \t\r\v\f")
		if line[0] == '"' {
			line = line[1:]
			end = strings.IndexByte(line, '"')
		}
		if end < 0 {
			return append(into, line)
		}
		into = append(into, line[:end])
		line = line[end:]
		line = strings.TrimPrefix(line, `"`)
	}
}

// key is a name as it is looked up.
func (m *inpModel) key(name string) string {
	if m.dialect.foldCase {
		return strings.ToUpper(name)
	}
	return name
}

// of returns a section, made ready to be looked up by the word at the place.
func (m *inpModel) of(section string, place int) *inpSection {
	s := m.sections[section]
	if s == nil {
		s = &inpSection{}
		m.sections[section] = s
	}
	if s.first != nil {
		return s
	}
	s.first, s.next = make(map[string]int32, len(s.lines)), make([]int32, len(s.lines))
	var buf []string
	for i := len(s.lines) - 1; i >= 0; i-- {
		s.next[i] = -1
		if buf = words(s.lines[i].text, buf); len(buf) <= place {
			continue
		}
		key := m.key(buf[place])
		if after, ok := s.first[key]; ok {
			s.next[i] = after
		}
		s.first[key] = int32(i)
	}
	return s
}

// each calls do for the lines of a name, in order.
func (s *inpSection) each(key string, do func(l inpLine)) {
	i, ok := s.first[key]
	for ok && i >= 0 {
		do(s.lines[i])
		i = s.next[i]
	}
}

// firstOf returns the first line of a name.
func (s *inpSection) firstOf(key string) (inpLine, bool) {
	i, ok := s.first[key]
	if !ok {
		return inpLine{}, false
	}
	return s.lines[i], true
}

// far tells whether a coordinate lies farther from the nodes than ten times the length and width of all of them.
func (m *inpModel) far(p [2]float64) bool {
	if m.extent == nil {
		var seen sight
		for _, l := range m.of("COOR", 0).lines {
			if p, wrong := l.coordinate(); wrong == (layers.Words{}) {
				seen.add(p[0], p[1])
			}
		}
		if m.extent = seen.extent; m.extent == nil {
			m.extent = &Extent{}
		}
	}
	e := m.extent
	reach := 10 * (e[2] - e[0] + e[3] - e[1])
	return reach > 0 && (p[0] < e[0]-reach || p[0] > e[2]+reach || p[1] < e[1]-reach || p[1] > e[3]+reach)
}

// option returns what [OPTIONS] or another section of names and values says.
func (m *inpModel) option(section, name string) string {
	s := m.sections[section]
	if s == nil {
		return ""
	}
	var buf []string
	for _, l := range s.lines {
		if buf = words(l.text, buf); len(buf) > 1 && strings.EqualFold(buf[0], name) {
			return buf[1]
		}
	}
	return ""
}

// notes says what is doubtful about the file as a whole.
func (m *inpModel) notes() []Note {
	var notes []Note
	if len(m.unknown) > 0 {
		notes = append(notes, Note{Rule: "inp.section", Severity: Warning, Words: layers.Say(
			"sections that %s does not have were not read (with their lines): %s", "以下段落不属于 %s 格式，未读取（括号内为行号）：%s",
			m.dialect.format, strings.Join(m.unknown, ", "))})
	}
	if len(m.strays) > 0 {
		notes = append(notes, Note{Rule: "inp.section", Severity: Warning, Words: layers.Say(
			"lines before the first section were not read: %d, the first is line %d",
			"第一个段落之前有 %d 行内容未读取，首行为第 %d 行", len(m.strays), m.strays[0])})
	}
	if m.dialect.ends && !m.ended {
		notes = append(notes, Note{Rule: "inp.end", Severity: Warning, Words: layers.Say(
			"there is no [END]: the file may have been cut off (it has %d lines)", "文件缺少 [END] 结束标记，内容可能不完整（共 %d 行）", m.lines)})
	}
	return notes
}
