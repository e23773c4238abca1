package layers

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

//go:embed create.sql
var createSQL string

var (
	layerName  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,47}$`)
	columnType = regexp.MustCompile(`^(text|smallint|integer|bigint|real|double precision|boolean|date|timestamptz|time|jsonb|uuid|bytea|(numeric|varchar)(\(\d+(,\s*\d+)?\))?)$`)
	geometries = []string{"", "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "Geometry", "GeometryCollection"}
)

// ValidName reports whether a layer may be called so: a lower-case letter, then letters, digits and _, at most 48 in all.
func ValidName(name string) bool { return layerName.MatchString(name) }

// OwnColumns are the columns that every layer's table has by itself; no property is called like one of them.
func OwnColumns() []string { return []string{"fid", "geom", "geom_3857", "version"} }

// Create makes a layer: its catalogue entry, its table layer.<name>, its history and the triggers that log it.
// It returns ErrInvalid with the field that is wrong, ErrConflict when there is, or was, a layer of that name.
func (s *Store) Create(ctx context.Context, actor Actor, def Definition) (*Layer, error) {
	if err := def.check(); err != nil {
		return nil, err
	}
	err := s.write(ctx, actor, "", func(tx pgx.Tx) error { return def.create(ctx, tx) })
	if err != nil {
		return nil, def.refused(err)
	}
	return s.afresh(ctx, actor, def.Name)
}

// refused says why a layer could not be made.
func (d *Definition) refused(err error) error {
	if err = translate(err); errors.Is(err, ErrConflict) {
		return Refuse(ErrConflict, "there is, or was, a layer %q; its history is kept, so choose another name",
			"图层“%s”已存在或曾经存在，其历史仍保留：请换用其他名称", d.Name)
	}
	return fmt.Errorf("create layer %s: %w", d.Name, err)
}

// create makes the layer within a transaction.
func (d *Definition) create(ctx context.Context, tx pgx.Tx) error {
	if err := insertLayer(ctx, tx, &d.Layer, Table{Schema: "layer", Name: d.Name, Key: "fid", Geom: "geom", Mercator: "geom_3857"}, true); err != nil {
		return err
	}
	for _, statement := range d.statements() {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	if err := insertProperties(ctx, tx, d.Name, d.Columns); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "select onemap.register($1, true)", d.Name)
	return err
}

// complete makes the catalogue say of a layer, made in the same transaction with fewer words, what d says, and gives it
// the index of its identifier where it had none.
func (d *Definition) complete(ctx context.Context, tx pgx.Tx, hadID string) error {
	if err := d.check(); err != nil {
		return err
	}
	parts, err := d.encoded()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update onemap.layer set title = $2, title_en = $3, id_field = $4, label_field = $5, drawing = $6, style = $7, metadata = $8 where layer = $1`,
		d.Name, d.Title, d.TitleEn, d.IDField, d.LabelField, parts["drawing"], parts["style"], parts["metadata"])
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "delete from onemap.property where layer = $1", d.Name); err != nil {
		return err
	}
	if err := insertProperties(ctx, tx, d.Name, d.Columns); err != nil {
		return err
	}
	if d.IDField != "" && d.IDField != hadID {
		_, err = tx.Exec(ctx, "select set_config('onemap.ddl', 'off', true); "+d.identifying()+"; select set_config('onemap.ddl', '', true)")
	}
	return err
}

// afresh reads a layer that has just been written.
func (s *Store) afresh(ctx context.Context, actor Actor, name string) (*Layer, error) {
	if err := s.Refresh(ctx); err != nil {
		return nil, err
	}
	return s.Layer(ctx, actor, name)
}

// write runs f in one transaction that the log knows as the actor's, and wakes the sequencer.
func (s *Store) write(ctx context.Context, actor Actor, reason string, f func(pgx.Tx) error) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "select set_config('onemap.actor', $1, true), set_config('onemap.reason', $2, true)", actor.ID, reason)
		if err != nil {
			return err
		}
		return f(tx)
	})
	if err == nil {
		s.written.ring()
	}
	return err
}

