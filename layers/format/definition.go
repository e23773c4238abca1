package format

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"onemap/layers"
)

// columns are the layer's columns by what the staging table has, and the query that fills them.
func (r *importing) columns(ctx context.Context, shape shape) ([]layers.Column, string, error) {
	kinds, err := r.stage.columns(ctx)
	if err != nil {
		return nil, "", err
	}
	var titles []string
	for _, f := range r.source.fields {
		titles = append(titles, f.title)
	}
	names := safeNames(titles)
	var columns []layers.Column
	var values []string
	for i, f := range r.source.fields {
		from := fmt.Sprintf("c%d", i+1)
		kind, ok := kinds[from]
		if !ok {
			r.sum.Warnings = append(r.sum.Warnings, fmt.Sprintf("field %s can not be kept (%s)", f.title, f.kind))
			continue
		}
		t, sqlType, value := columnType(kind, from)
		p := layers.Property{Name: names[i], Title: f.title, Type: t}
		if t == layers.String {
			p.Width = f.width
		}
		columns = append(columns, layers.Column{Property: p, SQLType: sqlType})
		values = append(values, value)
	}
	if shape.kind != "" {
		values = append(values, shape.expression())
	}
	if len(values) == 0 {
		return nil, "", fmt.Errorf("%w: %s has neither attributes nor geometries", layers.ErrInvalid, r.sum.File)
	}
	return columns, fmt.Sprintf("select %s from onemap.%s order by ogc_fid", strings.Join(values, ", "), r.stage.name), nil
}

// columnType says how a type that ogr2ogr chose is kept.
func columnType(kind, from string) (layers.Type, string, string) {
	switch kind {
	case "integer", "bigint", "smallint":
		return layers.Integer, kind, from
	case "double precision", "real":
		return layers.Number, kind, from
	case "boolean", "date":
		return map[string]layers.Type{"boolean": layers.Boolean, "date": layers.Date}[kind], kind, from
	case "timestamp with time zone", "timestamp without time zone":
		return layers.DateTime, "timestamptz", from
	case "json", "jsonb":
		return layers.JSON, "jsonb", from + "::jsonb"
	}
	if strings.HasPrefix(kind, "numeric") {
		return layers.Number, "numeric", from
	}
	return layers.String, "text", from + "::text"
}

// definition is the layer's entry in the catalogue.
func (r *importing) definition(shape shape, columns []layers.Column) layers.Definition {
	d := layers.Definition{Columns: columns, Layer: layers.Layer{
		Name: r.opt.Layer, Title: r.opt.Title, TitleEn: r.opt.TitleEn, Theme: r.opt.Theme, Ordinal: 1000,
		GeometryType: shape.kind, HasZ: shape.z, SRID: 4490, Writable: true, Tracked: true,
		LabelField: labelField(columns),
		Metadata: map[string]any{"import": map[string]any{
			"file": filepath.Base(r.sum.File), "format": r.sum.Format, "crs": r.sum.CRS, "encoding": r.sum.Encoding}},
	}}
	if d.Title == "" {
		base := filepath.Base(r.sum.File)
		d.Title = strings.ToValidUTF8(strings.TrimSuffix(base, filepath.Ext(base)), "?")
	}
	if d.LabelField != "" {
		i := slices.IndexFunc(columns, func(c layers.Column) bool { return c.Name == d.LabelField })
		columns[i].Role = "search"
	}
	d.Drawing, d.Style = look(d.Layer, shape)
	return d
}
