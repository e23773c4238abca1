package tiles

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"onemap/layers"
	"onemap/tiles/pmtiles"
)

// Archives serves the tiles of PMTiles archives in a folder: NAME.pmtiles is what NAME is asked for. Files may come, go and be
// replaced meanwhile. Whatever is in them, a request ends, and takes no more than some megabytes. It is safe for concurrent use.
type Archives struct {
	dir string
	mu  sync.Mutex
	all map[string]*opened
}

// opened is an archive that has been read lately; file is nil where there is none that can be.
type opened struct {
	file   *os.File
	reader *pmtiles.Reader
	set    *MatrixSet
	err    error
	looked time.Time // when the folder was asked last
	size   int64
	time   time.Time
}

const (
	extension   = ".pmtiles"
	mostOpen    = 16 // archives at a time
	lookAgain   = time.Second
	mostPlainly = 32 << 20 // bytes of a tile of an archive without compression
)

// NewArchives returns those in a folder.
func NewArchives(dir string) *Archives { return &Archives{dir: dir, all: map[string]*opened{}} }

// Names are those of the files that are in the folder now.
func (a *Archives) Names() ([]string, error) {
	entries, err := os.ReadDir(a.dir)
	if err != nil {
		return nil, fmt.Errorf("archives: %w", err)
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), extension); ok && layers.ValidName(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// Has reports whether there is an archive of that name; it may be damaged.
func (a *Archives) Has(name string) bool {
	o := a.look(name)
	return o != nil && !errors.Is(o.err, fs.ErrNotExist)
}

// look returns an archive, opened anew where its file is another; nil for what is no name.
func (a *Archives) look(name string) *opened {
	if !layers.ValidName(name) {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	o := a.all[name]
	if o != nil && time.Since(o.looked) < lookAgain {
		return o
	}
	path := filepath.Join(a.dir, name+extension)
	info, err := os.Stat(path)
	if o != nil && err == nil && o.err == nil && info.Size() == o.size && info.ModTime().Equal(o.time) {
		o.looked = time.Now()
		return o
	}
	if err == nil && !info.Mode().IsRegular() { // opening a pipe would wait for its other end
		err = fmt.Errorf("%s is no file", path)
	}
	o = &opened{looked: time.Now(), err: err}
	if err == nil {
		o.open(path)
	}
	a.keep(name, o)
	return o
}

// open reads the head of a file. The file is closed when nobody holds the reader any more.
func (o *opened) open(path string) {
	if o.file, o.err = os.Open(path); o.err != nil {
		return
	}
	info, err := o.file.Stat()
	if err != nil {
		o.err = err
		return
	}
	o.size, o.time = info.Size(), info.ModTime()
	if o.reader, o.err = pmtiles.NewReader(o.file, o.size); o.err != nil {
		return
	}
	id, _ := o.reader.Metadata["onemap:tileMatrixSet"].(string)
	o.set, o.err = AnyMatrixSet(cmp.Or(id, "WebMercatorQuad"))
}

// keep remembers an archive, and forgets the one that was looked at longest ago when there are too many.
func (a *Archives) keep(name string, o *opened) {
	if len(a.all) >= mostOpen && a.all[name] == nil {
		oldest := ""
		for n, other := range a.all {
			if oldest == "" || other.looked.Before(a.all[oldest].looked) {
				oldest = n
			}
		}
		delete(a.all, oldest)
	}
	a.all[name] = o
}

// archive returns one that can be read: ErrNotFound where there is none of that name, or none in the set.
func (a *Archives) archive(name string, set *MatrixSet) (*opened, error) {
	o := a.look(name)
	if o == nil || errors.Is(o.err, fs.ErrNotExist) {
		return nil, layers.Refuse(layers.ErrNotFound, "no archive %q", "没有瓦片包“%s”", name)
	}
	if o.err != nil {
		return nil, fmt.Errorf("archive %q can not be read: %w", name, o.err)
	}
	if set != nil && o.set.ID != set.ID {
		return nil, layers.Refuse(layers.ErrNotFound, "the tiles of %q are those of %s alone", "瓦片包“%s”只有 %s 的瓦片", name, o.set.ID)
	}
	return o, nil
}

// Archived is a tile of an archive that can be had.
type Archived struct {
	from *opened
	name string
	tile Tile
}

// Find finds a tile of an archive; a nil set is the archive's own. It returns ErrNotFound for an archive that is not there,
// or has tiles of another set.
func (a *Archives) Find(name string, set *MatrixSet, tile Tile) (*Archived, error) {
	o, err := a.archive(name, set)
	if err != nil {
		return nil, err
	}
	if err := o.set.Check(tile); err != nil {
		return nil, err
	}
	return &Archived{o, name, tile}, nil
}

// ETag names the bytes of the tile, in the quotes of HTTP, before they are read.
func (t *Archived) ETag() string {
	return etag("archive", fmt.Appendf(nil, "\n%s\n%d %d\n%s", t.name, t.from.size, t.from.time.UnixNano(), t.tile))
}

// Bytes returns the tile, and whether it is compressed by gzip; nil when nothing is in it. Who takes no gzip gets it plain;
// who does, as it lies in the archive.
func (t *Archived) Bytes(gzipped bool) (body []byte, zipped bool, err error) {
	body, err = t.from.reader.Tile(t.tile.Z, t.tile.X, t.tile.Y)
	if err != nil || len(body) == 0 {
		return nil, false, err
	}
	if !t.from.reader.Zipped() {
		return body, false, nil
	}
	if n := len(body); n < 18 || bytes.Equal(body[n-4:], make([]byte, 4)) { // its length: a tile of nothing
		return nil, false, nil
	}
	if gzipped {
		return body, true, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, false, fmt.Errorf("tile %s of archive %q: %w", t.tile, t.name, err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, mostPlainly+1))
	if err == nil && len(plain) > mostPlainly {
		err = errors.New("the tile is too large")
	}
	if err != nil {
		return nil, false, fmt.Errorf("tile %s of archive %q: %w", t.tile, t.name, err)
	}
	return plain, false, nil
}

// mostSaid is how many layers of an archive are described, and how many fields of each.
const mostSaid = 200

// Describe makes the TileJSON of an archive whose tiles are at the template.
func (a *Archives) Describe(name string, set *MatrixSet, template string) (TileJSON, error) {
	o, err := a.archive(name, set)
	if err != nil {
		return TileJSON{}, err
	}
	said := func(key string) string {
		text, _ := o.reader.Metadata[key].(string)
		return text[:min(len(text), 4096)]
	}
	h := o.reader.Header
	doc := TileJSON{TileJSON: "3.0.0", Name: cmp.Or(said("name"), name), Description: said("description"), Scheme: "xyz", Tiles: []string{template},
		Attribution: html.EscapeString(html.UnescapeString(said("attribution"))), // readers take it for HTML, and nobody knows who wrote it
		MinZoom:     h.MinZoom, MaxZoom: min(h.MaxZoom, o.set.MaxZoom), VectorLayers: o.vectorLayers()}
	if b := (layers.Bounds{h.West, h.South, h.East, h.North}); checkBounds(b) == nil && b[0] < b[2] && b[1] < b[3] {
		doc.Bounds = &b
		doc.Center = &[3]float64{min(max(h.CenterLon, b[0]), b[2]), min(max(h.CenterLat, b[1]), b[3]), float64(min(max(h.CenterZoom, doc.MinZoom), doc.MaxZoom))}
	}
	if o.set != matrixSets[0] {
		doc.TileMatrixSet, doc.CRS = o.set.ID, o.set.CRS
	}
	return doc, nil
}

// vectorLayers is what the metadata say of the layers, as far as it makes sense.
func (o *opened) vectorLayers() []VectorLayer {
	out := []VectorLayer{}
	said, _ := o.reader.Metadata["vector_layers"].([]any)
	for _, one := range said[:min(len(said), mostSaid)] {
		text, err := json.Marshal(one)
		var l VectorLayer
		if err == nil {
			err = json.Unmarshal(text, &l)
		}
		if err != nil || l.ID == "" {
			continue
		}
		if l.Fields == nil {
			l.Fields = map[string]string{}
		}
		for i, field := range sortedNames(l.Fields) {
			if i >= mostSaid {
				delete(l.Fields, field)
			}
		}
		out = append(out, l)
	}
	return out
}

func sortedNames(m map[string]string) (names []string) {
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
