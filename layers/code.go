package layers

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Scheme is a code list: of a standard, or of the house.
type Scheme struct {
	Name       string `json:"scheme"`
	Title      string `json:"title"`
	TitleEn    string `json:"titleEn,omitempty"`
	Source     string `json:"source,omitempty"`
	Unverified bool   `json:"unverified,omitempty"`
	Codes      []Code `json:"codes"`
}

// Code is one value of a scheme and what it means. Codes are text: "0101" is not 101.
type Code struct {
	Code       string         `json:"code"`
	Name       string         `json:"name"`
	NameEn     string         `json:"nameEn,omitempty"`
	Parent     string         `json:"parent,omitempty"`
	Colour     string         `json:"colour,omitempty"` // #RRGGBB
	Ordinal    int            `json:"ordinal"`
	Unverified bool           `json:"unverified,omitempty"`
	Properties map[string]any `json:"properties,omitempty"`
}

// Codes returns the codes of a scheme in order. It returns ErrNotFound for a scheme that is not there.
func (s *Store) Codes(ctx context.Context, scheme string) ([]Code, error) {
	sc, err := s.Scheme(ctx, scheme)
	if err != nil {
		return nil, err
	}
	return sc.Codes, nil
}

// Scheme returns a code list whole. It returns ErrNotFound where there is none of that name.
func (s *Store) Scheme(ctx context.Context, name string) (*Scheme, error) {
	sc := Scheme{Name: name}
	err := s.pool.QueryRow(ctx, `select title, title_en, source, unverified from onemap.scheme where scheme = $1`, name).
		Scan(&sc.Title, &sc.TitleEn, &sc.Source, &sc.Unverified)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, Refuse(ErrNotFound, "no code list %q", "没有代码表“%s”", name)
	}
	if err != nil {
		return nil, fmt.Errorf("code list %s: %w", name, translate(err))
	}
	rows, err := s.pool.Query(ctx, `select code, name, name_en, coalesce(parent, ''), coalesce(colour, ''), ordinal, unverified, properties
		from onemap.code where scheme = $1 order by ordinal, code`, name)
	if err != nil {
		return nil, fmt.Errorf("code list %s: %w", name, translate(err))
	}
	sc.Codes, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Code])
	if err != nil {
		return nil, fmt.Errorf("code list %s: %w", name, translate(err))
	}
	return &sc, nil
}

// Schemes returns every code list whole, by name.
func (s *Store) Schemes(ctx context.Context) ([]Scheme, error) {
	rows, err := s.pool.Query(ctx, `select s.scheme, s.title, s.title_en, s.source, s.unverified,
		coalesce(c.code, ''), coalesce(c.name, ''), coalesce(c.name_en, ''), coalesce(c.parent, ''), coalesce(c.colour, ''),
		coalesce(c.ordinal, 0), coalesce(c.unverified, false), c.properties
		from onemap.scheme s left join onemap.code c using (scheme) order by s.scheme, c.ordinal, c.code`)
	if err != nil {
		return nil, fmt.Errorf("code lists: %w", translate(err))
	}
	var schemes []Scheme
	var sc Scheme
	var c Code
	_, err = pgx.ForEachRow(rows, []any{&sc.Name, &sc.Title, &sc.TitleEn, &sc.Source, &sc.Unverified,
		&c.Code, &c.Name, &c.NameEn, &c.Parent, &c.Colour, &c.Ordinal, &c.Unverified, &c.Properties}, func() error {
		if n := len(schemes); n == 0 || schemes[n-1].Name != sc.Name {
			schemes = append(schemes, sc)
		}
		if c.Code != "" {
			last := &schemes[len(schemes)-1]
			last.Codes = append(last.Codes, c)
		}
		c.Properties = nil
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("code lists: %w", translate(err))
	}
	return schemes, nil
}
