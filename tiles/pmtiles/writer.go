package pmtiles

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Writer writes an archive. Tiles come in the order of their numbers (ID).
type Writer struct {
	file    io.WriteSeeker
	out     *bufio.Writer
	offset  uint64 // of the next tile, in its section
	entries []entry
	tiles   uint64
	stored  uint64             // different contents
	seen    map[[16]byte]entry // contents → where they are
	last    uint64
}

// mostSeen is how many contents are remembered to be stored once; the usual repetition, a tile of nothing but one land
// class, comes soon and often.
const mostSeen = 1 << 18

// NewWriter begins an archive at the beginning of a file.
func NewWriter(file io.WriteSeeker) (*Writer, error) {
	w := &Writer{file: file, out: bufio.NewWriterSize(file, 1<<20), seen: map[[16]byte]entry{}}
	_, err := w.out.Write(make([]byte, firstPart)) // header and root directory come last
	return w, err
}

// Add writes a tile, compressed by gzip.
func (w *Writer) Add(z, x, y int, body []byte) error {
	id := ID(z, x, y)
	if len(body) == 0 || w.tiles > 0 && id <= w.last {
		return fmt.Errorf("tile %d/%d/%d of %d bytes is out of order or empty", z, x, y, len(body))
	}
	w.last = id
	w.tiles++
	sum := sha256.Sum256(body)
	key := [16]byte(sum[:16])
	e, known := w.seen[key]
	if n := len(w.entries); known && n > 0 && w.entries[n-1].offset == e.offset && w.entries[n-1].id+uint64(w.entries[n-1].run) == id {
		w.entries[n-1].run++
		return nil
	}
	if !known {
		e = entry{offset: w.offset, length: uint32(len(body))}
		if len(w.seen) < mostSeen {
			w.seen[key] = e
		}
		w.stored++
		w.offset += uint64(len(body))
		if _, err := w.out.Write(body); err != nil {
			return err
		}
	}
	e.id, e.run = id, 1
	w.entries = append(w.entries, e)
	return nil
}

// Close writes the directories, the metadata and the header, of which the caller gives zooms, bounds and centre.
func (w *Writer) Close(h Header, metadata map[string]any) error {
	if w.tiles == 0 {
		return errors.New("an archive needs a tile")
	}
	root, leaves, err := directories(w.entries)
	if err != nil {
		return err
	}
	text, err := json.Marshal(metadata)
	if err != nil {
		return err
	}
	packed, err := pack(text)
	if err != nil {
		return err
	}
	h.tilesAt, h.tilesLength = firstPart, w.offset
	h.metaAt, h.metaLen = h.tilesAt+h.tilesLength, uint64(len(packed))
	h.leavesAt, h.leavesLen = h.metaAt+h.metaLen, uint64(len(leaves))
	h.rootAt, h.rootLen = headerLen, uint64(len(root))
	h.Addressed, h.Entries, h.Contents = w.tiles, uint64(len(w.entries)), w.stored
	for _, b := range [][]byte{packed, leaves} {
		if _, err := w.out.Write(b); err != nil {
			return err
		}
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	if _, err := w.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = w.file.Write(append(h.encode(), root...))
	return err
}

// directories makes a root directory that fits before the tiles, and the leaf directories it points to where not all
// entries do.
func directories(entries []entry) (root, leaves []byte, err error) {
	const room = firstPart - headerLen
	if root, err = appendDirectory(entries); err != nil || len(root) <= room {
		return root, nil, err
	}
	for size := 4096; ; size *= 2 {
		leaves = leaves[:0]
		var top []entry
		for at := 0; at < len(entries); at += size {
			leaf, err := appendDirectory(entries[at:min(at+size, len(entries))])
			if err != nil {
				return nil, nil, err
			}
			top = append(top, entry{id: entries[at].id, offset: uint64(len(leaves)), length: uint32(len(leaf))})
			leaves = append(leaves, leaf...)
		}
		if root, err = appendDirectory(top); err != nil || len(root) <= room {
			return root, leaves, err
		}
	}
}
