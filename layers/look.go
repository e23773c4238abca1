package layers

import (
	"context"
	"fmt"
)

// mostLooked is the most features of a box that are looked at once for both, the page and the count: of more, a page may be had by
// walking along the key, and whether to count them is the planner's to say.
const mostLooked = 20_000

// lookable reports whether the first page and the count of q are to be had by one look at all features of a box. It takes a table of
// our own, whose rows have one place each as long as a statement lasts, and a box as the only condition, which says how much the look
// costs at most: a filter may have to go through any number of rows to find a few.
func (sel *selection) lookable(q Query) bool {
	return (q.Count || q.CountIfCheap) && q.Bounds != nil && len(sel.where) == 1 &&
		q.After == "" && q.Offset == 0 && q.AsOf == 0 && len(sel.sort) == 0 && sel.version
}

// look is the first limit features in the order of the key and the number of all, from one look at the keys of all; only the rows of
// the page are read whole, by their places. It has no rows where there are none, and where there are more than mostLooked.
func (sel *selection) look(limit int) string {
	return fmt.Sprintf(`with hit as materialized (select source.ctid as place, source.%[1]s as key from %[2]s as source where %[3]s limit %[4]d)
		select %[5]s, counted.n from (select count(*) as n from hit) as counted,
			lateral (select place from hit where counted.n <= %[6]d order by key limit %[7]d) as page join %[2]s as source on source.ctid = page.place
		order by source.%[1]s`,
		ident(sel.layer.Table.Key), sel.from, sel.condition(), mostLooked+1, sel.columns(), mostLooked, limit)
}

// look reads at most limit features, and counts all. It finds nothing where selection.look has no rows.
func (s Reader) look(ctx context.Context, sel *selection, limit int) (f found, err error) {
	rows, err := s.db.Query(ctx, sel.look(limit), sel.args)
	if err != nil {
		return f, sel.unread(err)
	}
	f.features, err = sel.collect(rows, func(r *rowReader, behind int) error { return r.scan(behind, &f.matched) })
	return f, err
}
