package format

import "encoding/binary"

// flatTable is a table of FlatBuffers, read without belief: whatever the bytes, nothing beyond them is touched.
// See "FlatBuffers internals": a table begins with the distance back to its vtable, which has the places of its fields.
type flatTable struct {
	b  []byte
	at int
}

// flatRoot is the table that a buffer is about.
func flatRoot(b []byte) (flatTable, bool) {
	if len(b) < 4 {
		return flatTable{}, false
	}
	return flatAt(b, int64(binary.LittleEndian.Uint32(b)))
}

func flatAt(b []byte, at int64) (flatTable, bool) {
	return flatTable{b: b, at: int(at)}, at >= 0 && at+4 <= int64(len(b))
}

// field is the place of a field's value; 0 = the table has none, and the default counts.
func (t flatTable) field(slot int, size int) int {
	vtable := int64(t.at) - int64(int32(binary.LittleEndian.Uint32(t.b[t.at:])))
	if vtable < 0 || vtable+4 > int64(len(t.b)) {
		return 0
	}
	entry := int64(4 + 2*slot)
	if entry+2 > int64(binary.LittleEndian.Uint16(t.b[vtable:])) || vtable+entry+2 > int64(len(t.b)) {
		return 0
	}
	offset := int(binary.LittleEndian.Uint16(t.b[vtable+entry:]))
	if offset == 0 || t.at+offset+size > len(t.b) {
		return 0
	}
	return t.at + offset
}

// byte is a field of one byte, 0 if there is none.
func (t flatTable) byte(slot int) byte {
	if at := t.field(slot, 1); at != 0 {
		return t.b[at]
	}
	return 0
}

// vector is a field that holds a list: its elements' bytes. ok is false when the list goes beyond the buffer.
func (t flatTable) vector(slot, size int) (elements []byte, start int, ok bool) {
	at := t.field(slot, 4)
	if at == 0 {
		return nil, 0, true
	}
	from := int64(at) + int64(binary.LittleEndian.Uint32(t.b[at:]))
	if from+4 > int64(len(t.b)) {
		return nil, 0, false
	}
	n := int64(binary.LittleEndian.Uint32(t.b[from:]))
	end := from + 4 + n*int64(size)
	if end > int64(len(t.b)) {
		return nil, 0, false
	}
	return t.b[from+4 : end : end], int(from + 4), true
}

// table is a field that is a table.
func (t flatTable) table(slot int) (flatTable, bool) {
	at := t.field(slot, 4)
	if at == 0 {
		return flatTable{}, false
	}
	return flatAt(t.b, int64(at)+int64(binary.LittleEndian.Uint32(t.b[at:])))
}

// tables is a field that is a list of tables: their number, and each of them.
func (t flatTable) tables(slot int) (n int, each func(i int) (flatTable, bool), ok bool) {
	list, start, ok := t.vector(slot, 4)
	return len(list) / 4, func(i int) (flatTable, bool) {
		at := start + 4*i
		return flatAt(t.b, int64(at)+int64(binary.LittleEndian.Uint32(t.b[at:])))
	}, ok
}