func (d *Definition) check() error {
	if !ValidName(d.Name) {
		return Refuse(ErrInvalid, "name %q: a layer is named by a lower-case letter and up to 47 letters, digits and _", "name“%s”：图层名应以小写字母开头，后接至多 47 个小写字母、数字或下划线", d.Name)
	}
	if d.Title == "" {
		return Refuse(ErrInvalid, "title: layer %q has none", "title：图层“%s”没有标题", d.Name)
	}
	if !slices.Contains(geometries, d.GeometryType) {
		return Refuse(ErrInvalid, "geometryType %q: known are %s", "geometryType“%s”：可用的有 %s", d.GeometryType, strings.Join(geometries[1:], ", "))
	}
	if d.SRID != 0 && d.SRID != 4490 {
		return Refuse(ErrInvalid, "srid %d: layers are kept in EPSG:4490; convert first", "srid %d：图层统一以 EPSG:4490 存储，请先转换", d.SRID)
	}
	seen := map[string]bool{}
	for i, c := range d.Columns {
		switch {
		case c.Name == "" || len(c.Name) > 63 || strings.ContainsRune(c.Name, 0):
			return Refuse(ErrInvalid, "columns[%d].name %q: 1 to 63 bytes", "columns[%d].name“%s”：长度应为 1 至 63 字节", i, c.Name)
		case slices.Contains(OwnColumns(), c.Name):
			return Refuse(ErrInvalid, "columns[%d].name %q is the map's own; choose another", "columns[%d].name“%s”为系统保留字段名，请换用其他名称", i, c.Name)
		case seen[c.Name]:
			return Refuse(ErrInvalid, "columns[%d].name %q is there twice", "columns[%d].name“%s”重复", i, c.Name)
		case !columnType.MatchString(c.SQLType):
			return Refuse(ErrInvalid, "columns[%d].sqlType %q is not a type for a property", "columns[%d].sqlType“%s”不是可用的属性类型", i, c.SQLType)
		}
		seen[c.Name] = true
	}
	for _, f := range [][2]string{{"idField", d.IDField}, {"timeField", d.TimeField}, {"labelField", d.LabelField}} {
		if f[1] != "" && !seen[f[1]] {
			return Refuse(ErrInvalid, "%s %q is not among the columns", "%s“%s”不在 columns 所列字段中", f[0], f[1])
		}
	}
	return nil
}

// statements make the table and its indexes.
func (d *Definition) statements() []string {
	table := pgx.Identifier{"layer", d.Name}.Sanitize()
	columns := []string{"fid bigint generated always as identity primary key"}
	for _, c := range d.Columns {
		columns = append(columns, ident(c.Name)+" "+c.SQLType)
	}
	if d.GeometryType != "" {
		z := ""
		flat := "geom"
		if d.HasZ {
			z, flat = "Z", "st_force2d(geom)"
		}
		columns = append(columns,
			fmt.Sprintf("geom geometry(%s%s, 4490)", d.GeometryType, z),
			fmt.Sprintf("geom_3857 geometry(%s, 3857) generated always as (%s) stored", d.GeometryType, mercatorSQL(d.GeometryType, flat)))
	}
	columns = append(columns, "version bigint not null default onemap.txid()")
	statements := []string{fmt.Sprintf("create table %s (%s)", table, strings.Join(columns, ", "))}
	if d.GeometryType != "" {
		statements = append(statements,
			fmt.Sprintf("create index on %s using gist (geom)", table),
			fmt.Sprintf("create index on %s (fid) where geom is null", table), // a GiST index is read through to find that there are none
			fmt.Sprintf("create index on %s using gist (geom_3857)", table))
	}
	if d.IDField != "" {
		statements = append(statements, d.identifying())
	}
	return statements
}

