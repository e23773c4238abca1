package layers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// PublishOptions says which table or view becomes a layer, and what it is called there.
type PublishOptions struct {
	Layer              // name, title, theme …; geometry type, SRID and properties are found
	TableSchema string // where it is, spelled as the database has it
	TableName   string
	Geometry    string // column, when there are several; "" takes the first
	Track       bool   // log its changes by triggers; needs an integer primary key
}

// published is what the database says of a table.
type published struct {
	Kind    string // pg_class.relkind
	Key     string
	KeyType string
	Derived bool // has children or is one
}

// Publish makes a layer of an existing table or view, which stays as it is. It can be read; it is also logged, and
// counts as writable, when Track is asked, but its past is not kept. It returns ErrNotFound when there is no such
// table, ErrInvalid with what to do when it cannot be read as a layer, ErrConflict when the name is taken.
func (s *Store) Publish(ctx context.Context, actor Actor, opt PublishOptions) (*Layer, error) {
	l := opt.Layer
	if !ValidName(l.Name) {
		return nil, Refuse(ErrInvalid, "name %q: a layer is named by a lower-case letter and up to 47 letters, digits and _", "name“%s”：图层名应以小写字母开头，后接至多 47 个小写字母、数字或下划线", l.Name)
	}
	if l.Title == "" {
		l.Title = opt.TableName
	}
	table := pgx.Identifier{opt.TableSchema, opt.TableName}.Sanitize()
	err := s.write(ctx, actor, "", func(tx pgx.Tx) error {
		found, err := findTable(ctx, tx, opt.TableSchema, opt.TableName)
		if err != nil {
			return err
		}
		if err := found.trackable(opt.Track, table); err != nil {
			return err
		}
		column, err := findGeometry(ctx, tx, table, &l, opt)
		if err != nil {
			return err
		}
		if l.Style.Kind == "" {
			l.Style = PlainStyle(l.Name, l.GeometryType)
		}
		if err := insertLayer(ctx, tx, &l, Table{Schema: opt.TableSchema, Name: opt.TableName, Key: found.Key, Geom: column}, opt.Track); err != nil {
			return err
		}
		if opt.Track {
			if _, err := tx.Exec(ctx, "select onemap.register($1, false)", l.Name); err != nil {
				return err
			}
		}
		bounds := "null::box"
		if column != "" {
			bounds = fmt.Sprintf("onemap.bounds(st_transform(%s, 4490)::box)", ident(column))
		}
		_, err = tx.Exec(ctx, fmt.Sprintf(`insert into onemap.change (layer, op, new_bounds, count, delta)
			select '%s', 'load', %s, count(*), count(*) from %s`, l.Name, bounds, table))
		return err
	})
	if err = translate(err); errors.Is(err, ErrConflict) {
		return nil, Refuse(ErrConflict, "there is a layer %q, or %s is published already", "已有图层“%s”，或 %s 已发布", l.Name, table)
	}
	if err != nil {
		return nil, fmt.Errorf("publish %s: %w", table, err)
	}
	return s.afresh(ctx, actor, l.Name)
}

func findTable(ctx context.Context, tx pgx.Tx, schema, name string) (p published, err error) {
	err = tx.QueryRow(ctx, `select c.relkind, coalesce(a.attname, ''), coalesce(format_type(a.atttypid, null), ''),
			c.relkind = 'p' or exists (select from pg_inherits i where c.oid in (i.inhrelid, i.inhparent))
		from pg_class c
		left join pg_index i on i.indrelid = c.oid and i.indisprimary and i.indnkeyatts = 1
		left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
		where c.relnamespace = to_regnamespace(quote_ident($1)) and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')`, schema, name).
		Scan(&p.Kind, &p.Key, &p.KeyType, &p.Derived)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, Refuse(ErrNotFound, "there is no table or view %q in schema %q", "模式“%[2]s”中没有数据表或视图“%[1]s”", name, schema)
	}
	return p, err
}

func (p published) trackable(wanted bool, table string) error {
	switch {
	case !wanted:
		return nil
	case p.Kind != "r" || p.Derived:
		return Refuse(ErrInvalid, "%s is not an ordinary table, so its changes cannot be logged; publish it without", "%s 不是普通数据表，无法记录变更；请不带变更记录发布", table)
	case !slices.Contains([]string{"smallint", "integer", "bigint"}, p.KeyType):
		return Refuse(ErrInvalid, "to log its changes %s needs a primary key of one integer column", "要记录变更，%s 须有单个整数字段的主键", table)
	}
	return nil
}

// findGeometry finds the geometry column and completes l with its type and SRID. A view's column may not say them;
// then its first row does.
func findGeometry(ctx context.Context, tx pgx.Tx, table string, l *Layer, opt PublishOptions) (string, error) {
	l.GeometryType, l.HasZ, l.SRID = "", false, 4490
	var column, kind string
	var dimension, srid int
	err := tx.QueryRow(ctx, `select f_geometry_column, type, coord_dimension, srid from geometry_columns
		where f_table_schema = $1 and f_table_name = $2 and $3::text in ('', f_geometry_column::text)
		order by (select attnum from pg_attribute where attrelid = $4::text::regclass and attname = f_geometry_column) limit 1`,
		opt.TableSchema, opt.TableName, opt.Geometry, table).Scan(&column, &kind, &dimension, &srid)
	if errors.Is(err, pgx.ErrNoRows) {
		if opt.Geometry != "" {
			return "", Refuse(ErrInvalid, "%s has no geometry column %q", "%s 没有几何字段“%s”", table, opt.Geometry)
		}
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if srid == 0 {
		err := tx.QueryRow(ctx, fmt.Sprintf("select st_srid(%[1]s), st_zmflag(%[1]s) >= 2 from %[2]s where %[1]s is not null limit 1", ident(column), table)).
			Scan(&srid, &l.HasZ)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return "", err
		}
	}
	var known bool
	if err := tx.QueryRow(ctx, "select exists (select from spatial_ref_sys where srid = $1)", srid).Scan(&known); err != nil {
		return "", err
	}
	if !known {
		return "", Refuse(ErrInvalid, "the coordinates of %s have no known SRID (%d); say which with: select UpdateGeometrySRID('%s', '%s', '%s', 4490)", "%s 的坐标没有已知的 SRID（%d）；请用以下语句指明：select UpdateGeometrySRID('%s', '%s', '%s', 4490)", table, srid, opt.TableSchema, opt.TableName, column)
	}
	l.SRID, l.HasZ, l.GeometryType = srid, l.HasZ || dimension == 3 && !strings.HasSuffix(kind, "M"), "Geometry"
	for _, g := range geometries {
		if strings.EqualFold(g, kind) {
			l.GeometryType = g
		}
	}
	return column, nil
}
