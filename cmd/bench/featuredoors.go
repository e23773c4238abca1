package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"

	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
)

// countyProperties are what every server sends of a parcel, besides its geometry.
const countyProperties = "bsm,dlbm,dlmc,zldwmc,qsdwmc,tbmj,sjnf"

// county is the parcels that servers are asked for.
type county struct {
	features int
	bounds   layers.Bounds
	ids      []string // of some of them
}

func readCounty(ctx context.Context, pool *pgxpool.Pool) (c county, err error) {
	err = pool.QueryRow(ctx, `select count(*), st_xmin(st_extent(geom)), st_ymin(st_extent(geom)), st_xmax(st_extent(geom)), st_ymax(st_extent(geom)),
		array_agg(fid::text order by md5(fid::text)) filter (where fid % 350 = 0) from layer.dltb`).
		Scan(&c.features, &c.bounds[0], &c.bounds[1], &c.bounds[2], &c.bounds[3], &c.ids)
	return c, err
}

// boxes are places of the county that hold a page of features and more, in most cases.
func (c county) boxes(seed uint64, n int) (boxes []layers.Bounds) {
	const part = 0.08 // of a side: 0.6 % of a third of a million is two thousand
	r := rand.New(rand.NewPCG(seed, 0))
	wide, high := c.bounds[2]-c.bounds[0], c.bounds[3]-c.bounds[1]
	for range n {
		west, south := c.bounds[0]+r.Float64()*wide*(1-part), c.bounds[1]+r.Float64()*high*(1-part)
		boxes = append(boxes, layers.Bounds{west, south, west + wide*part, south + high*part})
	}
	return boxes
}

// door is where a server is asked for what is measured: addresses of answers in GeoJSON, unless said otherwise.
type door interface {
	whole(what string) string // "" = it has no answer of that kind
	ones(ids []string) []string
	inBoxes(boxes []layers.Bounds) []string
	page(number, size int) string
}

// ownDoor is ours: OGC API Features, the export and WFS.
type ownDoor struct {
	root   string
	cursor map[int]string // of pages that were turned to
}

// newOwnDoor turns the pages to the deep one, as a client does who follows the links.
func newOwnDoor(ctx context.Context, root string, c featuresCmd) (ownDoor, error) {
	d := ownDoor{root, map[int]string{}}
	address := ""
	for left := (c.Deep - 1) * c.Page; left > 0; left -= layers.MaxLimit {
		turned := d.items("limit=%d&skipGeometry=true%s", min(left, layers.MaxLimit), address)
		next, err := nextCursor(ctx, turned)
		if err != nil {
			return d, err
		}
		address = "&cursor=" + next
	}
	d.cursor[c.Deep] = address
	return d, nil
}

// nextCursor is where the page after this one begins.
func nextCursor(ctx context.Context, address string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var page struct {
		Links []struct{ Rel, Href string }
	}
	if err := json.NewDecoder(answer.Body).Decode(&page); err != nil {
		return "", err
	}
	for _, l := range page.Links {
		if l.Rel != "next" {
			continue
		}
		next, err := r.URL.Parse(l.Href)
		if err != nil {
			return "", err
		}
		return next.Query().Get("cursor"), nil
	}
	return "", fmt.Errorf("%s: %s, no page after it", address, answer.Status)
}

func (d ownDoor) items(format string, args ...any) string {
	return d.root + "/ogc/collections/dltb/items?f=json&properties=" + countyProperties + "&" + fmt.Sprintf(format, args...)
}

func (d ownDoor) whole(what string) string {
	if what == wholeGML {
		return d.root + "/wfs?service=WFS&version=2.0.0&request=GetFeature&typeNames=dltb&propertyName=" + countyProperties + ",geom&count=100000000" // more than it gives unasked
	}
	return d.root + "/layers/dltb/export?f=geojson&properties=" + countyProperties
}

func (d ownDoor) ones(ids []string) (addresses []string) {
	for _, id := range ids {
		addresses = append(addresses, d.root+"/ogc/collections/dltb/items/"+id+"?f=json&properties="+countyProperties)
	}
	return addresses
}

func (d ownDoor) inBoxes(boxes []layers.Bounds) (addresses []string) {
	for _, b := range boxes {
		addresses = append(addresses, d.items("limit=1000&bbox=%g,%g,%g,%g", b[0], b[1], b[2], b[3]))
	}
	return addresses
}

func (d ownDoor) page(number, size int) string {
	return d.items("limit=%d%s", size, d.cursor[number])
}

// mapServerDoor is MapServer's OGC API Features, and for whole layers, of which that gives pages only, its WFS.
type mapServerDoor struct{ root string }

func (d mapServerDoor) whole(what string) string {
	address := d.root + "/map?SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&TYPENAMES=dltb"
	if what == wholeGML {
		return address
	}
	return address + "&OUTPUTFORMAT=geojson"
}

func (d mapServerDoor) items(format string, args ...any) string {
	return d.root + "/bench/ogcapi/collections/dltb/items" + fmt.Sprintf(format, args...)
}

func (d mapServerDoor) ones(ids []string) (addresses []string) {
	for _, id := range ids {
		addresses = append(addresses, d.items("/%s?f=json", id))
	}
	return addresses
}

func (d mapServerDoor) inBoxes(boxes []layers.Bounds) (addresses []string) {
	for _, b := range boxes {
		addresses = append(addresses, d.items("?f=json&limit=1000&bbox=%g,%g,%g,%g", b[0], b[1], b[2], b[3]))
	}
	return addresses
}

// page passes over what is before it.
func (d mapServerDoor) page(number, size int) string {
	return d.items("?f=json&limit=%d&offset=%d", size, (number-1)*size)
}

// featureservDoor is pg_featureserv's OGC API Features: pages of at most 1000, no whole layers. It gives features their ids if
// those are among the properties.
type featureservDoor struct{ root string }

func (d featureservDoor) whole(string) string { return "" }

func (d featureservDoor) items(format string, args ...any) string {
	return d.root + "/collections/peer.dltb/items" + fmt.Sprintf(format, args...) + "properties=fid," + countyProperties
}

func (d featureservDoor) ones(ids []string) (addresses []string) {
	for _, id := range ids {
		addresses = append(addresses, d.items("/%s?", id))
	}
	return addresses
}

func (d featureservDoor) inBoxes(boxes []layers.Bounds) (addresses []string) {
	for _, b := range boxes {
		addresses = append(addresses, d.items("?limit=1000&bbox=%g,%g,%g,%g&", b[0], b[1], b[2], b[3]))
	}
	return addresses
}

// page passes over what is before it.
func (d featureservDoor) page(number, size int) string {
	return d.items("?limit=%d&offset=%d&", size, (number-1)*size)
}

// mark is what stands in a whole layer once for each feature.
func mark(what string) string {
	if what == wholeGML {
		return "<wfs:member>"
	}
	return `"Feature"`
}
