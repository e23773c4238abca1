package tiles

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/tiles/mosaic"
	"onemap/tiles/mvt"
)

//go:embed mosaic_rows.sql
var mosaicRowsSQL string

// maker makes parts of one mosaic, in one transaction after another.
type maker struct {
	store   *layers.Store
	observe func(Stage, time.Duration)
	tx      pgx.Tx
	m       *mosaicRow
	design  design
	jobs    []job                    // of making it, while it is made
	fields  map[[3]int]*mosaic.Field // by zoom, column and row; nil = nothing is there
	raster  *mosaic.Raster
	pricing *pricing // under way
}

// mostFields is how many fields are held at once: a tile takes sixteen.
const mostFields = 40

// job does a job, or some of it: prices are found in small pieces.
func (m *maker) job(ctx context.Context, j job) (done bool, err error) {
	switch j.kind {
	case jobSample:
		_, err = m.sample(ctx, j.x, j.y, pixels{0, 0, mosaic.Chunk, mosaic.Chunk})
	case jobShrink:
		err = m.shrink(ctx, j.zoom, j.x, j.y)
	case jobPrices:
		m.m.priced, m.m.changed = len(m.m.classes), 0
		return m.price(ctx, j.zoom)
	case jobTile:
		tile := Tile{j.zoom, j.x, j.y}
		var body []byte
		if body, err = m.tile(ctx, tile); err == nil && body != nil {
			err = m.put(ctx, tile, body)
		}
	}
	return true, err
}

// sample reads rows into pixels of a chunk of the last zoom, and returns the rectangle of those that have become others.
func (m *maker) sample(ctx context.Context, x, y int, p pixels) (changed pixels, err error) {
	zoom := int(m.m.zooms[1])
	side := circumference / float64(int(2)<<zoom)
	west, north, pixel := float64(x)*side-circumference/2, circumference/2-float64(y)*side, side/mosaic.Chunk
	if m.raster == nil {
		m.raster = mosaic.NewRaster(west, north, side)
	}
	m.raster.Reset(west, north)
	sql, args, err := m.ask(ctx, mosaicRowsSQL)
	if err != nil {
		return changed, err
	}
	args["minx"], args["maxx"] = west+float64(p.x0)*pixel, west+float64(p.x1)*pixel
	args["miny"], args["maxy"] = north-float64(p.y1)*pixel, north-float64(p.y0)*pixel
	rows, err := m.tx.Query(ctx, sql, args)
	if err != nil {
		return changed, err
	}
	if err := m.fill(rows); err != nil {
		return changed, err
	}
	old, err := m.field(ctx, zoom, x, y)
	if err != nil {
		return changed, err
	}
	f := old.Patched(m.raster.Field(), p.x0, p.y0, p.x1, p.y1)
	var n int
	if changed.x0, changed.y0, changed.x1, changed.y1, n = f.Differs(old); n == 0 {
		return changed, nil
	}
	m.m.changed += int64(n)
	return changed, m.keep(ctx, zoom, x, y, f)
}

// fill paints rows.
func (m *maker) fill(rows pgx.Rows) error {
	defer rows.Close()
	for rows.Next() {
		v := rows.RawValues()
		if v[1] == nil {
			continue
		}
		if err := m.raster.Fill(v[1], m.m.class(v[0])); err != nil {
			return err
		}
	}
	return rows.Err()
}

// ask fills a question about the mosaic's rows with their names.
func (m *maker) ask(ctx context.Context, sql string) (string, pgx.StrictNamedArgs, error) {
	l := m.design.layer
	query := layers.Query{}
	if m.design.where != nil {
		query.Equal = []layers.Equal{*m.design.where}
	}
	rows, err := m.store.Rows(ctx, l, query)
	if err != nil {
		return "", nil, err
	}
	class := "null::text"
	if m.m.by != "" {
		class = ident(m.m.by) + "::text"
	}
	args := pgx.StrictNamedArgs{}
	for name, v := range rows.Args {
		args[name] = v
	}
	return strings.NewReplacer("/* class */", class, "/* geometry */", ident(l.Table.Mercator), "/* table */", rows.From,
		"/* filter */", rows.Where, "/* key */", ident(l.Table.Key)).Replace(sql), args, nil
}

