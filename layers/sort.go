package layers

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Sort is one criterion of an order: a property, or the layer's key by its name. Text goes by code point, as filters compare
// it; null comes last either way.
type Sort struct {
	Property   string
	Descending bool
}

// sorting is a criterion as SQL.
type sorting struct {
	expression string
	sqlType    string // of a value that it is compared with
	number     bool
	descending bool
}

// sorting compiles an order. It returns ErrInvalid for what cannot be sorted by.
func (l *Layer) sorting(by []Sort) ([]sorting, error) {
	var out []sorting
	for _, b := range by {
		p, ok := l.Property(b.Property)
		s := sorting{"source." + ident(b.Property), sqlTypeFor(p.Type), p.Type == Number, b.Descending}
		switch {
		case !ok && b.Property == l.Table.Key && l.Table.Key != "":
			s.sqlType = l.Table.KeyType
		case !ok || p.Role == "hidden":
			return nil, Refuse(ErrInvalid, "layer %q has no property %q to sort by; what it has is at /layers/%[1]s", "图层“%s”没有可供排序的属性“%s”；现有属性见 /layers/%[1]s", l.Name, b.Property)
		case p.Type == JSON:
			return nil, Refuse(ErrInvalid, "property %q holds objects, which have no order", "属性“%s”为 JSON 对象，无法排序", b.Property)
		case p.Type == String:
			s.expression += `::text collate "C"`
		case p.Type == DateTime:
			s.expression += "::timestamptz"
		}
		out = append(out, s)
	}
	return out, nil
}

// text is the value as a cursor keeps it: so that, read again, it is equal. A real is only so in its width of a double,
// which the addition gives it; it leaves other numbers what they are.
func (s sorting) text() string {
	if s.number {
		return "(" + s.expression + " + 0::smallint)::text"
	}
	return "(" + s.expression + ")::text"
}

func (s sorting) order() string {
	if s.descending {
		return s.expression + " desc nulls last"
	}
	return s.expression // nulls last by itself
}

// behind is the condition that a row comes behind a value in this criterion.
func (s sorting) behind(value string) string {
	if s.descending {
		return fmt.Sprintf("(%[1]s < %[2]s or %[1]s is null)", s.expression, value)
	}
	return fmt.Sprintf("(%[1]s > %[2]s or %[1]s is null)", s.expression, value)
}

// order is total: by what was asked for, then by the key, or where a view has none by the whole row.
func (sel *selection) order() string {
	var by []string
	for _, s := range sel.sort {
		by = append(by, s.order())
	}
	if sel.layer.Table.Key != "" {
		by = append(by, "source."+ident(sel.layer.Table.Key)) // the bare name would mean the output column, which is text
	} else {
		by = append(by, "source::text")
	}
	return strings.Join(by, ", ")
}

// some is the question cut to limit rows, 0 = all, after offset rows.
func (sel *selection) some(offset, limit int) string {
	if limit > 0 && sel.placed && (offset > 0 || len(sel.sort) > 0) {
		return sel.found(offset, limit)
	}
	return sel.all() + cut(offset, limit)
}

func cut(offset, limit int) (sql string) {
	if limit > 0 {
		sql = fmt.Sprintf(" limit %d", limit)
	}
	if offset > 0 {
		sql += fmt.Sprintf(" offset %d", offset)
	}
	return sql
}

// found is the same rows, of which only the places are sorted and passed over: what a row has besides is read of those alone that are
// in the answer.
func (sel *selection) found(offset, limit int) string {
	key := ident(sel.layer.Table.Key)
	columns, order := "source.ctid as place, source."+key+" as key", ""
	for i, by := range sel.sort {
		columns += fmt.Sprintf(", %s as by%d", by.expression, i)
		by.expression = fmt.Sprintf("page.by%d", i)
		order += by.order() + ", "
	}
	return fmt.Sprintf("select %[1]s from (select %[2]s from %[3]s as source where %[4]s order by %[5]s%[6]s) as page join %[3]s as source on source.ctid = page.place order by %[7]spage.key",
		sel.columns(), columns, sel.from, sel.condition(), sel.order(), cut(offset, limit), order)
}

// page is the question cut to limit rows, after a cursor and offset rows more, and what it is sent with.
func (sel *selection) page(after string, offset, limit int) (sql string, with []any, err error) {
	paged, passed, err := sel.paged(after)
	if err != nil {
		return "", nil, err
	}
	return paged.some(offset+passed, limit), paged.with(), nil
}

// paged is the question from a cursor on, and how many rows are to be passed over then.
func (sel *selection) paged(after string) (*selection, int, error) {
	c, err := decodeCursor(after, sel.hash())
	if err != nil {
		return nil, 0, err
	}
	paged := *sel
	paged.where, paged.args = slices.Clone(sel.where), maps.Clone(sel.args)
	if c.Key != "" {
		if len(c.Place) != len(sel.sort) {
			return nil, 0, Refuse(ErrInvalid, "cursor %q is not one this server gave; start again without it", "cursor“%s”不是本服务给出的游标；请去掉后重新开始", after)
		}
		paged.and(paged.after(c))
	}
	return &paged, c.Offset, nil
}

// after is the condition that a row comes after the one where a cursor stands: behind it in the first criterion, or level in
// that and behind it in the next, and so on to the key, which no two rows share.
func (sel *selection) after(c cursor) string {
	var any, level []string
	for i, s := range sel.sort {
		if c.Place[i] == nil { // nothing is behind null
			level = append(level, s.expression+" is null")
			continue
		}
		value := sel.bind(*c.Place[i], s.sqlType)
		any = append(any, strings.Join(append(slices.Clone(level), s.behind(value)), " and "))
		level = append(level, s.expression+" = "+value)
	}
	key := ident(sel.layer.Table.Key) + " > " + sel.bind(c.Key, sel.layer.Table.KeyType)
	any = append(any, strings.Join(append(level, key), " and "))
	return "(" + strings.Join(any, " or ") + ")"
}

// next is the cursor behind a page of so many rows that ended where c says.
func (sel *selection) next(c cursor, after string, passed int) string {
	c.Hash = sel.hash()
	if sel.layer.Table.Key == "" {
		before, err := decodeCursor(after, c.Hash)
		if err != nil {
			panic(err) // page has read it already
		}
		c.Key, c.Place, c.Offset = "", nil, before.Offset+passed
	}
	return c.encode()
}

func (sel *selection) hash() string {
	values := make([]any, 0, len(sel.args))
	for _, name := range slices.Sorted(maps.Keys(sel.args)) {
		values = append(values, sel.args[name])
	}
	return hashOf(sel.from, sel.condition(), sel.order(), values)
}
