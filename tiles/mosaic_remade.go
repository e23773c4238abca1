package tiles

import "onemap/layers"

// Remade says that tiles of a layer's mosaic were made again: who asks for them from now on gets them as they are now. That
// comes some time after the change it follows, which tiles of rows show at once.
type Remade struct {
	Layer  string         `json:"layer"`
	Zoom   int            `json:"zoom"`
	Bounds *layers.Bounds `json:"bounds,omitempty"` // around the tiles, EPSG:4490; nil = those of all the layer
}

// OnRemade has tell called whenever this node has learned of tiles that were made again. It is called by WatchMosaics, which
// goes on when it returns.
func (t *Tiles) OnRemade(tell func([]Remade)) {
	t.mosaics.mu.Lock()
	defer t.mosaics.mu.Unlock()
	t.mosaics.tell = append(t.mosaics.tell, tell)
}

// AllRemade is what is to be told to one who was away: any tile of a mosaic may have been made again.
func (t *Tiles) AllRemade() (all []Remade) {
	t.mosaics.mu.RLock()
	defer t.mosaics.mu.RUnlock()
	for layer, m := range t.mosaics.ready {
		all = append(all, m.whole(layer)...)
	}
	return all
}

// whole is that all tiles of a mosaic were made again.
func (v *viewed) whole(layer string) (all []Remade) {
	for zoom := v.first; zoom <= v.last; zoom++ {
		all = append(all, Remade{Layer: layer, Zoom: zoom})
	}
	return all
}

// remadeOf is that some tiles were made again, one for each zoom.
func remadeOf(layer string, tiles []Tile) []Remade {
	bounds := map[int]layers.Bounds{}
	for _, t := range tiles {
		b := t.Bounds()
		if other, ok := bounds[t.Z]; ok {
			b = b.Extend(other)
		}
		bounds[t.Z] = b
	}
	all := make([]Remade, 0, len(bounds))
	for zoom, b := range bounds {
		all = append(all, Remade{layer, zoom, &b})
	}
	return all
}
