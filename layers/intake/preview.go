package intake

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/simplify"

	"onemap/layers"
)

// most is how many features a preview has.
const most = 2000

// preview writes rows that are spread evenly over the file, simplified to what a screen shows, as GeoJSON.
type preview struct {
	out       io.Writer // nil = nobody looks
	every     int64
	tolerance float64 // degrees
	written   int
	flat      []byte // the geometry without heights
}

func newPreview(out io.Writer, rows int64, bounds *layers.Bounds) *preview {
	p := &preview{out: out, every: max(1, (rows+most-1)/most)}
	if bounds != nil {
		p.tolerance = max(bounds[2]-bounds[0], bounds[3]-bounds[1]) / 4000
	}
	return p
}

func (p *preview) see(index, number int64, geometry []byte) error {
	if p.out == nil || index%p.every != 0 || len(geometry) == 0 {
		return nil
	}
	p.flat = promote(p.flat[:0], geometry, "", false)
	g, _, err := ewkb.Unmarshal(p.flat)
	if err != nil {
		return nil // a kind that orb does not know; the map will show it all the same
	}
	f := geojson.NewFeature(p.simple(g))
	f.Properties = geojson.Properties{"row": number}
	body, err := json.Marshal(f)
	if err != nil {
		return err
	}
	head := ","
	if p.written == 0 {
		head = `{"type":"FeatureCollection","features":[`
	}
	p.written++
	_, err = fmt.Fprintf(p.out, "%s\n%s", head, body)
	return err
}

// simple takes away what can not be seen; what would vanish altogether stays as its bounds.
func (p *preview) simple(g orb.Geometry) orb.Geometry {
	bound := g.Bound()
	if _, point := g.(orb.Point); point || p.tolerance == 0 {
		return g
	}
	if bound.Max[0]-bound.Min[0] < 2*p.tolerance && bound.Max[1]-bound.Min[1] < 2*p.tolerance && g.Dimensions() == 2 {
		return bound.ToPolygon()
	}
	return simplify.DouglasPeucker(p.tolerance).Simplify(orb.Clone(g))
}

func (p *preview) close() error {
	if p.out == nil {
		return nil
	}
	tail := "\n]}\n"
	if p.written == 0 {
		tail = `{"type":"FeatureCollection","features":[]}` + "\n"
	}
	_, err := io.WriteString(p.out, tail)
	return err
}
