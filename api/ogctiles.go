package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
	"onemap/tiles"
)

// The relations of links to tiles (OGC 20-057, 3.2).
const (
	relTilesets      = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
	relTilingScheme  = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
	relTilingSchemes = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
)

// vectorTiles is how a tile is answered.
var vectorTiles = []served{{"mvt", typeTile, []string{"application/x-protobuf", "application/octet-stream", "application/vnd.mapbox-vector-tile"}}}

// The parameters of a tileset besides f: its tiles are those of a choice, and carry it on in their addresses.
var tileChoice = []string{"as-of", "filter", "filter-lang", "properties"}

// tiled is what a tileset is of: a collection, or the whole map or some collections of it.
type tiled struct {
	layers []*layers.Layer
	at     string // address of the list of its tilesets
	query  string // of the choice, carried on: "" or ?…
	title  string
	crumbs []string
}

// names are those of the layers, as a tile lists them.
func (t tiled) names() []string {
	var out []string
	for _, l := range t.layers {
		out = append(out, l.Name)
	}
	return out
}

// tiledOf reads what tiles are asked of, from the path and the parameter collections.
func (s *Server) tiledOf(c echo.Context, p params) (tiled, error) {
	ctx, store := c.Request().Context(), s.ground().Store
	ogc := s.root(c) + "/ogc"
	if name := param(c, "layer"); name != "" {
		l, err := store.Layer(ctx, auth.Actor(c), name)
		if err != nil {
			return tiled{}, err
		}
		if l.Table.Geom == "" {
			return tiled{}, layers.Refuse(layers.ErrNotFound, "layer %q has no geometry, so it has no tiles", "图层“%s”没有几何，因而没有瓦片", l.Name)
		}
		at := "/collections/" + l.Name
		return tiled{[]*layers.Layer{l}, ogc + at + "/tiles", carried(p), bilingual(l.Title, l.TitleEn),
			[]string{"collections", "图层 Collections", l.Name, l.Title, "tiles", "瓦片 Tiles"}}, nil
	}
	t := tiled{nil, ogc + "/tiles", carried(p), serviceTitle, []string{"tiles", "瓦片 Tiles"}}
	if text, ok := p["collections"]; ok {
		var err error
		t.layers, err = s.chosenTiled(ctx, c, text)
		return t, err
	}
	all, err := store.Layers(ctx, auth.Actor(c))
	t.layers = slices.DeleteFunc(slices.Clone(all), func(l *layers.Layer) bool { return l.Table.Geom == "" })
	return t, err
}

// chosenTiled are the collections named, by id or by URI (OGC 20-057, 13).
func (s *Server) chosenTiled(ctx context.Context, c echo.Context, text string) ([]*layers.Layer, error) {
	var names []string
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimPrefix(strings.TrimSpace(name), s.root(c)+"/ogc/collections/")
		if name == "" {
			return nil, layers.Refuse(layers.ErrInvalid, "collections: want ids of collections, comma separated", "collections：应为以逗号分隔的 collection 标识")
		}
		names = append(names, name)
	}
	ls, err := s.chosen(ctx, c, strings.Join(names, ","))
	if err != nil {
		return nil, err
	}
	for _, l := range ls {
		if l.Table.Geom == "" {
			return nil, layers.Refuse(layers.ErrInvalid, "layer %q has no geometry, so it has no tiles", "图层“%s”没有几何，因而没有瓦片", l.Name)
		}
	}
	return ls, nil
}

