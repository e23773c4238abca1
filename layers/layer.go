// Package layers is the ground of the map: what data there is, reading and writing it, who may, what changed.
//
// A layer is a named set of features with one schema: one table in PostGIS, described in the catalogue
// (onemap.layer). A feature is a row; inside, coordinates are always x, y = east, north, in the layer's SRID
// (EPSG:4490, CGCS2000, unless an existing table was published as it is). Every committed change of every layer,
// by any writer, is one row of the change log; the position it is given there is the one clock of the house.
package layers

import (
	"slices"
)

// Layer describes one layer as the catalogue and its table have it.
type Layer struct {
	Name        string `json:"name"`
	Title       string `json:"title"`   // Chinese
	TitleEn     string `json:"titleEn"` // English, may be empty
	Description string `json:"description,omitempty"`
	Theme       string `json:"theme"` // code of scheme "theme"
	Ordinal     int    `json:"ordinal"`
	Owner       string `json:"owner,omitempty"`
	Grade       string `json:"grade"`
	Sharing     string `json:"sharing,omitempty"`
	Standard    string `json:"standard,omitempty"`
	HeightDatum string `json:"heightDatum,omitempty"`
	Scale       int    `json:"scale,omitempty"`
	UpdateCycle string `json:"updateCycle,omitempty"`

	GeometryType string `json:"geometryType"` // PostGIS name without Z: Point, MultiPolygon …; "" has no geometry
	HasZ         bool   `json:"hasZ,omitempty"`
	SRID         int    `json:"srid"`

	IDField    string `json:"idField,omitempty"`
	TimeField  string `json:"timeField,omitempty"`
	LabelField string `json:"labelField,omitempty"`
	Writable   bool   `json:"writable"`
	Tracked    bool   `json:"tracked"`
	Synthetic  bool   `json:"synthetic,omitempty"`

	Properties []Property     `json:"properties"`
	Drawing    Drawing        `json:"drawing"`
	Style      Style          `json:"style"`
	Metadata   map[string]any `json:"metadata,omitempty"`

	Table Table `json:"-"` // where the rows are

	Count    int64   `json:"count"`            // features now
	Bounds   *Bounds `json:"bounds,omitempty"` // EPSG:4490; never smaller than the data; nil when empty
	Revision int64   `json:"revision"`         // position of the last change
}

// Table says where a layer's rows are and which columns have a part to play.
type Table struct {
	Schema, Name string
	Key          string // primary key; "" when a view has none: its features have no id
	KeyType      string // SQL type of Key
	Geom         string
	Mercator     string // stored EPSG:3857 twin of Geom; "" = transform while reading
}

// Property is one attribute of a layer's features.
type Property struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	TitleEn     string `json:"titleEn,omitempty"`
	Description string `json:"description,omitempty"`
	Type        Type   `json:"type"`
	Unit        string `json:"unit,omitempty"`   // UCUM
	Scheme      string `json:"scheme,omitempty"` // code list that explains the values
	Role        string `json:"role,omitempty"`   // "", "area", "length", "search", "hidden"
	Required    bool   `json:"required,omitempty"`
	Width       int    `json:"width,omitempty"`
	Long        bool   `json:"-"` // an Integer of 64 bits
}

// Type is the kind of value a property holds, in the words of JSON Schema.
type Type string

// The types of properties. Date and DateTime travel as RFC 3339 text; JSON is any value.
const (
	String   Type = "string"
	Integer  Type = "integer"
	Number   Type = "number"
	Boolean  Type = "boolean"
	Date     Type = "date"
	DateTime Type = "date-time"
	JSON     Type = "object"
)

// Drawing says what of a layer is drawn at which zoom (WebMercatorQuad levels, 512-pixel tiles).
type Drawing struct {
	MinZoom    int      `json:"minZoom"`              // not in tiles below
	MaxZoom    int      `json:"maxZoom,omitempty"`    // deepest zoom with tiles of its own, 0 = 18; above, clients overzoom
	Properties []string `json:"properties,omitempty"` // carried in tiles besides the id: what drawing needs
	Rules      []Rule   `json:"rules,omitempty"`      // first match wins; none = all features
}

