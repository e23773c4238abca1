package api

import (
	"github.com/labstack/echo/v4"

	"onemap/tiles"
)

// matrixSetDoc is the definition of a tile matrix set (OGC 17-083r4, 6).
type matrixSetDoc struct {
	ID       string         `json:"id"`
	Title    string         `json:"title"`
	URI      string         `json:"uri"`
	CRS      string         `json:"crs"`
	Axes     [2]string      `json:"orderedAxes"`
	ScaleSet string         `json:"wellKnownScaleSet,omitempty"`
	Matrices []tiles.Matrix `json:"tileMatrices"`
}

// matrixSets lists the tile matrix sets.
func (s *Server) matrixSets(c echo.Context) error {
	f, err := s.formatOf(c, documents)
	if err != nil {
		return err
	}
	type item struct {
		ID    string `json:"id"`
		Title string `json:"title"`
		URI   string `json:"uri"`
		CRS   string `json:"crs"`
		Links []link `json:"links"`
	}
	doc := struct {
		Links []link `json:"links"`
		Sets  []item `json:"tileMatrixSets"`
	}{Links: s.selfLinks(c, f, documents)}
	for _, set := range s.ground().Tiles.MatrixSets() {
		at := s.root(c) + "/ogc/tileMatrixSets/" + set.ID
		doc.Sets = append(doc.Sets, item{set.ID, set.Title, s.setURI(c, set), set.CRS, []link{
			{Href: at, Rel: "item", Type: typeJSON, Title: set.Title},
			{Href: at, Rel: relTilingScheme, Type: typeJSON, Title: set.Title},
		}})
	}
	return s.render(c, f, doc, "matrixsets", view{Title: "瓦片矩阵集", TitleEn: "Tile matrix sets", Crumbs: crumbs("tileMatrixSets", "瓦片矩阵集 Tile matrix sets"), Data: doc.Sets})
}

// matrixSet is the definition of one of them.
func (s *Server) matrixSet(c echo.Context) error {
	f, err := s.formatOf(c, documents)
	if err != nil {
		return err
	}
	set, err := s.ground().Tiles.MatrixSet(param(c, "set"))
	if err != nil {
		return err
	}
	doc := matrixSetDoc{set.ID, set.Title, s.setURI(c, set), set.CRS, set.Axes, set.ScaleSet, set.Matrices()}
	way := crumbs("tileMatrixSets", "瓦片矩阵集 Tile matrix sets", set.ID, set.ID)
	return s.render(c, f, doc, "matrixset", view{Title: set.ID, TitleEn: set.Title, Crumbs: way, Data: doc})
}
