package ows

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onemap/layers"
	"onemap/tiles"
)

// TileOutOfRange is a row or column where there is no tile (07-057r7, 7.2.3).
const TileOutOfRange = "TileOutOfRange"

// TileFormat is the one format of tiles.
const TileFormat = "application/vnd.mapbox-vector-tile"

// tileFormats are other names by which clients call it.
var tileFormats = []string{TileFormat, "application/x-protobuf", "application/x-protobuf;type=mapbox-vector"}

// defaultStyle is the one style of each layer: vector tiles are drawn by who reads them.
const defaultStyle = "default"

// Operation reads which operation of WMTS 1.0.0 a request is for: GetCapabilities or GetTile.
func Operation(k KVP) (string, error) {
	if _, err := k.OneOf("service", "WMTS"); err != nil {
		return "", err
	}
	if strings.EqualFold(k["request"], "GetFeatureInfo") {
		e := Refuse(OperationNotSupported, "GetFeatureInfo", "vector tiles carry their features; ask /ogc for more of them", "矢量瓦片已含要素；更多属性请访问 /ogc")
		e.Status = http.StatusNotImplemented
		return "", e
	}
	operation, err := k.OneOf("request", "GetCapabilities", "GetTile")
	if err != nil || operation == "GetCapabilities" {
		return operation, err
	}
	_, err = k.OneOf("version", "1.0.0")
	return operation, err
}

// TileAddress is a tile as WMTS names it; nothing of it has been looked up.
type TileAddress struct {
	Layer, Style, Format, Set, Matrix, Row, Column string
}

// ReadTile reads the address in a GetTile request. An empty style is the default one, as many clients send it.
func ReadTile(k KVP) (a TileAddress, err error) {
	if _, ok := k["style"]; !ok {
		return a, Missing("Style")
	}
	a.Style = k["style"]
	for _, p := range []struct {
		name string
		at   *string
	}{{"Layer", &a.Layer}, {"Format", &a.Format}, {"TileMatrixSet", &a.Set}, {"TileMatrix", &a.Matrix}, {"TileRow", &a.Row}, {"TileCol", &a.Column}} {
		if *p.at, err = k.Need(p.name); err != nil {
			return a, err
		}
	}
	return a, nil
}

// Layers are the names in the address: several with commas are one tile with all of them.
func (a TileAddress) Layers() []string { return strings.Split(a.Layer, ",") }

// Find looks up a tile's place: its set among those there are, and its row and column within the limits of the layers.
func (a TileAddress) Find(ls []*layers.Layer, sets []*tiles.MatrixSet) (*tiles.MatrixSet, tiles.Tile, error) {
	fail := func(err error) (*tiles.MatrixSet, tiles.Tile, error) { return nil, tiles.Tile{}, err }
	if a.Style != "" && a.Style != defaultStyle {
		return fail(Invalid("Style", "there is no style %q; want %s", "没有样式“%s”，应为 %s", a.Style, defaultStyle))
	}
	if !slices.Contains(tileFormats, a.Format) {
		return fail(Invalid("Format", "%q is not offered; want %s", "不提供“%s”格式，应为 %s", a.Format, TileFormat))
	}
	i := slices.IndexFunc(sets, func(s *tiles.MatrixSet) bool { return s.ID == a.Set })
	if i < 0 {
		return fail(Invalid("TileMatrixSet", "there is no tile matrix set %q; they are in the capabilities", "没有瓦片矩阵集“%s”，见能力文档", a.Set))
	}
	set := sets[i]
	zoom, err := strconv.Atoi(a.Matrix)
	if err != nil || strconv.Itoa(zoom) != a.Matrix || zoom < set.MinZoom || zoom > set.MaxZoom {
		return fail(Invalid("TileMatrix", "%s has no matrix %q; want %d to %d", "%s 没有级别“%s”，应为 %d 至 %d", set.ID, a.Matrix, set.MinZoom, set.MaxZoom))
	}
	limit, ok := set.Limit(ls, zoom)
	if !ok {
		return fail(Invalid("TileMatrix", "%s has no tiles in matrix %s; the limits are in the capabilities", "%s 在级别 %s 没有瓦片，范围见能力文档", a.Layer, a.Matrix))
	}
	limit = widened(set, limit)
	row, err := inRange("TileRow", a.Row, limit.MinRow, limit.MaxRow)
	if err != nil {
		return fail(err)
	}
	column, err := inRange("TileCol", a.Column, limit.MinColumn, limit.MaxColumn)
	return set, tiles.Tile{Z: zoom, X: column, Y: row}, err
}

// inRange reads a row or a column.
func inRange(name, text string, first, last int) (int, error) {
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, Invalid(name, "%s is %q; want a whole number from %d to %d", "参数 %s 的值为“%s”，应为 %d 至 %d 的整数", name, text, first, last)
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < first || n > last {
		return 0, Refuse(TileOutOfRange, name, "%s %s is out of range; want %d to %d", "%s 的值 %s 超出范围，应为 %d 至 %d", name, text, first, last)
	}
	return n, nil
}
