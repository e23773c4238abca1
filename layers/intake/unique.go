package intake

import (
	"hash/maphash"
)

// maxUnique is how many values uniqueness remembers: 32 MB of a table, and half as much while it grows.
const maxUnique = 3_300_000

// seed makes a hash that no file can be written against.
var seed = maphash.MakeSeed()

// uniqueness finds out whether all values of a field differ. It remembers 64 bits of each: two that share them count as
// the same, so that it may doubt an identifier without reason, about once in a million files, but never trusts wrongly.
type uniqueness struct {
	table  []uint64 // open addressing; 0 = free
	used   int
	twice  string // a value that is there twice
	failed bool
}

// add takes a value into account.
func (u *uniqueness) add(v []byte) {
	if u.failed {
		return
	}
	h := maphash.Bytes(seed, v) | 1<<63 // never 0
	if u.used*5 >= len(u.table)*4 && !u.grow() {
		return
	}
	if !put(u.table, h) {
		u.failed, u.twice, u.table = true, sample(v), nil
		return
	}
	u.used++
}

// grow makes room, or gives up.
func (u *uniqueness) grow() bool {
	if u.used >= maxUnique {
		u.failed, u.table = true, nil
		return false
	}
	larger := make([]uint64, max(1024, 2*len(u.table)))
	for _, h := range u.table {
		if h != 0 {
			put(larger, h)
		}
	}
	u.table = larger
	return true
}

// put stores a hash; false where it is there already.
func put(table []uint64, h uint64) bool {
	mask := uint64(len(table) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		switch table[i] {
		case 0:
			table[i] = h
			return true
		case h:
			return false
		}
	}
}
