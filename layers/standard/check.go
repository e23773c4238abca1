package standard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"onemap/layers"
)

var (
	columnName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	colour     = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)
	numeric    = regexp.MustCompile(`^numeric(\(\d{1,3}(,\d{1,2})?\))?$`)

	geometries = []string{"", "Point", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection", "Geometry"}
	kinds      = []string{"fill", "hatch", "line", "pipe", "circle", "icon", "label", "building", "none"}
	roles      = []string{"", "area", "length", "search", "hidden"}
)

// Check says what is wrong with a definition, or nil: names that are not safe, a type that does not fit its SQL type,
// a field that plays a part but is no column.
func Check(d layers.Definition) error {
	switch {
	case !layers.ValidName(d.Name):
		return fmt.Errorf("layer name %q: want small letters, digits and _", d.Name)
	case d.Title == "":
		return fmt.Errorf("layer %s has no title", d.Name)
	case !slices.Contains(geometries, d.GeometryType):
		return fmt.Errorf("layer %s: geometry type %q, want one of %s", d.Name, d.GeometryType, strings.Join(geometries[1:], ", "))
	case d.GeometryType != "" && !slices.Contains(kinds, d.Style.Kind):
		return fmt.Errorf("layer %s: style kind %q, want one of %s", d.Name, d.Style.Kind, strings.Join(kinds, ", "))
	case d.GeometryType != "" && d.SRID == 0:
		return fmt.Errorf("layer %s has a geometry but no srid", d.Name)
	}
	var names []string
	for _, c := range d.Columns {
		if err := checkColumn(c, names); err != nil {
			return fmt.Errorf("layer %s: %w", d.Name, err)
		}
		names = append(names, c.Name)
	}
	if err := checkParts(d, names); err != nil {
		return fmt.Errorf("layer %s: %w", d.Name, err)
	}
	return nil
}

func checkColumn(c layers.Column, before []string) error {
	switch {
	case !columnName.MatchString(c.Name), slices.Contains(layers.OwnColumns(), c.Name):
		return fmt.Errorf("column name %q: want small letters, digits and _, and none of %s", c.Name, strings.Join(layers.OwnColumns(), ", "))
	case slices.Contains(before, c.Name):
		return fmt.Errorf("column %s appears twice", c.Name)
	case c.Title == "":
		return fmt.Errorf("column %s has no title", c.Name)
	case !fits(c.Type, c.SQLType):
		return fmt.Errorf("column %s: %q is not kept in SQL type %q", c.Name, c.Type, c.SQLType)
	case c.Scheme != "" && !layers.ValidName(c.Scheme):
		return fmt.Errorf("column %s: scheme %q is not a name", c.Name, c.Scheme)
	case !slices.Contains(roles, c.Role):
		return fmt.Errorf("column %s: role %q, want one of %s", c.Name, c.Role, strings.Join(roles[1:], ", "))
	}
	return nil
}

// fits tells whether values of t live in columns of the SQL type.
func fits(t layers.Type, sql string) bool {
	switch t {
	case layers.String:
		return sql == "text"
	case layers.Integer:
		return sql == "integer" || sql == "bigint" || sql == "smallint"
	case layers.Number:
		return sql == "double precision" || sql == "real" || numeric.MatchString(sql)
	case layers.Boolean:
		return sql == "boolean"
	case layers.Date:
		return sql == "date"
	case layers.DateTime:
		return sql == "timestamptz"
	case layers.JSON:
		return sql == "jsonb"
	}
	return false
}

// checkParts looks at the fields a definition refers to.
func checkParts(d layers.Definition, columns []string) error {
	parts := []struct{ part, column string }{
		{"idField", d.IDField}, {"timeField", d.TimeField}, {"labelField", d.LabelField},
		{"style.by", d.Style.By}, {"style.width", d.Style.Width}, {"style.label", d.Style.Label}, {"style.flow", d.Style.Flow},
	}
	for _, p := range d.Drawing.Properties {
		parts = append(parts, struct{ part, column string }{"drawing.properties", p})
	}
	for _, r := range d.Drawing.Rules {
		if r.Where != nil {
			parts = append(parts, struct{ part, column string }{"drawing.rules", r.Where.Property})
		}
		if r.MinZoom > r.MaxZoom {
			return fmt.Errorf("a drawing rule begins at zoom %d and ends at %d", r.MinZoom, r.MaxZoom)
		}
	}
	for _, p := range parts {
		if p.column != "" && !slices.Contains(columns, p.column) {
			return fmt.Errorf("%s names %q, which is no column", p.part, p.column)
		}
	}
	for _, hex := range []string{d.Style.Colour, d.Style.Outline} {
		if hex != "" && !colour.MatchString(hex) {
			return fmt.Errorf("colour %q, want #RRGGBB", hex)
		}
	}
	return nil
}
