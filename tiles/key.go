package tiles

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// encoding counts the ways that the same rows have been encoded in. Whoever changes what bytes the same rows give counts on.
const encoding = 6

// everyone is the audience that sees everything. Audiences are hashes of what a grant leaves of a layer.
const everyone = "all"

// key is the name of one layer of one tile; it says all there is to say about the bytes, for those who cache them and for
// the node that makes them: layer@revision/audience/set/z/x/y[?as-of=…&filter=…&properties=…].
type key struct {
	layer    string
	revision int64 // position of the last change that is in it; of an as-of tile, of the layer's description
	mosaic   bool  // the revision is one of the mosaic's
	audience string
	set      *MatrixSet
	tile     Tile
	bare     bool // it is known that no rows are there; no part of the name

	asOf       int64 // 0 = now
	filter     string
	properties string // names, by commas
}

func (k key) String() string { return string(k.append(make([]byte, 0, 96))) }

func (k key) append(b []byte) []byte {
	b = append(b, k.layer...)
	b = append(b, '@')
	b = strconv.AppendInt(b, k.revision, 10)
	if k.mosaic {
		b = append(b, 'm')
	}
	b = append(append(b, '/'), k.audience...)
	b = append(append(b, '/'), k.set.ID...)
	for _, n := range [3]int{k.tile.Z, k.tile.X, k.tile.Y} {
		b = strconv.AppendInt(append(b, '/'), int64(n), 10)
	}
	if k.asOf == 0 && k.filter == "" && k.properties == "" {
		return b
	}
	q := url.Values{}
	if k.asOf != 0 {
		q.Set("as-of", strconv.FormatInt(k.asOf, 10))
	}
	if k.filter != "" {
		q.Set("filter", k.filter)
	}
	if k.properties != "" {
		q.Set("properties", k.properties)
	}
	return append(append(b, '?'), q.Encode()...)
}

// parseKey reads what String has written.
func parseKey(text string) (k key, err error) {
	fail := func() (key, error) { return key{}, fmt.Errorf("tile key %q can not be read", text) }
	path, query, _ := strings.Cut(text, "?")
	head, rest, ok := strings.Cut(path, "@")
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 6 {
		return fail()
	}
	k.layer, k.audience = head, parts[1]
	revision, mosaic := strings.CutSuffix(parts[0], "m")
	k.mosaic = mosaic
	if k.revision, err = strconv.ParseInt(revision, 10, 64); err != nil {
		return fail()
	}
	if k.set, err = lookupMatrixSet(parts[2]); err != nil {
		return fail()
	}
	for i, n := range []*int{&k.tile.Z, &k.tile.X, &k.tile.Y} {
		if *n, err = strconv.Atoi(parts[3+i]); err != nil {
			return fail()
		}
	}
	if err := k.set.Check(k.tile); err != nil {
		return fail()
	}
	q, err := url.ParseQuery(query)
	if err != nil {
		return fail()
	}
	if asOf := q.Get("as-of"); asOf != "" {
		if k.asOf, err = strconv.ParseInt(asOf, 10, 64); err != nil {
			return fail()
		}
	}
	k.filter, k.properties = q.Get("filter"), q.Get("properties")
	return k, nil
}

// etag names the bytes of a tile by the names of its keys, in one database; each begins a line.
func etag(database string, names []byte) string {
	b := make([]byte, 0, 256)
	b = strconv.AppendInt(b, encoding, 10)
	b = append(append(append(b, ' '), database...), names...)
	sum := sha256.Sum256(b)
	return string(append(base64.RawURLEncoding.AppendEncode(append(b[:0], '"'), sum[:15]), '"'))
}