// carried is the query of addresses that keep a choice.
func carried(p params) string {
	q := url.Values{}
	for _, name := range append([]string{"collections"}, tileChoice...) {
		if v, ok := p[name]; ok {
			q.Set(name, v)
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// tileset reads what a tileset or a list of them is asked for. The choice is checked here, not first by each tile.
func (s *Server) tileset(c echo.Context) (served, tiled, tiles.Request, error) {
	fail := func(err error) (served, tiled, tiles.Request, error) { return served{}, tiled{}, tiles.Request{}, err }
	allowed := append([]string{"f"}, tileChoice...)
	if c.Param("layer") == "" {
		allowed = append(allowed, "collections")
	}
	p, err := query(c.Request(), allowed...)
	if err != nil {
		return fail(err)
	}
	f, err := negotiate(c, p["f"], documents)
	if err != nil {
		return fail(err)
	}
	t, err := s.tiledOf(c, p)
	if err != nil {
		return fail(err)
	}
	r := tiles.Request{Layers: t.names()}
	if err := s.choice(c.Request().Context(), p, &r); err != nil {
		return fail(err)
	}
	if err := s.ground().Tiles.Fits(c.Request().Context(), auth.Actor(c), r); err != nil {
		return fail(err)
	}
	return f, t, r, nil
}

// tilesetItem is a tileset in the list of them (OGC 20-057, 9). It has its limits and the address of its tiles there already:
// the executable test suite looks for them in the list.
type tilesetItem struct {
	Title    string      `json:"title"`
	DataType string      `json:"dataType"`
	CRS      string      `json:"crs"`
	URI      string      `json:"tileMatrixSetURI"`
	ID       string      `json:"tileMatrixSetId"`
	Limits   []tileLimit `json:"tileMatrixSetLimits,omitempty"`
	Links    []link      `json:"links"`

	Set *tiles.MatrixSet `json:"-"` // for the page
}

// Zooms are the first and the last, for the page.
func (t tilesetItem) Zooms() string {
	if len(t.Limits) == 0 {
		return ""
	}
	return t.Limits[0].Matrix + "–" + t.Limits[len(t.Limits)-1].Matrix
}

type tileLimit struct {
	Matrix string `json:"tileMatrix"`
	MinRow int    `json:"minTileRow"`
	MaxRow int    `json:"maxTileRow"`
	MinCol int    `json:"minTileCol"`
	MaxCol int    `json:"maxTileCol"`
}

func limitsOf(set *tiles.MatrixSet, ls []*layers.Layer) []tileLimit {
	var out []tileLimit
	for _, l := range set.Limits(ls) {
		out = append(out, tileLimit{strconv.Itoa(l.Zoom), l.MinRow, l.MaxRow, l.MinColumn, l.MaxColumn})
	}
	return out
}

// setURI is the address of a set's definition: the register's, or ours where it is in none.
func (s *Server) setURI(c echo.Context, set *tiles.MatrixSet) string {
	if set.URI != "" {
		return set.URI
	}
	return s.root(c) + "/ogc/tileMatrixSets/" + set.ID
}

func (s *Server) tilesetItem(c echo.Context, t tiled, set *tiles.MatrixSet) tilesetItem {
	return tilesetItem{
		Title: t.title + " · " + set.ID, DataType: "vector", CRS: set.CRS, URI: s.setURI(c, set), ID: set.ID, Limits: limitsOf(set, t.layers), Set: set,
		Links: []link{
			{Href: t.at + "/" + set.ID + t.query, Rel: "self", Type: typeJSON, Title: "瓦片集 Tileset " + set.ID},
			{Href: s.root(c) + "/ogc/tileMatrixSets/" + set.ID, Rel: relTilingScheme, Type: typeJSON, Title: set.Title},
			{Href: t.at + "/" + set.ID + "/{tileMatrix}/{tileRow}/{tileCol}" + t.query, Rel: "item", Type: typeTile, Title: "瓦片 Tiles (MVT)", Templated: true},
		},
	}
}

// tilesets lists the tilesets of a collection or of the map: one for each tile matrix set.
func (s *Server) tilesets(c echo.Context) error {
	f, t, _, err := s.tileset(c)
	if err != nil {
		return err
	}
	doc := struct {
		Links    []link        `json:"links"`
		Tilesets []tilesetItem `json:"tilesets"`
	}{Links: s.selfLinks(c, f, documents)}
	for _, set := range s.ground().Tiles.MatrixSets() {
		doc.Tilesets = append(doc.Tilesets, s.tilesetItem(c, t, set))
	}
	return s.render(c, f, doc, "tilesets", view{Title: "瓦片 " + t.title, TitleEn: "Tiles", Crumbs: crumbs(t.crumbs...), Data: doc.Tilesets})
}

// tilesetDoc is the metadata of a tileset (OGC 17-083r4, 7).
type tilesetDoc struct {
	tilesetItem
	Description string         `json:"description,omitempty"`
	Attribution string         `json:"attribution,omitempty"`
	Bounds      *tilesetBox    `json:"boundingBox,omitempty"`
	Centre      *tilesetCentre `json:"centerPoint,omitempty"`
	Layers      []tilesetLayer `json:"layers"`
}

type tilesetBox struct {
	LowerLeft  [2]float64 `json:"lowerLeft"`
	UpperRight [2]float64 `json:"upperRight"`
	CRS        string     `json:"crs"`
}

type tilesetCentre struct {
	Coordinates [2]float64 `json:"coordinates"`
	Matrix      string     `json:"tileMatrix"`
	CRS         string     `json:"crs"`
}

type tilesetLayer struct {
	ID          string      `json:"id"`
	Title       string      `json:"title,omitempty"`
	Description string      `json:"description,omitempty"`
	DataType    string      `json:"dataType"`
	Dimension   *int        `json:"geometryDimension,omitempty"`
	MinMatrix   string      `json:"minTileMatrix"`
	MaxMatrix   string      `json:"maxTileMatrix"`
	Bounds      *tilesetBox `json:"boundingBox,omitempty"`
	Properties  object      `json:"propertiesSchema"`
}

func boxOf(b *layers.Bounds) *tilesetBox {
	if b == nil {
		return nil
	}
	on := b.OnEarth()
	return &tilesetBox{[2]float64{on[0], on[1]}, [2]float64{on[2], on[3]}, crs84.URI}
}

// tilesetOf describes the tiles of a collection or of the map in one tile matrix set.
func (s *Server) tilesetOf(c echo.Context) error {
	f, t, r, err := s.tileset(c)
	if err != nil {
		return err
	}
	if r.Set, err = s.ground().Tiles.MatrixSet(param(c, "set")); err != nil {
		return err
	}
	doc := tilesetDoc{tilesetItem: s.tilesetItem(c, t, r.Set), Layers: tilesetLayers(t.layers, r)}
	doc.Links = append(s.selfLinks(c, f, documents), append(doc.Links[1:],
		link{Href: s.tileAddress(c, r.Set, t.names()) + ".json" + without(t.query, "collections"), Rel: "describedby", Type: typeTileJSON, Title: "TileJSON"})...)
	said := tiles.DescribeRequest(t.layers, r, "")
	doc.Description, doc.Attribution, doc.Bounds = said.Description, said.Attribution, boxOf(said.Bounds)
	if b := said.Center; b != nil {
		doc.Centre = &tilesetCentre{[2]float64{b[0], b[1]}, strconv.Itoa(int(b[2])), crs84.URI}
	}
	way := append(slices.Clone(t.crumbs), r.Set.ID, r.Set.ID)
	return s.render(c, f, doc, "tileset", view{Title: doc.Title, TitleEn: r.Set.Title, Crumbs: crumbs(way...), Data: doc})
}

// tilesetLayers are the layers in the tiles, with labels among them.
func tilesetLayers(ls []*layers.Layer, r tiles.Request) []tilesetLayer {
	out := []tilesetLayer{}
	for _, l := range ls {
		for _, v := range tiles.DescribeRequest([]*layers.Layer{l}, r, "").VectorLayers {
			properties := object{}
			for name := range v.Fields {
				p, _ := l.Property(name)
				properties[name] = withTitle(schemaOf(p.Type), bilingual(p.Title, p.TitleEn))
			}
			dimension := dimensionOf(l.GeometryType)
			if v.ID != l.Name { // labels are points
				dimension = new(int)
			}
			out = append(out, tilesetLayer{
				ID: v.ID, Title: bilingual(l.Title, l.TitleEn), Description: v.Description, DataType: "vector", Dimension: dimension,
				MinMatrix: strconv.Itoa(v.MinZoom), MaxMatrix: strconv.Itoa(v.MaxZoom), Bounds: boxOf(l.Bounds),
				Properties: object{"type": "object", "properties": properties},
			})
		}
	}
	return out
}

func withTitle(schema object, title string) object {
	if title != "" {
		schema["title"] = title
	}
	return schema
}

// dimensionOf is that of a geometry type; nil where it may be any.
func dimensionOf(kind string) *int {
	for suffix, n := range map[string]int{"Point": 0, "LineString": 1, "Polygon": 2} {
		if strings.HasSuffix(kind, suffix) {
			return &n
		}
	}
	return nil
}

// without is a query without one of its parameters.
func without(query, name string) string {
	q, err := url.ParseQuery(strings.TrimPrefix(query, "?"))
	if q.Del(name); err != nil || len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// ogcTile is one tile, at …/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}: the row before the column.
func (s *Server) ogcTile(c echo.Context) error {
	allowed := append([]string{"f"}, tileChoice...)
	if c.Param("layer") == "" {
		allowed = append(allowed, "collections")
	}
	p, err := query(c.Request(), allowed...)
	if err != nil {
		return err
	}
	if _, err := negotiate(c, p["f"], vectorTiles); err != nil {
		return err
	}
	t, err := s.tiledOf(c, p)
	if err != nil {
		return err
	}
	r := tiles.Request{Layers: t.names()}
	if r.Set, err = s.ground().Tiles.MatrixSet(param(c, "set")); err != nil {
		return err
	}
	if r.Tile, err = r.Set.Parse(c.Param("z"), c.Param("x"), c.Param("y")); err != nil {
		return err
	}
	if err := within(r.Set, t.layers, r.Tile); err != nil {
		return err
	}
	if err := s.choice(c.Request().Context(), p, &r); err != nil {
		return err
	}
	return s.sendTile(c, r, http.StatusOK) // the executable test suite wants 200 within the limits, OGC 20-057 allows either
}

// within returns ErrNotFound for a tile beyond the limits of a tileset.
func within(set *tiles.MatrixSet, ls []*layers.Layer, t tiles.Tile) error {
	limit, ok := set.Limit(ls, t.Z)
	if !ok {
		return layers.Refuse(layers.ErrNotFound, "there are no tiles at zoom %d; the limits are in the tileset", "第 %d 级没有瓦片；范围见该瓦片集", t.Z)
	}
	return limit.Check(t)
}