// class is the number of a class by its value. Values beyond the last number there is share that.
func (m *mosaicRow) class(value []byte) uint8 {
	i := slices.IndexFunc(m.classes, func(c *string) bool {
		return value == nil && c == nil || value != nil && c != nil && *c == string(value)
	})
	if i < 0 && len(m.classes) < mosaic.MostClasses {
		var c *string
		if value != nil {
			text := string(value)
			c = &text
		}
		m.classes = append(m.classes, c)
		i = len(m.classes) - 1
	}
	if i < 0 {
		i = mosaic.MostClasses - 1
	}
	return uint8(i + 1)
}

// field is one of a chunk; nil = nothing is there.
func (m *maker) field(ctx context.Context, zoom, x, y int) (*mosaic.Field, error) {
	at := [3]int{zoom, x, y}
	if f, ok := m.fields[at]; ok {
		return f, nil
	}
	var data []byte
	err := m.tx.QueryRow(ctx, "select data from onemap.mosaic_field where mosaic = $1 and zoom = $2 and x = $3 and y = $4", m.m.id, zoom, x, y).Scan(&data)
	if err == pgx.ErrNoRows {
		m.hold(at, nil)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	f, err := mosaic.DecodeField(data)
	if err != nil {
		return nil, fmt.Errorf("chunk %d/%d of zoom %d: %w", x, y, zoom, err)
	}
	m.hold(at, f)
	return f, nil
}

func (m *maker) hold(at [3]int, f *mosaic.Field) {
	if len(m.fields) >= mostFields || m.fields == nil {
		m.fields = map[[3]int]*mosaic.Field{}
	}
	m.fields[at] = f
}

// keep stores a field.
func (m *maker) keep(ctx context.Context, zoom, x, y int, f *mosaic.Field) (err error) {
	if f.Empty() {
		_, err = m.tx.Exec(ctx, "delete from onemap.mosaic_field where mosaic = $1 and zoom = $2 and x = $3 and y = $4", m.m.id, zoom, x, y)
		f = nil
	} else {
		_, err = m.tx.Exec(ctx, `insert into onemap.mosaic_field (mosaic, zoom, x, y, data) values ($1, $2, $3, $4, $5)
			on conflict (mosaic, zoom, x, y) do update set data = excluded.data`, m.m.id, zoom, x, y, f.Encode())
	}
	m.hold([3]int{zoom, x, y}, f)
	return err
}

// shrink makes a field of a zoom of those of the next.
func (m *maker) shrink(ctx context.Context, zoom, x, y int) (err error) {
	var quarters [4]*mosaic.Field
	for i := range quarters {
		if quarters[i], err = m.field(ctx, zoom+1, 2*x+i%2, 2*y+i/2); err != nil {
			return err
		}
	}
	return m.keep(ctx, zoom, x, y, mosaic.Shrink(quarters, int(m.m.zooms[1])-zoom))
}

// window is what has to be known to make a tile.
func (m *maker) window(ctx context.Context, r *mosaic.Recipe, t Tile) (f *mosaic.Field, err error) {
	n, margin := r.Cells(), r.Margin()
	get := func(column, row int) *mosaic.Field {
		field, failed := m.field(ctx, t.Z+deeper(r.Scale), column, row)
		if failed != nil {
			err = failed
		}
		return field
	}
	f = mosaic.Window(get, t.X*n-margin, t.Y*n-margin, n+2*margin, n+2*margin)
	return f, err
}

// recipe is that of a zoom, with its prices, or where it has none yet those of the zoom below.
func (m *maker) recipe(ctx context.Context, zoom int) (*mosaic.Recipe, error) {
	r := m.m.recipe(zoom)
	var prices []float64
	err := m.tx.QueryRow(ctx, "select prices from onemap.mosaic_zoom where mosaic = $1 and zoom >= $2 order by zoom limit 1", m.m.id, zoom).Scan(&prices)
	if err == pgx.ErrNoRows {
		return r, nil
	}
	copy(r.Prices[:], prices)
	return r, err
}

// tile makes a tile; nil = nothing is in it.
func (m *maker) tile(ctx context.Context, t Tile) ([]byte, error) {
	r, err := m.recipe(ctx, t.Z)
	if err != nil {
		return nil, err
	}
	f, err := m.window(ctx, r, t)
	if err != nil || f.Empty() {
		return nil, err
	}
	return mosaic.Label(f, r).Draw(MostBytes, func(shapes []mosaic.Shape) ([]byte, error) { return deflate(m.encode(shapes)) })
}

// put keeps a tile of a mosaic that is being made.
func (m *maker) put(ctx context.Context, t Tile, body []byte) error {
	_, err := m.tx.Exec(ctx, `insert into onemap.mosaic_tile (mosaic, zoom, x, y, body) values ($1, $2, $3, $4, $5)
		on conflict (mosaic, zoom, x, y) do update set body = excluded.body, made = excluded.made`, m.m.id, t.Z, t.X, t.Y, body)
	return err
}

// encode writes shapes as a layer of a tile: one feature for each class, with the property that is its value.
func (m *maker) encode(shapes []mosaic.Shape) []byte {
	l := m.design.layer
	var keys []string
	p, ok := l.Property(m.m.by)
	if ok {
		keys = []string{p.Name}
	}
	layer := mvt.NewLayer(l.Name, mvt.Grid{Extent: mosaic.Extent, Buffer: mosaic.Buffer}, keys)
	defer layer.Release()
	for _, s := range shapes {
		if i := int(s.Class) - 1; ok && i < len(m.m.classes) && m.m.classes[i] != nil {
			setClass(layer, p.Type, *m.m.classes[i])
		}
		layer.AddRings(s.Rings)
	}
	return layer.AppendTo(nil)
}

// setClass sets a property that was read as text, as a tile has it otherwise.
func setClass(layer *mvt.Layer, t layers.Type, value string) {
	switch t {
	case layers.Integer:
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			layer.Integer(0, n)
		}
	case layers.Number:
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			layer.Number(0, n)
		}
	case layers.Boolean:
		layer.Boolean(0, value == "true")
	default:
		layer.Text(0, []byte(value))
	}
}

