package mosaic

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"slices"

	"github.com/klauspost/compress/s2"
)

// Field tells for each pixel of a rectangle how many samples of it each class has; what is missing to all of them has none.
type Field struct {
	w, h    int
	start   []uint32 // of each pixel's entries; one more at the end
	entries []entry
}

// entry is what a class has of a pixel. The entries of a pixel are in the order of their classes.
type entry struct {
	class uint8
	n     uint32
}

func newField(w, h int) *Field {
	return &Field{w: w, h: h, start: append(make([]uint32, 0, w*h+1), 0), entries: make([]entry, 0, w*h*3/2)}
}

// mostUp is how many zooms above the deepest a pixel's samples are all counted. Above that they are counted in fours, sixteens …:
// there are more of them than a number holds that is blurred besides.
const mostUp = 9

// Full is how many samples a pixel has, so many zooms above the deepest.
func Full(up int) uint32 { return Samples * Samples << (2 * min(up, mostUp)) }

// tally counts for one pixel.
type tally struct {
	n    [256]uint64
	seen [4]uint64 // a bit for each class that has been counted
}

func (t *tally) add(class uint8, n uint32) {
	t.n[class] += uint64(n)
	t.seen[class>>6] |= 1 << (class & 63)
}

// all counts what a pixel has, so many times.
func (t *tally) all(pixel []entry, times uint32) {
	for _, e := range pixel {
		t.add(e.class, e.n*times)
	}
}

// end ends a pixel with what has been counted, so many being one, and empties the tally.
func (f *Field) end(t *tally, one uint64) {
	for word, seen := range t.seen {
		for ; seen != 0; seen &= seen - 1 {
			class := uint8(word<<6 | bits.TrailingZeros64(seen))
			if n := (t.n[class] + one/2) / one; n > 0 {
				f.entries = append(f.entries, entry{class, uint32(n)})
			}
			t.n[class] = 0
		}
		t.seen[word] = 0
	}
	f.start = append(f.start, uint32(len(f.entries)))
}

// at is what pixel i has; nil has nothing.
func (f *Field) at(i int) []entry {
	if f == nil {
		return nil
	}
	return f.entries[f.start[i]:f.start[i+1]]
}

// of is how many samples of pixel i a class has.
func (f *Field) of(i int, class uint8) uint32 {
	for _, e := range f.at(i) {
		if e.class == class {
			return e.n
		}
	}
	return 0
}

// some is how many samples of pixel i any class has.
func (f *Field) some(i int) (n uint32) {
	for _, e := range f.at(i) {
		n += e.n
	}
	return n
}

// Empty reports whether no class has anything.
func (f *Field) Empty() bool { return len(f.entries) == 0 }

// Shrink makes the field of a zoom, so many above the deepest, of the four below it, in reading order; nil has nothing.
func Shrink(quarters [4]*Field, up int) *Field {
	f := newField(Chunk, Chunk)
	var count tally
	one := uint64(1)
	if up > mostUp {
		one = 4
	}
	for y := range Chunk {
		for x := range Chunk {
			q := quarters[2*(y/(Chunk/2))+x/(Chunk/2)]
			if q != nil {
				at := (2*y%Chunk)*Chunk + 2*x%Chunk
				for _, i := range [4]int{at, at + 1, at + Chunk, at + Chunk + 1} {
					count.all(q.at(i), 1)
				}
			}
			f.end(&count, one)
		}
	}
	return f
}

// copyFrom appends some pixels of another field.
func (f *Field) copyFrom(o *Field, from, to int) {
	f.entries = append(f.entries, o.entries[o.start[from]:o.start[to]]...)
	shift := f.start[len(f.start)-1] - o.start[from]
	for _, start := range o.start[from+1 : to+1] {
		f.start = append(f.start, start+shift)
	}
}

// copyNothing appends empty pixels.
func (f *Field) copyNothing(n int) {
	last := f.start[len(f.start)-1]
	for range n {
		f.start = append(f.start, last)
	}
}

// Window cuts a field of w × h pixels out of those of a map, from pixel x, y on. get returns the field at a place in the map,
// or nil.
func Window(get func(column, row int) *Field, x, y, w, h int) *Field {
	f := newField(w, h)
	for row := y; row < y+h; row++ {
		for left := x; left < x+w; {
			column := floorDiv(left, Chunk)
			right := min(x+w, (column+1)*Chunk)
			at := (row-floorDiv(row, Chunk)*Chunk)*Chunk - column*Chunk
			f.copyAll(get(column, floorDiv(row, Chunk)), at+left, at+right)
			left = right
		}
	}
	return f
}

// Patched is the field of a chunk with the pixels from x0, y0 up to x1, y1 taken from another; nil has nothing.
func (f *Field) Patched(by *Field, x0, y0, x1, y1 int) *Field {
	out := newField(Chunk, Chunk)
	for y := range Chunk {
		row := y * Chunk
		if y < y0 || y >= y1 {
			out.copyAll(f, row, row+Chunk)
			continue
		}
		out.copyAll(f, row, row+x0)
		out.copyAll(by, row+x0, row+x1)
		out.copyAll(f, row+x1, row+Chunk)
	}
	return out
}

