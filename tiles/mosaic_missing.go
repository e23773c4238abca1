package tiles

import (
	"time"

	"onemap/layers"
)

// Making is the error of a tile of a mosaic that is not made yet, and whose rows are too many to be drawn instead. It is ErrBusy.
type Making struct {
	Layer string
	Done  float64 // part of the steps of making the mosaic
}

func (m Making) Error() string { return m.Words().En }

// Words are what is told to who asked.
func (m Making) Words() layers.Words {
	return layers.Say("the small-scale map of layer %q is being made, %d %% are done; ask again in a few seconds, or zoom in",
		"正在生成图层“%s”的小比例尺地图，已完成 %d%%；请稍后再试，或放大地图查看", m.Layer, int(100*m.Done))
}

func (m Making) Unwrap() error { return ErrBusy }

// Rows are drawn instead of a mosaic that is being made where a tile has not many more than that, by its part of the layer's bounds,
// and for that long.
const (
	mostInstead = 200_000
	longInstead = 800 * time.Millisecond
)

// making is the error of a tile that would be of a mosaic and can not be yet, because one is being made.
func (t *Tiles) making(l *layers.Layer, k key) error {
	if !ofMosaic(l, k) {
		return nil
	}
	done, ok := t.mosaics.making(l.Name)
	if !ok {
		return nil
	}
	return Making{l.Name, done}
}

// tooMany reports whether a tile has too many rows to be drawn while its mosaic is made.
func tooMany(l *layers.Layer, t Tile) bool {
	if l.Bounds == nil {
		return false
	}
	all, b := *l.Bounds, t.Bounds()
	within := layers.Bounds{max(all[0], b[0]), max(all[1], b[1]), min(all[2], b[2]), min(all[3], b[3])}
	return float64(l.Count)*area(within) > mostInstead*area(all)
}

func area(b layers.Bounds) float64 { return max(0, b[2]-b[0]) * max(0, b[3]-b[1]) }

// making is how far a layer's mosaic is that is being made, as a part of its steps.
func (v *mosaics) making(layer string) (done float64, ok bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, m := range v.all {
		if m.Layer == layer && !m.Ready {
			return float64(m.Done) / float64(max(1, m.Total)), true
		}
	}
	return 0, false
}