// pixelsOf are the pixels of a zoom that bounds, in degrees, touch.
func pixelsOf(b layers.Bounds, zoom int) pixels {
	m := mercator(b)
	n := float64(int(mosaic.Side) << zoom)
	place := func(v float64) int { return int(min(max(math.Floor(v*n), 0), n-1)) }
	return pixels{place(m[0]/circumference + 0.5), place(0.5 - m[3]/circumference), place(m[2]/circumference+0.5) + 1, place(0.5-m[1]/circumference) + 1}
}

// box is the chunks that have some of the pixels.
func (p pixels) box() box {
	const side = mosaic.Chunk
	return box{p.x0 / side, p.y0 / side, (p.x1 - 1) / side, (p.y1 - 1) / side}
}

// in is the part of the pixels that a chunk has, from its own corner.
func (p pixels) in(x, y int) pixels {
	const side = mosaic.Chunk
	return pixels{max(p.x0-x*side, 0), max(p.y0-y*side, 0), min(p.x1-x*side, side), min(p.y1-y*side, side)}
}

// with is the rectangle around both; an empty one is none.
func (p pixels) with(o pixels) pixels {
	if o == (pixels{}) {
		return p
	}
	return pixels{min(p.x0, o.x0), min(p.y0, o.y0), max(p.x1, o.x1), max(p.y1, o.y1)}
}

// from is the rectangle with its places counted from another one on.
func (p pixels) from(x, y int) pixels { return pixels{p.x0 + x, p.y0 + y, p.x1 + x, p.y1 + y} }
