package format

import "sort"

// fidSet is a set of numbers that mostly come in order: runs of them, first and last.
type fidSet struct{ runs [][2]int64 }

// add puts n in.
func (s *fidSet) add(n int64) {
	if k := len(s.runs); k > 0 && s.runs[k-1][1]+1 == n {
		s.runs[k-1][1] = n
		return
	} else if k == 0 || s.runs[k-1][1] < n {
		s.runs = append(s.runs, [2]int64{n, n})
		return
	}
	if s.has(n) {
		return
	}
	i := s.after(n)
	s.runs = append(s.runs, [2]int64{})
	copy(s.runs[i+1:], s.runs[i:])
	s.runs[i] = [2]int64{n, n}
}

// has tells whether n is in.
func (s *fidSet) has(n int64) bool {
	i := s.after(n)
	return i > 0 && s.runs[i-1][1] >= n
}

// after is the first run that begins beyond n.
func (s *fidSet) after(n int64) int {
	return sort.Search(len(s.runs), func(i int) bool { return s.runs[i][0] > n })
}