// mercatorSQL is the SQL for a geometry as the screen shows it. Web Mercator ends short of the poles: of what reaches
// farther only the part within is drawn, and the feature stays whole.
func mercatorSQL(kind, flat string) string {
	const shown = "st_makeenvelope(-200, -85.06, 200, 85.06, 4490)"
	part := "st_clipbybox2d(" + flat + ", " + shown + "::box2d)"
	switch kind {
	case "Point":
		part = "null::geometry"
	case "MultiPoint":
		part = "st_multi(st_collectionextract(" + part + ", 1))"
	case "LineString":
		part = "st_geometryn(st_collectionextract(" + part + ", 2), 1)"
	case "MultiLineString":
		part = "st_multi(st_collectionextract(" + part + ", 2))"
	case "Polygon":
		part = "st_geometryn(st_collectionextract(" + part + ", 3), 1)"
	case "MultiPolygon":
		part = "st_multi(st_collectionextract(" + part + ", 3))"
	case "GeometryCollection":
		part = "st_forcecollection(" + part + ")"
	}
	return "case when geom @ " + shown + " then st_transform(" + flat + ", 3857) else st_transform(" + part + ", 3857) end"
}

// ReachesPoles reports whether a layer takes features that reach beyond what Web Mercator shows, ±85.06 degrees: those
// that older versions made do not.
func (s *Store) ReachesPoles(ctx context.Context, l *Layer) (reaches bool, err error) {
	err = s.pool.QueryRow(ctx, `select not exists (select from pg_attribute a join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
		where a.attrelid = $1::text::regclass and a.attname = $2 and a.attgenerated = 's' and pg_get_expr(d.adbin, d.adrelid) !~ '85\.06')`,
		l.table(), l.Table.Mercator).Scan(&reaches)
	return reaches, translate(err)
}

// identifying makes the index of what tells features apart.
func (d *Definition) identifying() string {
	return fmt.Sprintf("create unique index on %s (%s)", pgx.Identifier{"layer", d.Name}.Sanitize(), ident(d.IDField))
}

func insertLayer(ctx context.Context, tx pgx.Tx, l *Layer, t Table, tracked bool) error {
	if l.GeometryType == "" {
		t.Geom, t.Mercator = "", ""
	}
	srid := l.SRID
	if srid == 0 {
		srid = 4490
	}
	grade, theme := l.Grade, l.Theme
	if grade == "" {
		grade = "L2"
	}
	if theme == "" {
		theme = "other"
	}
	var scale *int
	if l.Scale != 0 {
		scale = &l.Scale
	}
	parts, err := l.encoded()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, createSQL, pgx.StrictNamedArgs{
		"layer": l.Name, "schema": t.Schema, "table": t.Name, "title": l.Title, "title_en": l.TitleEn,
		"description": l.Description, "theme": theme, "ordinal": l.Ordinal, "owner": l.Owner, "grade": grade,
		"sharing": l.Sharing, "standard": l.Standard, "height_datum": l.HeightDatum, "scale": scale,
		"update_cycle": l.UpdateCycle, "geometry_type": l.GeometryType, "has_z": l.HasZ, "srid": srid,
		"key": t.Key, "geom": t.Geom, "mercator": t.Mercator, "id_field": l.IDField, "time_field": l.TimeField,
		"label_field": l.LabelField, "writable": tracked, "tracked": tracked, "synthetic": l.Synthetic,
		"drawing": parts["drawing"], "style": parts["style"], "metadata": parts["metadata"],
	})
	return err
}

// encoded are the parts of a layer that the catalogue keeps as JSON.
func (l *Layer) encoded() (map[string][]byte, error) {
	metadata := l.Metadata
	if metadata == nil {
		metadata = map[string]any{}
	}
	parts := map[string][]byte{}
	for name, v := range map[string]any{"drawing": l.Drawing, "style": l.Style, "metadata": metadata} {
		b, err := json.Marshal(v)
		if err != nil {
			return nil, Refuse(ErrInvalid, "%s: %v", "%s：%v", name, err)
		}
		parts[name] = b
	}
	return parts, nil
}

func insertProperties(ctx context.Context, tx pgx.Tx, layer string, columns []Column) error {
	batch := &pgx.Batch{}
	for i, c := range columns {
		title := c.Title
		if title == "" {
			title = c.Name
		}
		batch.Queue(`insert into onemap.property (layer, property, ordinal, title, title_en, description, unit, scheme, role, required, width)
			values ($1, $2, $3, $4, $5, $6, $7, nullif($8, ''), $9, $10, nullif($11, 0))`,
			layer, c.Name, i+1, title, c.TitleEn, c.Description, c.Unit, c.Scheme, c.Role, c.Required, c.Width)
	}
	return tx.SendBatch(ctx, batch).Close()
}