// Rule thins a layer within a band of zooms.
type Rule struct {
	MinZoom int     `json:"minZoom"`
	MaxZoom int     `json:"maxZoom"`
	MinSize float64 `json:"minSize,omitempty"` // least area (polygons, square pixels of a 512 tile) or length (lines, pixels)
	Where   *Equal  `json:"where,omitempty"`   // only features whose property has one of the values

	// Dissolve draws polygons as one mosaic of the classes that give the layer its colours (Style.By), on a grid that all
	// tiles of a zoom share; MinSize is then for what can not be drawn so: a filter's features, and those of the past.
	Dissolve bool `json:"dissolve,omitempty"`

	Merge   bool    `json:"merge,omitempty"`   // lines of one class (Style.By) are one feature, joined where they meet
	Cluster float64 `json:"cluster,omitempty"` // points of one square of so many pixels are one, with their count
	Keep    int     `json:"keep,omitempty"`    // of points at most so many in each square of 64 pixels, the first by rank
	Rank    string  `json:"rank,omitempty"`    // property: the smallest are kept; "-" before it: the largest
}

// Equal is a set of values one property may have.
type Equal struct {
	Property string   `json:"property"`
	Values   []string `json:"values"`
}

// Style says how a layer looks, in few words; tiles.StyleDocument makes MapLibre layers of it, and the page a legend.
type Style struct {
	Kind    string `json:"kind"`              // fill, hatch, line, pipe, circle, icon, label, building, none
	Order   int    `json:"order"`             // drawing order: 10 land, 20 water, 30 controls, 40 buildings, 50 roads, 60 pipes, 70 control lines, 80 boundaries, 90 points, 100 labels
	Colour  string `json:"colour,omitempty"`  // #RRGGBB where not by code
	By      string `json:"by,omitempty"`      // property whose code gives the colour, through its scheme
	Width   string `json:"width,omitempty"`   // property whose value gives the width, e.g. psize
	Dash    []int  `json:"dash,omitempty"`    // in line widths
	Opacity string `json:"opacity,omitempty"` // fill opacity, decimal; "" = by kind
	Outline string `json:"outline,omitempty"` // #RRGGBB of the outline
	Label   string `json:"label,omitempty"`   // property drawn as text
	LabelAt int    `json:"labelAt,omitempty"` // zoom from which the label is drawn
	Flow    string `json:"flow,omitempty"`    // property with '+' or '-': arrows along or against the line
	Visible bool   `json:"visible,omitempty"` // shown on the first visit
	Preset  string `json:"preset,omitempty"`  // work areas that show it, comma separated: planning,pipeline,drainage,evacuation,grid
}

// Property returns the property of that name.
func (l *Layer) Property(name string) (Property, bool) {
	i := slices.IndexFunc(l.Properties, func(p Property) bool { return p.Name == name })
	if i < 0 {
		return Property{}, false
	}
	return l.Properties[i], true
}

// Only returns the layer with no other properties than those named, in the layer's own order; nil names all. It returns
// ErrInvalid for a property that the layer has not.
func (l *Layer) Only(names []string) (*Layer, error) {
	if names == nil {
		return l, nil
	}
	for _, name := range names {
		if _, ok := l.Property(name); !ok {
			return nil, Refuse(ErrInvalid, "layer %q has no property %q; what it has is at /layers/%[1]s", "图层“%s”没有属性“%s”；现有属性见 /layers/%[1]s", l.Name, name)
		}
	}
	only := *l
	only.Properties = slices.DeleteFunc(slices.Clone(l.Properties), func(p Property) bool { return !slices.Contains(names, p.Name) })
	return &only, nil
}

// Attribution is what whoever shows the layers has to say of them: that some are synthetic; "" when none is.
func Attribution(ls []*Layer) string {
	for _, l := range ls {
		if l.Synthetic {
			return "示例数据 Synthetic data"
		}
	}
	return ""
}

// Bounds is minX, minY, maxX, maxY: west, south, east, north in degrees of EPSG:4490 unless said otherwise.
type Bounds [4]float64

// Extend returns the bounds that hold both.
func (b Bounds) Extend(o Bounds) Bounds {
	return Bounds{min(b[0], o[0]), min(b[1], o[1]), max(b[2], o[2]), max(b[3], o[3])}
}

// OnEarth returns what of the bounds there is: data reach beyond 180 by a rounding, or are astray, and clients refuse a document that says so.
func (b Bounds) OnEarth() Bounds {
	clamp := func(v, most float64) float64 { return max(-most, min(v, most)) }
	return Bounds{clamp(b[0], 180), clamp(b[1], 90), clamp(b[2], 180), clamp(b[3], 90)}
}

// Definition is what it takes to make a layer: the catalogue entry, and the columns its table will have.
// A standard's table (package standard) is a Definition; so is what an import has found in a file.
type Definition struct {
	Layer
	Columns []Column `json:"columns"`
}

// Column is a property together with its PostgreSQL type.
type Column struct {
	Property
	SQLType string `json:"sqlType"` // text, integer, bigint, double precision, numeric(p,s), boolean, date, timestamptz, jsonb
	NotNull bool   `json:"-"`       // the table refuses rows without a value; Required only asks for one
}
