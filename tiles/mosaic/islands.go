package mosaic

// islands are the cells of a map by what hangs together: of one class, by their sides.
type islands struct {
	runs []run
}

// run is cells of one class side by side in a row.
type run struct {
	from, to int32
	of       int32 // an earlier run of the same island, or itself
}

// islandsOf finds those of a map with rows of w cells.
func islandsOf(label []uint8, w int) *islands {
	m := &islands{runs: make([]run, 0, len(label)/4)}
	above := 0 // the first run of the row above
	for y := 0; y < len(label); y += w {
		row := len(m.runs)
		for x := y; x < y+w; {
			from := x
			for x++; x < y+w && label[x] == label[from]; x++ {
			}
			m.runs = append(m.runs, run{int32(from), int32(x), int32(len(m.runs))})
		}
		for i := row; i < len(m.runs) && above < row; {
			r, up := &m.runs[i], &m.runs[above]
			if label[r.from] == label[up.from] && up.to+int32(w) > r.from {
				m.join(int32(above), int32(i))
			}
			if up.to+int32(w) < r.to {
				above++
			} else {
				i++
			}
		}
		above = row
	}
	return m
}

// island is the first run of the island that a run is of.
func (m *islands) island(i int32) int32 {
	for m.runs[i].of != i {
		m.runs[i].of = m.runs[m.runs[i].of].of
		i = m.runs[i].of
	}
	return i
}

// join makes the islands of two runs one.
func (m *islands) join(i, j int32) {
	i, j = m.island(i), m.island(j)
	m.runs[max(i, j)].of = min(i, j)
}
