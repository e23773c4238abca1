// Package pmtiles writes and reads archives of tiles in one file: PMTiles, specification 3.4. Tiles are numbered along a
// Hilbert curve, zoom after zoom; a directory says where in the file each lies; equal tiles are stored once.
//
// The format is small; the library of its authors brings readers for every cloud with it, which nobody here needs.
package pmtiles

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/klauspost/compress/gzip"
)

// Header is what an archive says of itself in its first 127 bytes (specification, section 3).
type Header struct {
	MinZoom, MaxZoom                          int
	West, South, East, North                  float64 // bounds, degrees
	CenterLon, CenterLat                      float64
	CenterZoom                                int
	Addressed, Entries, Contents              uint64 // tiles; entries of directories; different tiles
	rootAt, rootLen, metaAt, metaLen          uint64
	leavesAt, leavesLen, tilesAt, tilesLength uint64
	clustered                                 bool
	tileCompression                           byte
	innerCompression                          byte // of directories and metadata
}

const (
	headerLen = 127
	firstPart = 16384 // header and root directory lie within it
	plain     = 1     // no compression
	zipped    = 2     // gzip, of directories, metadata and tiles
	vector    = 1     // Mapbox Vector Tile
)

// entry is a run of equal tiles in a directory, or, when run is 0, another directory.
type entry struct {
	id     uint64
	offset uint64 // from the beginning of the section of tiles, or of leaf directories
	length uint32
	run    uint32
}

// ID is the number of a tile: along Hilbert's curve within its zoom, after all tiles of the zooms above.
func ID(z, x, y int) uint64 {
	id := (uint64(1)<<(2*z) - 1) / 3
	for s := 1 << z >> 1; s > 0; s >>= 1 {
		rx, ry := x&s, y&s
		id += uint64(s) * uint64(3*rx^ry)
		if ry == 0 { // the quarter is turned
			if rx != 0 {
				x, y = s-1-x&(s-1), s-1-y&(s-1)
			}
			x, y = y, x
		}
		x, y = x&(s-1), y&(s-1)
	}
	return id
}

// Address is the tile of a number.
func Address(id uint64) (z, x, y int) {
	for ; id >= uint64(1)<<(2*z); z++ {
		id -= uint64(1) << (2 * z)
	}
	for s := 1; s < 1<<z; s <<= 1 {
		rx, ry := int(id>>1&1), int((id^id>>1)&1)
		if ry == 0 {
			if rx != 0 {
				x, y = s-1-x, s-1-y
			}
			x, y = y, x
		}
		x, y, id = x+s*rx, y+s*ry, id>>2
	}
	return z, x, y
}

// appendDirectory writes entries as a directory has them (specification, section 4.2).
func appendDirectory(entries []entry) ([]byte, error) {
	b := binary.AppendUvarint(nil, uint64(len(entries)))
	last := uint64(0)
	for _, e := range entries {
		b = binary.AppendUvarint(b, e.id-last)
		last = e.id
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.run))
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.length))
	}
	for i, e := range entries {
		if i > 0 && e.offset == entries[i-1].offset+uint64(entries[i-1].length) {
			b = append(b, 0)
		} else {
			b = binary.AppendUvarint(b, e.offset+1)
		}
	}
	return pack(b)
}

// mostEntries is the most entries of a directory that is read: more is no directory of ours or anybody's.
const mostEntries = 1 << 20

// readDirectory reads what appendDirectory writes.
func readDirectory(plain []byte) ([]entry, error) {
	r := bytes.NewReader(plain)
	var failed error
	next := func() uint64 {
		v, err := binary.ReadUvarint(r)
		failed = cmp.Or(failed, err)
		return v
	}
	n := next()
	if failed != nil || n > mostEntries || n > uint64(len(plain)) {
		return nil, errors.New("a directory is damaged")
	}
	entries := make([]entry, n)
	last := uint64(0)
	for i := range entries {
		last += next()
		entries[i].id = last
	}
	for i := range entries {
		entries[i].run = uint32(next())
	}
	for i := range entries {
		entries[i].length = uint32(next())
	}
	for i := range entries {
		if v := next(); v > 0 {
			entries[i].offset = v - 1
		} else if i > 0 {
			entries[i].offset = entries[i-1].offset + uint64(entries[i-1].length)
		}
	}
	if failed != nil {
		return nil, errors.New("a directory is damaged")
	}
	return entries, nil
}

