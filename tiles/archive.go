package tiles

import (
	"context"
	"io"
	"strings"

	"github.com/paulmach/orb"

	"onemap/layers"
	"onemap/tiles/pmtiles"
)

// ArchiveOptions says what goes into an archive.
type ArchiveOptions struct {
	Layers           []string
	Set              *MatrixSet       // nil = WebMercatorQuad, the only one that all readers of archives expect
	Bounds           *layers.Bounds   // degrees; nil = all that the layers have
	Area             orb.MultiPolygon // degrees; only tiles that meet it, too; nil = all of the bounds
	MinZoom, MaxZoom int
	AsOf             int64 // the position whose tiles it holds; 0 = the last
	Since            int64 // only tiles that have changed after this position; 0 = all
	Properties       []string
	Progress         func(done, total int64)
}

// Archive is what has been written.
type Archive struct {
	Position int64         `json:"position"` // of the log; the tiles are those as of it
	Since    int64         `json:"since,omitempty"`
	Bounds   layers.Bounds `json:"bounds"`
	MinZoom  int           `json:"minZoom"`
	MaxZoom  int           `json:"maxZoom"`
	Tiles    int64         `json:"tiles"`
	Bytes    int64         `json:"bytes"` // of tiles, before equal ones are stored once
	Empty    int64         `json:"empty"` // places without data: left out, or, since a position, written as tiles of nothing
}

// mostArchived is how many places an archive may look at.
const mostArchived = 4 << 20

// WriteArchive writes tiles of some layers as a PMTiles archive, all as of one position of the log, which its metadata
// names. With Since, it holds only what has changed in between, and tiles without layers where nothing is left: put over an
// archive of that position, the same layers, bounds and zooms, it makes the one of this position.
//
// Tiles are drawn anew, several at a time, and nothing of it is kept in the cache; it takes its turn among other readers of
// tiles. Layers may be written to meanwhile. What is not logged, or keeps no past, is as it is when it is drawn; a change of
// the second kind meanwhile, or of how a layer is described, is ErrConflict. Other errors are as of Find.
func (t *Tiles) WriteArchive(ctx context.Context, actor layers.Actor, w io.WriteSeeker, opt ArchiveOptions) (*Archive, error) {
	plan, err := t.planArchive(ctx, actor, opt)
	if err != nil {
		return nil, err
	}
	out, err := pmtiles.NewWriter(w)
	if err != nil {
		return nil, err
	}
	a := &Archive{Position: plan.position, Since: opt.Since, Bounds: plan.bounds, MinZoom: opt.MinZoom, MaxZoom: opt.MaxZoom}
	err = t.drawAll(ctx, actor, plan, func(tile Tile, body *Body) error {
		if body.Empty() {
			a.Empty++
			if opt.Since == 0 {
				return nil
			}
		}
		zipped := body.gzip() // of nothing too: it says that there is nothing any more
		a.Tiles++
		a.Bytes += int64(len(zipped))
		return out.Add(tile.Z, tile.X, tile.Y, zipped)
	})
	if err != nil {
		return nil, err
	}
	if a.Tiles == 0 {
		if opt.Since != 0 {
			return a, layers.Refuse(layers.ErrNotFound, "nothing has changed there since position %d; the log is at %d", "自位置 %d 以来该范围没有变化；当前位置为 %d", opt.Since, a.Position)
		}
		return a, layers.Refuse(layers.ErrNotFound, "there is nothing in these bounds and zooms", "该范围和级别内没有数据")
	}
	return a, out.Close(plan.header(), plan.metadata())
}

// CheckArchive returns the errors that WriteArchive would begin with, or how many places it would look at.
func (t *Tiles) CheckArchive(ctx context.Context, actor layers.Actor, opt ArchiveOptions) (places int64, err error) {
	plan, err := t.planArchive(ctx, actor, opt)
	if err != nil {
		return 0, err
	}
	return plan.cover.Count(0), nil
}

func (p *archivePlan) header() pmtiles.Header {
	b := p.bounds
	return pmtiles.Header{MinZoom: p.MinZoom, MaxZoom: p.MaxZoom, West: b[0], South: b[1], East: b[2], North: b[3],
		CenterLon: (b[0] + b[2]) / 2, CenterLat: (b[1] + b[3]) / 2, CenterZoom: min(max(12, p.MinZoom), p.MaxZoom)}
}

// metadata is what TileJSON says of the layers, as readers of PMTiles expect it, and the position.
func (p *archivePlan) metadata() map[string]any {
	doc := DescribeRequest(p.layers, Request{Set: p.Set}, "")
	m := map[string]any{
		"name": doc.Name, "description": doc.Description, "attribution": doc.Attribution, "type": "overlay", "version": "1.0.0",
		"vector_layers": doc.VectorLayers, "onemap:position": p.position, "onemap:layers": strings.Join(p.Layers, ","),
	}
	if p.Since != 0 {
		m["onemap:since"] = p.Since
	}
	if doc.TileMatrixSet != "" {
		m["onemap:tileMatrixSet"], m["onemap:crs"] = doc.TileMatrixSet, doc.CRS
	}
	return m
}
