package layers

import (
	"context"
	"fmt"
)

// mostLooked is the most features that are looked at once for both, the page and the count: of more, a page may be had by walking along
// the key, and whether to count them is the planner's to say.
const mostLooked = 20_000

// lookable reports whether a page and the count of q are to be had by one look at all features that match. It takes rows that have
// places. Where they are counted only if that is cheap, it takes a box as the only condition too, which says how much the look
// costs at most: a filter may have to go through any number of rows to find a few.
func (sel *selection) lookable(q Query) bool {
	counted := q.Count && len(sel.where) > 0 || q.CountIfCheap && q.Bounds != nil && len(sel.where) == 1
	return counted && q.After == "" && len(sel.sort) == 0 && sel.placed
}

// look is limit features in the order of the key, after offset features, and the number of all, from one look at the keys of all; only
// the rows of the page are read whole, by their places. Where the page has none, and where there are more than mostLooked, it is one row
// that is null but for the number.
func (sel *selection) look(offset, limit int) string {
	return fmt.Sprintf(`with hit as materialized (select source.ctid as place, source.%[1]s as key from %[2]s as source where %[3]s limit %[4]d)
		select %[5]s, counted.n from (select count(*) as n from hit) as counted
			left join lateral (select place, key from hit where counted.n <= %[6]d order by key limit %[7]d offset %[8]d) as page on true
			left join %[2]s as source on source.ctid = page.place
		order by page.key`,
		ident(sel.layer.Table.Key), sel.from, sel.condition(), mostLooked+1, sel.columns(), mostLooked, limit, offset)
}

// look reads at most limit features of a page, and counts all. It is not ok where they are too many for a look.
func (s Reader) look(ctx context.Context, sel *selection, offset, limit int) (f found, ok bool, err error) {
	rows, err := s.db.Query(ctx, sel.look(offset, limit), sel.with()...)
	if err != nil {
		return f, false, sel.unread(err)
	}
	f.features, err = sel.collect(rows, func(r *rowReader, behind int) error { return r.scan(behind, &f.matched) })
	if err != nil || f.matched > mostLooked {
		return f, false, err
	}
	f.features = f.features[:max(0, min(len(f.features), int(f.matched)-offset))]
	return f, true, nil
}
