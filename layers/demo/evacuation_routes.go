package demo

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
)

// pair gives whole households of every unit to the nearest open shelters with room; those staying on their platform
// have a place in reserve.
func (v *evacuation) pair() {
	for _, u := range v.units {
		near := slices.Clone(v.shelters)
		slices.SortStableFunc(near, func(a, b *evacShelter) int {
			return cmp.Compare(dist(u.village.Centre, a.at), dist(u.village.Centre, b.at))
		})
		homes := u.homes
		for _, s := range near {
			if len(homes) == 0 {
				break
			}
			if !s.open || s.capacity-s.assigned < 12 {
				continue
			}
			p := &evacPair{unit: u, shelter: s}
			for len(homes) > 0 && s.assigned+v.homes[homes[0]].members <= s.capacity {
				h := &v.homes[homes[0]]
				s.assigned, p.people, p.households = s.assigned+h.members, p.people+h.members, p.households+1
				h.shelter = s.code
				homes = homes[1:]
			}
			if p.people > 0 {
				v.pairs = append(v.pairs, p)
				p.ordinal = 1
				if n := len(v.pairs); n > 1 && v.pairs[n-2].unit == u {
					p.ordinal = v.pairs[n-2].ordinal + 1
				}
			}
		}
	}
}

// routes finds the shortest way of every pairing and adds them up by road.
func (v *evacuation) routes() {
	at := make([][]int, len(v.w.RoadNodes))
	for i, r := range v.w.Roads {
		at[r.From] = append(at[r.From], i)
		at[r.To] = append(at[r.To], i)
	}
	by := make([]*evacLink, len(v.w.Roads))
	r := v.w.Rand("evacuation routes")
	limits := make([]float64, len(v.w.Roads))
	for i := range limits {
		limits[i] = [6]float64{10, 13, 15, 20, 20, 30}[r.IntN(6)]
	}
	for first := 0; first < len(v.pairs); {
		u := v.pairs[first].unit
		last := first
		for last < len(v.pairs) && v.pairs[last].unit == u {
			last++
		}
		via, far := v.search(at, u.node, v.pairs[first:last])
		for _, p := range v.pairs[first:last] {
			if p.shelter.node < 0 || math.IsInf(far[p.shelter.node], 1) {
				continue
			}
			for n := p.shelter.node; via[n] != 0; {
				i := max(via[n], -via[n]) - 1
				if by[i] == nil {
					by[i] = &evacLink{road: i, limit: limits[i]}
				}
				p.metres += length(v.w.Roads[i].Line)
				by[i].along, by[i].back = by[i].along || via[n] > 0, by[i].back || via[n] < 0
				by[i].units, by[i].people = by[i].units+1, by[i].people+p.people
				p.path = append(p.path, via[n])
				if via[n] > 0 {
					n = v.w.Roads[i].From
				} else {
					n = v.w.Roads[i].To
				}
			}
		}
		first = last
	}
	for _, l := range by {
		if l != nil {
			v.links = append(v.links, l)
		}
	}
}

type evacQueue []evacStep

type evacStep struct {
	node int
	far  float64
}

func (q evacQueue) Len() int { return len(q) }
func (q evacQueue) Less(i, j int) bool {
	return q[i].far < q[j].far || q[i].far == q[j].far && q[i].node < q[j].node
}
func (q evacQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *evacQueue) Push(x any)   { *q = append(*q, x.(evacStep)) }
func (q *evacQueue) Pop() any {
	o := *q
	x := o[len(o)-1]
	*q = o[:len(o)-1]
	return x
}

// search is Dijkstra's from node start until all shelters of the pairs are reached; field tracks count double.
// via holds, per node, the road it is reached by: i+1 along its line, -i-1 against, 0 unreached or start.
func (v *evacuation) search(at [][]int, start int, pairs []*evacPair) (via []int, far []float64) {
	via, far = make([]int, len(at)), make([]float64, len(at))
	for i := range far {
		far[i] = math.Inf(1)
	}
	if start < 0 {
		return via, far
	}
	far[start] = 0
	left := map[int]bool{}
	for _, p := range pairs {
		left[p.shelter.node] = true
	}
	for q := (evacQueue{{start, 0}}); len(q) > 0 && len(left) > 0; {
		s := heap.Pop(&q).(evacStep)
		if s.far > far[s.node] {
			continue
		}
		delete(left, s.node)
		for _, i := range at[s.node] {
			r := &v.w.Roads[i]
			to, sign := r.To, i+1
			if r.To == s.node {
				to, sign = r.From, -i-1
			}
			cost := length(r.Line)
			if r.Class == "field" {
				cost *= 2
			}
			if f := s.far + cost; f < far[to] {
				far[to], via[to] = f, sign
				heap.Push(&q, evacStep{to, f})
			}
		}
	}
	return via, far
}
