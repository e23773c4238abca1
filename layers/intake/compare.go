package intake

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"onemap/layers"
)

const (
	comparedLayers   = 12
	comparedVertices = 150              // with one layer
	comparePatience  = 5 * time.Second  // with one layer
	compareTime      = 12 * time.Second // with all
	aLotFarther      = 0.02             // degrees around a layer in which shifted data of it lies
	metresOfDegree   = 111_320.0        // at most
)

// suspect compares vertices, in degrees of EPSG:4490, with layers near them. It returns the evidence that they are shifted, nil
// for none, the layer that speaks against it, with which they coincide as they stand, and the layers that were too slow to tell.
func suspect(ctx context.Context, store *layers.Store, actor layers.Actor, target string, areal string, vertices [][2]float64) (found *evidence, contrary *layers.Layer, slow []*layers.Layer, err error) {
	all, err := store.Layers(ctx, actor)
	if err != nil {
		return nil, nil, nil, err
	}
	began := time.Now()
	for _, c := range comparable(all, target, areal, vertices) {
		if time.Since(began) > compareTime {
			slow = append(slow, c.layer)
			continue
		}
		near, err := compare(ctx, store, actor, c.layer, c.vertices)
		switch {
		case errors.Is(err, layers.ErrTimeout) && ctx.Err() == nil:
			slow = append(slow, c.layer)
			continue
		case errors.Is(err, layers.ErrNotFound): // dropped meanwhile
			continue
		case err != nil:
			return nil, nil, nil, err
		}
		e, ok := judgeOffset(near)
		e.layer = c.layer
		switch {
		case !ok:
		case e.datum == "":
			return found, c.layer, nil, nil
		case found == nil:
			found = &e
		}
	}
	return found, nil, slow, nil
}

// comparison is a layer and the vertices that may coincide with it.
type comparison struct {
	layer    *layers.Layer
	vertices [][2]float64
}

// comparable are the layers that may tell, the likeliest first: the one that is written to, those of the same kind, those most
// of the vertices are in, those that reach as far. areal is the kind of the file's geometries.
func comparable(all []*layers.Layer, target, areal string, vertices [][2]float64) []comparison {
	var found []comparison
	for _, l := range all {
		if l.Bounds == nil || l.Table.Geom == "" || l.Table.Key == "" || !layers.Geographic(l.SRID) {
			continue
		}
		c := comparison{layer: l}
		for _, v := range vertices {
			if b := l.Bounds; v[0] > b[0]-aLotFarther && v[0] < b[2]+aLotFarther && v[1] > b[1]-aLotFarther && v[1] < b[3]+aLotFarther {
				c.vertices = append(c.vertices, v)
			}
		}
		if len(c.vertices) > 0 {
			found = append(found, c)
		}
	}
	weight := func(c comparison) int {
		switch {
		case c.layer.Name == target:
			return 2
		case areal != "" && strings.HasSuffix(strings.ToLower(c.layer.GeometryType), areal):
			return 1
		}
		return 0
	}
	reach := layers.Bounds{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, v := range vertices {
		reach = reach.Extend(layers.Bounds{v[0], v[1], v[0], v[1]})
	}
	slices.SortStableFunc(found, func(a, b comparison) int {
		return cmp.Or(cmp.Compare(weight(b), weight(a)), cmp.Compare(len(b.vertices), len(a.vertices)),
			cmp.Compare(likeness(*b.layer.Bounds, reach), likeness(*a.layer.Bounds, reach)))
	})
	return found[:min(len(found), comparedLayers)]
}

// likeness is how much of what two bounds cover both do, from 0 to 1: a shift changes the bounds of a layer little.
func likeness(a, b layers.Bounds) float64 {
	area := func(b layers.Bounds) float64 { return max(b[2]-b[0], 0) * max(b[3]-b[1], 0) }
	both := area(layers.Bounds{max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])})
	return both / max(area(a)+area(b)-both, math.SmallestNonzeroFloat64)
}

// compare measures how far vertices are from a layer, in metres, by datum, by aside, by vertex, beyond reach +Inf. Only ways of
// reading that may decide are also moved aside: most are not, and moving is four fifths of the work.
func compare(ctx context.Context, store *layers.Store, actor layers.Actor, l *layers.Layer, vertices [][2]float64) ([][][]float64, error) {
	vertices = thinned(vertices, comparedVertices)
	n := len(vertices)
	var points [][2]float64
	for _, datum := range offsetDatums {
		points = appendMoved(points, datum, asides[0], vertices)
	}
	distances, err := metres(ctx, store, actor, l, points)
	if err != nil {
		return nil, err
	}
	near := make([][][]float64, len(offsetDatums))
	var likely []int
	points = points[:0]
	for i, datum := range offsetDatums {
		near[i] = append(near[i], distances[i*n:(i+1)*n])
		if 2*within(near[i][0], offsetReach) < n { // see evidence.decides
			continue
		}
		likely = append(likely, i)
		for _, aside := range asides[1:] {
			points = appendMoved(points, datum, aside, vertices)
		}
	}
	if len(likely) == 0 {
		return near, nil
	}
	if distances, err = metres(ctx, store, actor, l, points); err != nil {
		return nil, err
	}
	for _, i := range likely {
		for range asides[1:] {
			near[i], distances = append(near[i], distances[:n]), distances[n:]
		}
	}
	return near, nil
}

// appendMoved appends vertices read in one way and moved aside.
func appendMoved(points [][2]float64, datum Datum, aside [2]float64, vertices [][2]float64) [][2]float64 {
	for _, v := range vertices {
		lon, lat := datum.unshift(v[0], v[1])
		points = append(points, [2]float64{lon + aside[0]/metresOfDegree/math.Cos(lat*degree), lat + aside[1]/metresOfDegree})
	}
	return points
}

// metres are the distances of points from a layer.
func metres(ctx context.Context, store *layers.Store, actor layers.Actor, l *layers.Layer, points [][2]float64) ([]float64, error) {
	distances, err := store.Distances(ctx, actor, l.Name, points, offsetReach/metresOfDegree, comparePatience)
	for i := range distances {
		distances[i] *= metresOfDegree
	}
	return distances, err
}

// thinned are up to most of different vertices, evenly.
func thinned(vertices [][2]float64, most int) [][2]float64 {
	vertices = slices.Clone(vertices)
	slices.SortFunc(vertices, func(a, b [2]float64) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	vertices = slices.Compact(vertices)
	if len(vertices) <= most {
		return vertices
	}
	few := make([][2]float64, most)
	for i := range few {
		few[i] = vertices[i*len(vertices)/most]
	}
	return few
}
