package ows

import (
	"strings"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/layers/format"
)

// What a value reference can be of.
const (
	propertyReference = iota
	geometryReference
	idReference       // @gml:id
	standardReference // a property that GML gives every feature, and that ours leave empty
)

// valueRef is a path into a feature, looked up.
type valueRef struct {
	kind int
	name string // of the property or, of ids, of the key
}

// standardProperties are what gml:AbstractFeatureType has.
var standardProperties = []string{"name", "description", "descriptionReference", "identifier", "boundedBy", "location", "metaDataProperty"}

// referenceOf looks up a path: the name of a property, under any prefix or none, after the name of the type or alone, with
// the index [1] or without (09-026r1, 7.4.4, of XPath what a flat feature needs). It returns InvalidParameterValue
// at the locator for others.
func referenceOf(locator string, l *layers.Layer, path string) (valueRef, error) {
	steps := strings.Split(strings.Trim(strings.TrimSpace(path), "/"), "/")
	last := strings.TrimSuffix(steps[len(steps)-1], "[1]")
	for _, step := range steps[:len(steps)-1] {
		if _, name := qualified(step); format.FromXMLName(name) != l.Name && name != "*" {
			return valueRef{}, unknownReference(locator, l, path)
		}
	}
	if attribute, ok := strings.CutPrefix(last, "@"); ok {
		if _, name := qualified(attribute); (name == "id" || name == "fid") && l.Table.Key != "" {
			return valueRef{idReference, l.Table.Key}, nil
		}
		return valueRef{}, unknownReference(locator, l, path)
	}
	prefix, name := qualified(last)
	if l.GeometryType != "" && name == format.GMLGeometryName(l) {
		return valueRef{geometryReference, l.Table.Geom}, nil
	}
	if p, ok := l.Property(format.FromXMLName(name)); ok && p.Role != "hidden" && prefix != "gml" {
		return valueRef{propertyReference, p.Name}, nil
	}
	for _, standard := range standardProperties {
		if name == standard && prefix == "gml" {
			return valueRef{standardReference, name}, nil
		}
	}
	return valueRef{}, unknownReference(locator, l, path)
}

func qualified(name string) (prefix, local string) {
	if before, after, ok := strings.Cut(name, ":"); ok {
		return before, after
	}
	return "", name
}

func unknownReference(locator string, l *layers.Layer, path string) error {
	return Invalid(locator, "the type %s has no property %q; DescribeFeatureType says what it has", "类型 %s 没有属性“%s”，见 DescribeFeatureType", l.Name, path)
}

// present is true of features that have a value in a column; of none where there is no column.
type present string

// SQL implements layers.Condition.
func (p present) SQL(*layers.Layer, func(string, string) string) (string, error) {
	if p == "" {
		return "false", nil
	}
	return pgx.Identifier{string(p)}.Sanitize() + " is not null", nil
}

// both is true of features that two conditions are true of; either may be nil.
type both [2]layers.Condition

// SQL implements layers.Condition.
func (b both) SQL(l *layers.Layer, bind func(string, string) string) (string, error) {
	sql := "true"
	for _, c := range b {
		if c == nil {
			continue
		}
		one, err := c.SQL(l, bind)
		if err != nil {
			return "", err
		}
		sql += " and (" + one + ")"
	}
	return sql, nil
}
