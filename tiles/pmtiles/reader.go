package pmtiles

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
)

// Reader reads an archive. It is safe for concurrent use.
type Reader struct {
	Header
	Metadata map[string]any
	file     io.ReaderAt
	size     uint64
	root     []entry
	mu       sync.Mutex
	leaves   map[uint64][]entry // by offset; some of them
	kept     int                // entries of them
}

// mostPacked is the largest directory, metadata or tile that is read from the file.
const mostPacked = 16 << 20

// deepest is how many directories one may lie below the other.
const deepest = 4

// NewReader opens an archive of so many bytes. Whatever these are, it ends, and takes no more memory than some 100 MB: that
// much a directory may have that says it is one.
func NewReader(file io.ReaderAt, size int64) (*Reader, error) {
	r := &Reader{file: file, size: uint64(max(0, size)), leaves: map[uint64][]entry{}}
	head, err := r.read(0, headerLen)
	if err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	if r.Header, err = decodeHeader(head); err != nil {
		return nil, err
	}
	if r.root, err = r.directory(r.rootAt, r.rootLen); err != nil {
		return nil, fmt.Errorf("read the root directory: %w", err)
	}
	packed, err := r.read(r.metaAt, r.metaLen)
	if err == nil {
		packed, err = r.unpack(packed)
	}
	if err == nil {
		err = json.Unmarshal(packed, &r.Metadata)
	}
	if err != nil {
		return nil, fmt.Errorf("read the metadata: %w", err)
	}
	return r, nil
}

// Zipped reports whether tiles are compressed by gzip; otherwise they are not compressed.
func (r *Reader) Zipped() bool { return r.tileCompression == zipped }

// Tile returns a tile as it lies in the archive; nil where there is none.
func (r *Reader) Tile(z, x, y int) ([]byte, error) {
	id, entries := ID(z, x, y), r.root
	for range deepest {
		e, ok := find(entries, id)
		if !ok {
			return nil, nil
		}
		if e.run > 0 {
			body, err := r.read(r.tilesAt+e.offset, uint64(e.length))
			if err != nil {
				return nil, fmt.Errorf("read tile %d/%d/%d: %w", z, x, y, err)
			}
			return body, nil
		}
		var err error
		if entries, err = r.leaf(e); err != nil {
			return nil, fmt.Errorf("read tile %d/%d/%d: %w", z, x, y, err)
		}
	}
	return nil, fmt.Errorf("read tile %d/%d/%d: directories are too deep", z, x, y)
}

func (r *Reader) leaf(e entry) ([]entry, error) {
	r.mu.Lock()
	entries, ok := r.leaves[e.offset]
	r.mu.Unlock()
	if ok {
		return entries, nil
	}
	entries, err := r.directory(r.leavesAt+e.offset, uint64(e.length))
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept += len(entries); r.kept > mostEntries {
		clear(r.leaves)
		r.kept = len(entries)
	}
	r.leaves[e.offset] = entries
	return entries, nil
}

// IDs yields the numbers of all tiles, as the directories have them. It ends early where one of these can not be read.
func (r *Reader) IDs() iter.Seq[uint64] {
	return func(yield func(uint64) bool) { r.walk(r.root, deepest, yield) }
}

func (r *Reader) walk(entries []entry, depth int, yield func(uint64) bool) bool {
	for _, e := range entries {
		for i := range uint64(e.run) {
			if !yield(e.id + i) {
				return false
			}
		}
		if e.run > 0 {
			continue
		}
		below, err := r.leaf(e)
		if err != nil || depth == 0 || !r.walk(below, depth-1, yield) {
			return false
		}
	}
	return true
}

func (r *Reader) directory(at, length uint64) ([]entry, error) {
	packed, err := r.read(at, length)
	if err != nil {
		return nil, err
	}
	plain, err := r.unpack(packed)
	if err != nil {
		return nil, err
	}
	return readDirectory(plain)
}

func (r *Reader) unpack(packed []byte) ([]byte, error) {
	if r.innerCompression != zipped {
		return packed, nil
	}
	return unpack(packed)
}

// errBeyond says that the file is too short for what it says is in it.
var errBeyond = errors.New("the file ends before; it is not whole")

func (r *Reader) read(at, length uint64) ([]byte, error) {
	if length > mostPacked {
		return nil, fmt.Errorf("it would have %d bytes; the most is %d", length, mostPacked)
	}
	if at > r.size || length > r.size-at {
		return nil, errBeyond
	}
	b := make([]byte, length)
	if _, err := r.file.ReadAt(b, int64(at)); err != nil && (err != io.EOF || length != 0) {
		return nil, err
	}
	return b, nil
}