// find is the entry that has a tile, or the directory in which it is to be looked up.
func find(entries []entry, id uint64) (entry, bool) {
	i, exact := slices.BinarySearchFunc(entries, id, func(e entry, id uint64) int { return cmp.Compare(e.id, id) })
	if !exact {
		i--
	}
	if i < 0 || entries[i].run > 0 && id >= entries[i].id+uint64(entries[i].run) {
		return entry{}, false
	}
	return entries[i], true
}

func pack(plain []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}

// mostPlain is the largest directory or metadata that is read, without its compression.
const mostPlain = 24 << 20

func unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, mostPlain+1))
	if err == nil && len(plain) > mostPlain {
		err = errors.New("it is too large")
	}
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	return plain, nil
}

// encode writes the header.
func (h Header) encode() []byte {
	b := append(make([]byte, 0, headerLen), "PMTiles\x03"...)
	for _, v := range []uint64{h.rootAt, h.rootLen, h.metaAt, h.metaLen, h.leavesAt, h.leavesLen, h.tilesAt, h.tilesLength, h.Addressed, h.Entries, h.Contents} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	b = append(b, 1, zipped, zipped, vector, byte(h.MinZoom), byte(h.MaxZoom))
	for _, v := range []float64{h.West, h.South, h.East, h.North} {
		b = binary.LittleEndian.AppendUint32(b, uint32(int32(math.Round(v*1e7))))
	}
	b = append(b, byte(h.CenterZoom))
	for _, v := range []float64{h.CenterLon, h.CenterLat} {
		b = binary.LittleEndian.AppendUint32(b, uint32(int32(math.Round(v*1e7))))
	}
	return b
}

// decodeHeader reads what encode writes, and what others write alike.
func decodeHeader(b []byte) (h Header, err error) {
	if len(b) < headerLen || string(b[:7]) != "PMTiles" {
		return h, errors.New("this is no PMTiles archive")
	}
	if b[7] != 3 {
		return h, fmt.Errorf("this is a PMTiles archive of version %d; want 3", b[7])
	}
	for i, v := range []*uint64{&h.rootAt, &h.rootLen, &h.metaAt, &h.metaLen, &h.leavesAt, &h.leavesLen, &h.tilesAt, &h.tilesLength, &h.Addressed, &h.Entries, &h.Contents} {
		*v = binary.LittleEndian.Uint64(b[8+8*i:])
	}
	h.clustered, h.innerCompression, h.tileCompression = b[96] == 1, b[97], b[98]
	for _, c := range []byte{h.innerCompression, h.tileCompression} {
		if c != plain && c != zipped {
			return h, fmt.Errorf("the archive is compressed by %s; want gzip or nothing", named(compressions, c))
		}
	}
	if kind := b[99]; kind != vector {
		return h, fmt.Errorf("the archive holds tiles of type %s; want mvt", named(kinds, kind))
	}
	h.MinZoom, h.MaxZoom, h.CenterZoom = int(b[100]), int(b[101]), int(b[118])
	for i, v := range []*float64{&h.West, &h.South, &h.East, &h.North} {
		*v = float64(int32(binary.LittleEndian.Uint32(b[102+4*i:]))) / 1e7
	}
	for i, v := range []*float64{&h.CenterLon, &h.CenterLat} {
		*v = float64(int32(binary.LittleEndian.Uint32(b[119+4*i:]))) / 1e7
	}
	return h, nil
}

// What the specification calls the numbers of compressions and types of tiles.
var (
	compressions = []string{"unknown", "none", "gzip", "brotli", "zstd"}
	kinds        = []string{"unknown", "mvt", "png", "jpeg", "webp", "avif", "mlt"}
)

func named(names []string, n byte) string {
	if int(n) < len(names) {
		return names[n]
	}
	return fmt.Sprint(n)
}
