package format

import (
	"strings"

	"onemap/layers"
)

// jsonRole is what a value is in GeoJSON, by where it stands.
type jsonRole int

const (
	roleOther jsonRole = iota
	roleRoot
	roleFeatures
	roleFeature
	roleProperties
	roleType
	roleGeometry
	roleGeometries
	roleCoordinates
)

// jsonRoles are the roles of members of a root, a feature and a geometry.
var jsonRoles = map[string]jsonRole{
	"type": roleType, "features": roleFeatures, "geometry": roleGeometry, "properties": roleProperties,
	"coordinates": roleCoordinates, "geometries": roleGeometries,
}

// jsonLevels is how many lists lie around the numbers of a geometry's coordinates.
var jsonLevels = map[string]int{
	"point": 1, "multipoint": 2, "linestring": 2, "multilinestring": 3, "polygon": 3, "multipolygon": 4,
}

// jsonObject is what was seen of a root, a feature or a geometry.
type jsonObject struct {
	kind                              string // "type", in small letters
	features, coordinates, geometries bool
	levels                            int          // of lists around the numbers, the deepest; 0 = no numbers
	even                              bool         // all numbers lie as deep
	fault                             layers.Words // of what lies in it
	short                             layers.Words // of the first position that lacks a number
}

// object reads on to the closing brace.
func (c *jsonCheck) object(r jsonRole, depth int) error {
	if depth > jsonDepth {
		return c.refuse("values lie more than %d deep in each other", "嵌套超过 %d 层", jsonDepth)
	}
	o := jsonObject{even: true}
	for first := true; ; first = false {
		b, err := c.must()
		if err != nil {
			return err
		}
		if b == '}' && first {
			break
		}
		if b != '"' {
			return c.refuse("expected a name in quotes, found %q", "此处应为带引号的名称，却是 %q", string(rune(b)))
		}
		if err := c.string(); err != nil {
			return err
		}
		key := string(c.text)
		if b, err = c.must(); err != nil {
			return err
		}
		if b != ':' {
			return c.refuse("a colon is wanted after %q, but there is %q", "%q 之后应为冒号，却是 %q", key, string(rune(b)))
		}
		if b, err = c.must(); err != nil {
			return err
		}
		inner := roleOther
		if r == roleRoot || r == roleFeature || r == roleGeometry {
			inner = jsonRoles[key]
		}
		if key == "id" && (r == roleFeature || r == roleRoot) && b >= '0' && b <= '9' {
			c.ids = true
		}
		if err := c.value(b, inner, depth+1, &o); err != nil {
			return err
		}
		if b, err = c.must(); err != nil {
			return err
		}
		if b == '}' {
			break
		}
		if b != ',' {
			return c.refuse("expected a comma or }, found %q", "此处应为逗号或 }，却是 %q", string(rune(b)))
		}
	}
	return c.judge(r, &o)
}

// value reads a value that begins with b, and tells the object it is in what matters.
func (c *jsonCheck) value(b byte, r jsonRole, depth int, o *jsonObject) error {
	switch {
	case b == '{':
		switch r {
		case roleFeatures:
			return c.refuse(`"features" must be a list, but is an object`, `"features" 应为数组，却是对象`)
		case roleGeometry:
			return c.object(roleGeometry, depth)
		case roleCoordinates:
			o.fault = c.here(`"coordinates" must be a list, but is an object`, `"coordinates" 应为数组，却是对象`)
		}
		return c.object(roleOther, depth)
	case b == '[':
		return c.list(r, depth, 1, o)
	case b == '"':
		if err := c.string(); err != nil {
			return err
		}
		if r == roleType {
			o.kind = strings.ToLower(string(c.text))
		}
	case b == '-' || b >= '0' && b <= '9' || b == 't' || b == 'f' || b == 'n' || b == 'N' || b == 'I':
		if err := c.word(b); err != nil {
			return err
		}
		if string(c.text) == "null" {
			return nil
		}
	default:
		return c.refuse("%q is not a JSON value", "%q 不是合法的 JSON 值", string(rune(b)))
	}
	switch r {
	case roleFeatures:
		return c.refuse(`"features" must be a list`, `"features" 应为数组`)
	case roleGeometry:
		c.fault(c.here(`"geometry" must be an object or null`, `"geometry" 应为对象或 null`))
	case roleProperties:
		return c.refuse(`"properties" must be an object or null`, `"properties" 应为对象或 null`)
	case roleCoordinates:
		o.fault = c.here(`"coordinates" must be a list`, `"coordinates" 应为数组`)
	}
	return nil
}

