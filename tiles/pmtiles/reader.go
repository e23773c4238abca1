package pmtiles

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// Reader reads an archive. It is safe for concurrent use.
type Reader struct {
	Header
	Metadata map[string]any
	file     io.ReaderAt
	root     []entry
	mu       sync.Mutex
	leaves   map[uint64][]entry // by offset; some of them
}

// mostLeaves is how many leaf directories are kept in memory.
const mostLeaves = 64

// mostPacked is the largest directory or metadata that is read from the file.
const mostPacked = 32 << 20

// NewReader opens an archive.
func NewReader(file io.ReaderAt) (*Reader, error) {
	r := &Reader{file: file, leaves: map[uint64][]entry{}}
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
		packed, err = unpack(packed)
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
	for depth := 0; depth < 4; depth++ {
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
	if len(r.leaves) >= mostLeaves {
		clear(r.leaves)
	}
	r.leaves[e.offset] = entries
	return entries, nil
}

func (r *Reader) directory(at, length uint64) ([]entry, error) {
	packed, err := r.read(at, length)
	if err != nil {
		return nil, err
	}
	return readDirectory(packed)
}

func (r *Reader) read(at, length uint64) ([]byte, error) {
	if length > mostPacked || at > 1<<62 {
		return nil, fmt.Errorf("%d bytes at %d can not be", length, at)
	}
	b := make([]byte, length)
	if _, err := r.file.ReadAt(b, int64(at)); err != nil && !(err == io.EOF && length == 0) {
		return nil, err
	}
	return b, nil
}
