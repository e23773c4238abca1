package mvt

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// Features rank by their size: polygons by their area, lines by the square of their length, both on the grid and whole, not
// as the tile cuts them, so that neighbours leave out the same. What is of a size, within twice of it, goes by halves; which
// is chance, that of its id. Points have no size, and go by halves all the way.
const (
	sizes  = 24 // classes of size above the smallest
	halves = 10
	ranks  = (sizes+1)*halves - 1 // the highest rank
)

// The side of a tile has pixels, for which an extent of 4096 is meant. The smallest class of size is what is below firstArea
// of them.
const (
	pixels    = 512
	firstArea = 1.0 / 64
)

// mostWeight is how much a layer holds while it is read. The smallest of what is more goes at once.
const mostWeight = 4 << 20

// featureWeight is about what a feature weighs besides its values and its geometry.
const featureWeight = 16

// rank is that of the geometry encoded last.
func (s *shape) rank(id int64, wkb []byte) uint8 {
	pixel := float64(s.grid.Extent) / pixels
	size, half := max(s.area, s.length*s.length)/(pixel*pixel), bits.TrailingZeros64(chance(id, wkb))
	if size <= 0 {
		return uint8(min(half, sizes) * halves)
	}
	return uint8(min(max(math.Ilogb(size/firstArea)+1, 0), sizes)*halves + min(half, halves-1))
}

// chance is a number that is another for another feature (the finaliser of MurmurHash3; FNV-1a where there is no id).
func chance(id int64, wkb []byte) uint64 {
	h := uint64(id)
	if id < 0 {
		h = 14695981039346656037
		for _, b := range wkb {
			h = (h ^ uint64(b)) * 1099511628211
		}
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// Step is the least step of thinning beyond the last that leaves no more than a share of what the layer weighs. The same
// features give the same step in whatever order they came. ok is false where it would leave nothing.
func (l *Layer) Step(share float64) (step int, ok bool) {
	return l.step(int(share * float64(l.weight)))
}

// step is the least that leaves no more than a weight.
func (l *Layer) step(most int) (step int, ok bool) {
	left := l.weight
	for step = l.floor; step < ranks; {
		left -= l.weights[step]
		if step++; left > 0 && left <= most {
			return step, true
		}
	}
	return step, false
}

// Thin leaves out the features that rank below a step, and those that are added later too.
func (l *Layer) Thin(step int) {
	if step <= l.floor {
		return
	}
	for ; l.floor < step; l.floor++ {
		l.weight -= l.weights[l.floor]
		l.weights[l.floor] = 0
	}
	l.features = slices.DeleteFunc(l.features, func(f feature) bool { return int(f.rank) < step })
	l.order()
}

// lighten thins a layer that has become heavy, as little as it takes.
func (l *Layer) lighten() {
	if step, ok := l.step(mostWeight); ok {
		l.Thin(step)
	}
}

// Among keeps the features that have the id of one in another layer; those without an id stay.
func (l *Layer) Among(other *Layer) {
	if !other.tidy {
		other.order()
	}
	l.features = slices.DeleteFunc(l.features, func(f feature) bool {
		_, found := slices.BinarySearchFunc(other.features, f.id, func(o feature, id int64) int { return cmp.Compare(o.id, id) })
		return f.id >= 0 && !found
	})
	l.order()
}

// order puts the features into their order, and the values into that of their first use; others go. What is written then
// says nothing of the order in which the features came, or of those that have gone.
func (l *Layer) order() {
	l.sort()
	l.moved = slices.Grow(l.moved[:0], len(l.values.spans))[:len(l.values.spans)]
	clear(l.moved)
	l.other.begin()
	out := l.spare[:0]
	for i := range l.features {
		f := &l.features[i]
		tags, geometry := l.bytes[f.tags:f.geometry], l.bytes[f.geometry:f.last]
		f.tags = uint32(len(out))
		for len(tags) > 0 {
			key, n := binary.Uvarint(tags)
			place, m := binary.Uvarint(tags[n:])
			tags = tags[n+m:]
			if l.moved[place] == 0 {
				l.moved[place] = l.other.add(l.values.at(uint32(place))) + 1
			}
			out = appendUvarint(appendUvarint(out, uint32(key)), l.moved[place]-1)
		}
		f.geometry = uint32(len(out))
		out = append(out, geometry...)
		f.last = uint32(len(out))
	}
	l.bytes, l.spare = out, l.bytes
	l.values, l.other = l.other, l.values
	clear(l.last)
	l.tidy = true
}

// sort sorts the features by their ids; those that have one id, or none, stay in the order in which they came.
func (l *Layer) sort() {
	if len(l.features) == 0 {
		return
	}
	low, high := l.features[0].id, l.features[0].id
	for _, f := range l.features {
		low, high = min(low, f.id), max(high, f.id)
	}
	places := bits.Len(uint(len(l.features)))
	if bits.Len64(uint64(high)-uint64(low))+places > 64 {
		slices.SortStableFunc(l.features, func(a, b feature) int { return cmp.Compare(a.id, b.id) })
		return
	}
	l.sorting = l.sorting[:0] // numbers sort several times faster than features
	for i, f := range l.features {
		l.sorting = append(l.sorting, (uint64(f.id)-uint64(low))<<places|uint64(i))
	}
	slices.Sort(l.sorting)
	l.sorted = slices.Grow(l.sorted[:0], len(l.features))
	for _, n := range l.sorting {
		l.sorted = append(l.sorted, l.features[n&(1<<places-1)])
	}
	l.features, l.sorted = l.sorted, l.features
}
