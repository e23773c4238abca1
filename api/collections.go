package api

import (
	"math"
	"slices"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
)

// collectionDoc is a layer as OGC API calls it.
type collectionDoc struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Description string   `json:"description,omitempty"`
	Attribution string   `json:"attribution,omitempty"`
	Extent      *extent  `json:"extent,omitempty"`
	ItemType    string   `json:"itemType"`
	CRS         []string `json:"crs,omitempty"`
	StorageCRS  string   `json:"storageCrs,omitempty"`
	Links       []link   `json:"links"`

	layer *layers.Layer
}

// Layer is what the pages tell beyond the document.
func (d collectionDoc) Layer() *layers.Layer { return d.layer }

type extent struct {
	Spatial *spatialExtent `json:"spatial"`
}

type spatialExtent struct {
	BBox [][4]float64 `json:"bbox"`
	CRS  string       `json:"crs"`
}

func (s *Server) collections(c echo.Context) error {
	f, err := s.formatOf(c, documents)
	if err != nil {
		return err
	}
	ls, err := s.ground().Store.Layers(c.Request().Context(), auth.Actor(c))
	if err != nil {
		return err
	}
	doc := struct {
		Links       []link          `json:"links"`
		Collections []collectionDoc `json:"collections"`
	}{s.selfLinks(c, f, documents), []collectionDoc{}}
	for _, l := range ls {
		doc.Collections = append(doc.Collections, s.describe(c, l))
	}
	return s.render(c, f, doc, "collections", view{Title: "图层", TitleEn: "Collections", Crumbs: crumbs("collections", "图层 Collections"), Data: doc.Collections})
}

func (s *Server) collection(c echo.Context) error {
	f, err := s.formatOf(c, documents)
	if err != nil {
		return err
	}
	l, err := s.ground().Store.Layer(c.Request().Context(), auth.Actor(c), param(c, "layer"))
	if err != nil {
		return err
	}
	doc := s.describe(c, l)
	doc.Links = slices.Concat(s.selfLinks(c, f, documents), doc.Links[1:], s.itemsAsFiles(c, l), s.enclosures(c, l)) // the listing's self is without f
	return s.render(c, f, doc, "collection", view{Title: l.Title, TitleEn: l.TitleEn, Crumbs: crumbs("collections", "图层 Collections", l.Name, l.Title), Data: doc})
}

// describe is the entry of a layer, the same in the listing and by itself but for its links to itself.
func (s *Server) describe(c echo.Context, l *layers.Layer) collectionDoc {
	here := s.root(c) + "/ogc/collections/" + l.Name
	doc := collectionDoc{
		ID: l.Name, Title: bilingual(l.Title, l.TitleEn), Description: l.Description, ItemType: "feature", layer: l,
		Attribution: layers.Attribution([]*layers.Layer{l}),
		Extent:      extentOf(l),
		Links: []link{
			{Href: here, Rel: "self", Type: typeJSON, Title: "This collection"},
			{Href: here + "/items?f=json", Rel: "items", Type: typeGeoJSON, Title: "要素 Features (GeoJSON)"},
			{Href: here + "/schema", Rel: relSchema, Type: typeSchema, Title: "字段 Schema"},
			{Href: here + "/queryables", Rel: relQueryables, Type: typeSchema, Title: "可查询字段 Queryables"},
			{Href: here + "/sortables", Rel: relSortables, Type: typeSchema, Title: "可排序字段 Sortables"},
			{Href: here + "/items?f=html", Rel: "items", Type: "text/html", Title: "要素 Features (HTML)"},
			{Href: s.root(c) + "/tiles/" + l.Name + ".json", Rel: "tiles", Type: typeJSON, Title: "矢量瓦片 Vector tiles (TileJSON)"},
		},
	}
	if l.Table.Geom != "" {
		doc.Links = append(doc.Links, link{Href: here + "/tiles", Rel: relTilesets, Type: typeJSON, Title: "瓦片集 Tilesets (OGC API - Tiles)"})
	}
	if l.GeometryType != "" {
		for _, crs := range crsOf(l) {
			doc.CRS = append(doc.CRS, crs.URI)
		}
		doc.StorageCRS = epsg(l.SRID).URI
	}
	return doc
}

// extentOf is rounded outward to 6 decimals, so that what lies on the edge is inside. It tells of no time: an interval open at
// both ends says nothing, and readers that want two times in it, as the executable suite does, fail on it.
func extentOf(l *layers.Layer) *extent {
	if l.Bounds == nil {
		return nil
	}
	const grain = 1e6
	down, up := func(v float64) float64 { return math.Floor(v*grain) / grain }, func(v float64) float64 { return math.Ceil(v*grain) / grain }
	b := l.Bounds.OnEarth()
	return &extent{&spatialExtent{[][4]float64{{down(b[0]), down(b[1]), up(b[2]), up(b[3])}}, crs84.URI}}
}

func bilingual(zh, en string) string {
	if en == "" || en == zh {
		return zh
	}
	return zh + " " + en
}