// Differs is the rectangle around the pixels of a chunk's field that are others than in another one, from x0, y0 up to x1, y1, and
// how many there are; nil has nothing.
func (f *Field) Differs(o *Field) (x0, y0, x1, y1, n int) {
	x0, y0 = Chunk, Chunk
	for i := range Chunk * Chunk {
		if slices.Equal(f.at(i), o.at(i)) {
			continue
		}
		x, y := i%Chunk, i/Chunk
		x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x+1), max(y1, y+1)
		n++
	}
	return x0, y0, x1, y1, n
}

// copyAll is copyFrom of a field that may be nil.
func (f *Field) copyAll(o *Field, from, to int) {
	if o == nil {
		f.copyNothing(to - from)
		return
	}
	f.copyFrom(o, from, to)
}

func floorDiv(a, b int) int {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}

// Encode writes the field: pixels as runs of equal ones, compressed.
func (f *Field) Encode() []byte {
	var b []byte
	for i := 0; i < f.w*f.h; {
		run := i + 1
		for run < f.w*f.h && slices.Equal(f.at(i), f.at(run)) {
			run++
		}
		es := f.at(i)
		b = binary.AppendUvarint(b, uint64(run-i))
		b = append(b, byte(len(es)))
		for _, e := range es {
			b = append(b, e.class)
			b = binary.AppendUvarint(b, uint64(e.n))
		}
		i = run
	}
	return s2.EncodeBetter(nil, b)
}

var errField = errors.New("a field of the mosaic can not be read")

// DecodeField reads what Encode has written for a field of a map.
func DecodeField(data []byte) (*Field, error) {
	b, err := s2.Decode(nil, data)
	if err != nil {
		return nil, errField
	}
	f := newField(Chunk, Chunk)
	number := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			b = nil
			return 0
		}
		b = b[n:]
		return v
	}
	var es []entry
	for len(b) > 0 {
		run := number()
		if len(b) == 0 || run == 0 || run > uint64(Chunk*Chunk+1-len(f.start)) {
			return nil, errField
		}
		n := int(b[0])
		b, es = b[1:], es[:0]
		for range n {
			if len(b) < 2 {
				return nil, errField
			}
			class := b[0]
			b = b[1:]
			es = append(es, entry{class, uint32(number())})
		}
		for range run {
			f.entries = append(f.entries, es...)
			f.start = append(f.start, uint32(len(f.entries)))
		}
	}
	if len(f.start) != Chunk*Chunk+1 {
		return nil, errField
	}
	return f, nil
}

// cropped is the part of the field where there is anything, with some pixels around it, and where it begins.
func (f *Field) cropped(around int) (x, y int, part *Field) {
	left, right, top, bottom := f.w, 0, f.h, 0
	for row := range f.h {
		from, to := row*f.w, (row+1)*f.w
		if f.start[from] == f.start[to] {
			continue
		}
		top, bottom = min(top, row), row+1
		for i := from; i < to && i-from < left; i++ {
			if f.start[i] != f.start[i+1] {
				left = i - from
			}
		}
		for i := to; i > from && i-from > right; i-- {
			if f.start[i-1] != f.start[i] {
				right = i - from
			}
		}
	}
	left, right = max(0, min(left, right)-around), min(f.w, right+around)
	top, bottom = max(0, min(top, bottom)-around), min(f.h, bottom+around)
	if left == 0 && right == f.w && top == 0 && bottom == f.h {
		return 0, 0, f
	}
	part = newField(right-left, bottom-top)
	for row := top; row < bottom; row++ {
		part.copyFrom(f, row*f.w+left, row*f.w+right)
	}
	return left, top, part
}

// blurred gives every pixel a part of its neighbours in one direction, as a kernel of three or five says; beyond the edge are
// pixels like the last one before it. Samples count as often as the kernel's sum.
func (f *Field) blurred(down bool, kernel []uint32) *Field {
	out := &Field{w: f.w, h: f.h, start: append(make([]uint32, 0, f.w*f.h+1), 0), entries: make([]entry, 0, len(f.entries)*3/2)}
	var count tally
	var around [5][]entry
	for y := range f.h {
		for x := range f.w {
			lone := f.at(y*f.w + x)
			same := len(lone) <= 1
			for k := range kernel {
				around[k] = f.at(f.beside(x, y, k-len(kernel)/2, down))
				same = same && slices.Equal(around[k], lone)
			}
			if same {
				count.all(lone, sum(kernel))
			} else {
				for k, weight := range kernel {
					count.all(around[k], weight)
				}
			}
			out.end(&count, 1)
		}
	}
	return out
}

// beside is the pixel k steps from x, y; at the edge, the last one before it.
func (f *Field) beside(x, y, k int, down bool) int {
	if down {
		return min(max(y+k, 0), f.h-1)*f.w + x
	}
	return y*f.w + min(max(x+k, 0), f.w-1)
}

func sum(kernel []uint32) (n uint32) {
	for _, k := range kernel {
		n += k
	}
	return n
}
