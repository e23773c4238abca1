package api

import (
	"slices"

	"onemap/layers"
)

const (
	together = 0.01 // degrees: changes no farther apart are told as one place, about a kilometre
	mostTold = 64   // places of a layer that are told apart at once; of more, one that holds them all
)

// coalesced are changes that are to be told together: what happened near each other in a layer is one. The zero value has none.
type coalesced struct {
	changes []change
}

// add takes one more in. Positions grow.
func (p *coalesced) add(next change) {
	of, near := 0, -1
	for i, c := range p.changes {
		if c.Layer != next.Layer || c.Op != next.Op {
			continue
		}
		of++
		if near < 0 && neighbours(c.Bounds, next.Bounds) {
			near = i
		}
	}
	switch {
	case near >= 0:
		next = joined(p.changes[near], next)
		p.changes = slices.Delete(p.changes, near, near+1)
	case of >= mostTold && next.Bounds != nil:
		p.changes = slices.DeleteFunc(p.changes, func(c change) bool {
			if c.Layer != next.Layer || c.Op != next.Op || c.Bounds == nil {
				return false
			}
			next = joined(c, next)
			return true
		})
	}
	p.changes = append(p.changes, next)
}

// joined is a change and a later one as one.
func joined(c, next change) change {
	if c.Bounds != nil && next.Bounds != nil {
		b := c.Bounds.Extend(*next.Bounds)
		next.Bounds = &b
	}
	return next
}

// neighbours reports whether one place holds both without being much larger: no map asks for much that has not changed.
func neighbours(a, b *layers.Bounds) bool {
	if a == nil || b == nil {
		return a == b
	}
	both := a.Extend(*b)
	for axis := range 2 {
		if both[axis+2]-both[axis] > max(together, a[axis+2]-a[axis], b[axis+2]-b[axis]) {
			return false
		}
	}
	return true
}
