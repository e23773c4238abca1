package layers

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Turn is how a page is turned that is streamed: how many features it has, and the cursor of the page behind it, "" on the last.
type Turn struct {
	Features int
	Next     string
}

// Turn is Reader.Turn, now.
func (s *Store) Turn(ctx context.Context, actor Actor, layer string, q Query) (Turn, error) {
	return s.reader().Turn(ctx, actor, layer, q)
}

// Turn tells it of the page that q asks for, at most q.Limit features, by its keys alone.
func (s Reader) Turn(ctx context.Context, actor Actor, layer string, q Query) (t Turn, err error) {
	l, err := s.store.Layer(ctx, actor, layer)
	if err != nil {
		return t, err
	}
	sel, err := s.store.selection(ctx, l, q)
	if err != nil {
		return t, err
	}
	paged, passed, err := sel.paged(q.After)
	if err != nil {
		return t, err
	}
	rows, err := s.db.Query(ctx, paged.places(q.Offset+passed+q.Limit-1, 2), paged.with()...)
	if err != nil {
		return t, sel.unread(err)
	}
	var last cursor
	n, place := 0, make([]*string, len(sel.sort))
	for rows.Next() { // the last row of the page, and that behind it
		if n++; n > 1 {
			continue
		}
		if err := rows.Scan(append([]any{&last.Key}, pointers(place)...)...); err != nil {
			return t, sel.unread(err)
		}
	}
	if err := rows.Err(); err != nil {
		return t, sel.unread(err)
	}
	switch n {
	case 0:
		sql := "select count(*) from (" + paged.places(q.Offset+passed, q.Limit) + ") as page"
		if err := s.db.QueryRow(ctx, sql, paged.with()...).Scan(&t.Features); err != nil {
			return t, sel.unread(err)
		}
		return t, nil
	case 2:
		last.Place = place
		t.Next = sel.next(last, q.After, q.Offset+q.Limit)
	}
	t.Features = q.Limit
	return t, nil
}

// places is limit rows of the question, after offset rows, as a cursor names them: by the key, and by what they are sorted by.
func (sel *selection) places(offset, limit int) string {
	columns := "''"
	if sel.layer.Table.Key != "" {
		columns = "source." + pgx.Identifier{sel.layer.Table.Key}.Sanitize() + "::text"
	}
	for _, by := range sel.sort {
		columns += ", " + by.text()
	}
	return fmt.Sprintf("select %s from %s as source where %s order by %s limit %d offset %d", columns, sel.from, sel.condition(), sel.order(), limit, offset)
}
