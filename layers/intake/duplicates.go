package intake

import "hash/maphash"

// maxRemembered is how many rows are told apart: 50 MB of a table, and half as much while it grows.
const maxRemembered = 3_300_000

// duplicates finds things that have been there before, by 64 bits of each.
type duplicates struct {
	hashes []uint64 // open addressing; 0 = free
	rows   []uint32
	used   int
}

func newDuplicates() *duplicates { return &duplicates{} }

// add remembers the content of a row, and tells the row that had the same before. Beyond maxRemembered it remembers no more.
func (d *duplicates) add(content []byte, row int64) (first int64, again bool) {
	if d.used*5 >= len(d.hashes)*4 {
		d.grow()
	}
	h := maphash.Bytes(seed, content) | 1<<63
	mask := uint64(len(d.hashes) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		switch d.hashes[i] {
		case h:
			return int64(d.rows[i]), true
		case 0:
			if d.used < maxRemembered {
				d.hashes[i], d.rows[i] = h, uint32(row)
				d.used++
			}
			return 0, false
		}
	}
}

func (d *duplicates) grow() {
	hashes, rows := d.hashes, d.rows
	d.hashes, d.rows = make([]uint64, max(1024, 2*len(hashes))), make([]uint32, max(1024, 2*len(hashes)))
	mask := uint64(len(d.hashes) - 1)
	for i, h := range hashes {
		if h == 0 {
			continue
		}
		at := h & mask
		for d.hashes[at] != 0 {
			at = (at + 1) & mask
		}
		d.hashes[at], d.rows[at] = h, rows[i]
	}
}
