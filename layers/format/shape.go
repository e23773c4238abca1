package format

import "onemap/layers"

// shape is what the geometries of a layer are like.
type shape struct {
	rows, null, repaired int64
	kind                 string // type of the layer; "" = no geometries
	z                    bool
	bounds               *layers.Bounds
	mean                 float64 // size of one feature in degrees: the longer side of its bounds, on average
	warnings             []string
}
