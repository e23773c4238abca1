package layers

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Hit is a feature found by what it is called.
type Hit struct {
	Layer    string      `json:"layer"`
	ID       string      `json:"id"`
	Title    string      `json:"title"`    // the value that matched
	Subtitle string      `json:"subtitle"` // the layer's label of the feature where another value matched
	Point    *[2]float64 `json:"point,omitempty"`
	Bounds   *Bounds     `json:"bounds,omitempty"` // EPSG:4490
	rank     int         // 0 equal, 1 begins with, 2 contains
}

// maxSearch is the longest text that is looked for.
const maxSearch = 100

// Search finds features by the properties that carry the role "search", best first: equal, then beginning with the
// text, then containing it. A layer's external id is looked up by its beginning, through its index. The text is not a pattern.
func (s *Store) Search(ctx context.Context, actor Actor, text string, limit int) ([]Hit, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return []Hit{}, nil
	}
	if len([]rune(text)) > maxSearch {
		return nil, fmt.Errorf("%w: q has more than %d characters", ErrInvalid, maxSearch)
	}
	if strings.ContainsRune(text, 0) {
		return nil, fmt.Errorf("%w: q contains a NUL character", ErrInvalid)
	}
	limit = min(max(limit, 1), 100)
	ls, err := s.Layers(ctx, actor)
	if err != nil {
		return nil, err
	}
	like := " like "
	if strings.ToLower(text) != strings.ToUpper(text) { // folding case costs three times as much
		like = " ilike "
	}
	place := map[string]int{}
	var parts []string
	for i, l := range ls {
		place[l.Name] = i
		for _, p := range l.Properties {
			if p.Role == "search" && p.Type == String && l.Table.Key != "" {
				parts = append(parts, searchSQL(l, p, like))
			}
		}
	}
	if len(parts) == 0 {
		return []Hit{}, nil
	}
	escape := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	rows, err := s.pool.Query(ctx, strings.Join(parts, "\nunion all\n"), pgx.NamedArgs{ // not each layer uses all
		"text": text, "begins": escape.Replace(text) + "%", "contains": "%" + escape.Replace(text) + "%", "limit": limit,
	})
	if err != nil {
		return nil, fmt.Errorf("search: %w", translate(err))
	}
	hits, err := pgx.CollectRows(rows, scanHit)
	if err != nil {
		return nil, fmt.Errorf("search: %w", translate(err))
	}
	slices.SortStableFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(len(a.Title), len(b.Title)),
			cmp.Compare(place[a.Layer], place[b.Layer]), cmp.Compare(a.Title, b.Title))
	})
	seen := map[[2]string]bool{}
	hits = slices.DeleteFunc(hits, func(h Hit) bool {
		key := [2]string{h.Layer, h.ID}
		again := seen[key]
		seen[key] = true
		return again
	})
	return hits[:min(len(hits), limit)], nil
}

// searchSQL asks one layer for one property. The first condition of an id column is written for its unique index
// (byte order, so a prefix is a range).
func searchSQL(l *Layer, p Property, like string) string {
	column, label, point, box := ident(p.Name), "''", "null::geometry", "null::geometry"
	if l.LabelField != "" && l.LabelField != p.Name {
		label = "coalesce(" + ident(l.LabelField) + "::text, '')"
	}
	if l.Table.Geom != "" {
		geom := ident(l.Table.Geom)
		if l.SRID != 4490 {
			geom = "st_transform(" + geom + ", 4490)"
		}
		point, box = "case when st_isempty("+geom+") then null else st_pointonsurface("+geom+") end", geom
	}
	match, order := column+like+"@contains", "rank, length("+column+"), "+ident(l.Table.Key)
	if p.Name == l.IDField { // the shortest comes first in byte order, too
		match, order = column+` collate "C" like @begins`, column+` collate "C"`
	}
	return fmt.Sprintf(`(select '%s', id, title, label, rank, st_x(p), st_y(p), st_xmin(g), st_ymin(g), st_xmax(g), st_ymax(g) from (
	select %s::text as id, %s as title, %s as label, %s as p, %s as g,
	       case when lower(%s) = lower(@text) then 0 when %s%s@begins then 1 else 2 end as rank
	from %s where %s order by %s limit @limit) as found)`,
		l.Name, ident(l.Table.Key), column, label, point, box, column, column, like, l.table(), match, order)
}

func scanHit(row pgx.CollectableRow) (Hit, error) {
	var h Hit
	var x, y, minX, minY, maxX, maxY *float64
	if err := row.Scan(&h.Layer, &h.ID, &h.Title, &h.Subtitle, &h.rank, &x, &y, &minX, &minY, &maxX, &maxY); err != nil {
		return h, err
	}
	if x != nil && y != nil {
		h.Point = &[2]float64{*x, *y}
	}
	if minX != nil && minY != nil && maxX != nil && maxY != nil {
		h.Bounds = &Bounds{*minX, *minY, *maxX, *maxY}
	}
	return h, nil
}