// list reads on to the closing bracket. level counts the lists around it that are coordinates.
func (c *jsonCheck) list(r jsonRole, depth, level int, o *jsonObject) error {
	switch {
	case depth > jsonDepth:
		return c.refuse("values lie more than %d deep in each other", "嵌套超过 %d 层", jsonDepth)
	case r == roleProperties:
		return c.refuse(`"properties" must be an object, but is a list`, `"properties" 应为对象，却是数组`)
	case r == roleFeatures:
		o.features = true
	case r == roleCoordinates:
		o.coordinates = true
	case r == roleGeometries:
		o.geometries = true
	case r == roleGeometry:
		c.fault(c.here(`"geometry" must be an object or null, but is a list`, `"geometry" 应为对象或 null，却是数组`))
	}
	numbers, items := 0, 0
	for first := true; ; first = false {
		if r == roleFeatures {
			c.since = c.offset
		}
		b, err := c.must()
		if err != nil {
			return err
		}
		if b == ']' && first {
			return nil
		}
		if items++; b == '-' || b >= '0' && b <= '9' {
			numbers++
		}
		if err := c.item(b, r, depth, level, o); err != nil {
			return err
		}
		if b, err = c.must(); err != nil {
			return err
		}
		if b == ']' {
			if r == roleCoordinates && numbers == 1 && items == 1 && o.short.En == "" {
				o.short = c.here("a position has one number; it needs two, longitude and latitude", "坐标只有一个数，应有经度和纬度两个数")
			}
			return nil
		}
		if b != ',' {
			return c.refuse("expected a comma or ], found %q", "此处应为逗号或 ]，却是 %q", string(rune(b)))
		}
	}
}

// item reads one item of a list.
func (c *jsonCheck) item(b byte, r jsonRole, depth, level int, o *jsonObject) error {
	switch r {
	case roleFeatures:
		if b == '{' {
			return c.object(roleFeature, depth+1)
		}
		c.skipped(c.here(`a member of "features" is no object`, `"features" 中有一项不是对象`))
	case roleGeometries:
		if b == '{' {
			return c.object(roleGeometry, depth+1)
		}
	case roleCoordinates:
		if b == '[' {
			return c.list(roleCoordinates, depth+1, level+1, o)
		}
		if b != '-' && (b < '0' || b > '9') {
			if o.fault.En == "" && b != 'n' {
				o.fault = c.here("a coordinate is no number", "坐标不是数字")
			}
			break
		}
		if o.levels != 0 && o.levels != level {
			o.even = false
		}
		o.levels = max(o.levels, level)
	}
	return c.value(b, roleOther, depth+1, o)
}

// fault remembers what is wrong with the geometry of the current feature.
func (c *jsonCheck) fault(w layers.Words) {
	if _, ok := c.faults[c.features]; !ok && len(c.faults) < jsonFaults {
		c.faults[c.features] = w
	}
}

func (c *jsonCheck) skipped(w layers.Words) {
	if c.strange++; c.strange == 1 {
		c.where = w
	}
}

// judge says what an object lacks, at its end.
func (c *jsonCheck) judge(r jsonRole, o *jsonObject) error {
	_, plain := jsonLevels[o.kind]
	isGeometry := plain || o.kind == "geometrycollection"
	switch r {
	case roleRoot:
		switch {
		case o.kind == "featurecollection" && !o.features:
			return c.refuse(`the FeatureCollection has no list "features"`, `FeatureCollection 缺少 "features" 数组`)
		case o.kind == "featurecollection", o.kind == "feature":
		case isGeometry:
			c.judgeGeometry(o)
		case o.kind == "":
			return c.refuse(`"type" is missing, which says what the object is: Feature, FeatureCollection, Point …`, `缺少 "type"，无法得知对象类型（Feature、FeatureCollection、Point 等）`)
		default:
			return c.refuse(`"type" is %q, which GeoJSON does not know`, `"type" 为 %q，不是 GeoJSON 的类型`, o.kind)
		}
	case roleFeature:
		if o.kind != "feature" {
			c.skipped(c.here(`"type" is %q instead of "Feature"`, `"type" 为 %q，应为 "Feature"`, o.kind))
		}
		c.features++
	case roleGeometry:
		c.judgeGeometry(o)
	}
	return nil
}

func (c *jsonCheck) judgeGeometry(o *jsonObject) {
	want, plain := jsonLevels[o.kind]
	switch {
	case o.fault.En != "":
		c.fault(o.fault)
	case o.kind == "":
		c.fault(c.here(`the geometry has no "type"`, `几何对象缺少 "type"`))
	case o.kind == "geometrycollection":
		if !o.geometries {
			c.fault(c.here(`the GeometryCollection has no list "geometries"`, `GeometryCollection 缺少 "geometries" 数组`))
		}
	case !plain:
		c.fault(c.here("geometries are not of type %q", "没有 %q 这种几何类型", o.kind))
	case !o.coordinates:
		c.fault(c.here(`the geometry has no "coordinates"`, `几何对象缺少 "coordinates"`))
	case o.levels != 0 && (o.levels != want || !o.even):
		c.fault(c.here("the coordinates are nested %d deep; those of type %q are %d deep", "坐标嵌套 %d 层，而类型 %q 应为 %d 层", o.levels, o.kind, want))
	case o.short.En != "":
		c.fault(o.short)
	}
}
