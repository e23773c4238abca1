package ows

import (
	"encoding/xml"
	"strconv"
	"strings"

	"onemap/layers"
	"onemap/tiles"
)

// wmtsSections are those of the capabilities of WMTS.
var wmtsSections = []string{"ServiceIdentification", "ServiceProvider", "OperationsMetadata", "Contents", "Themes"}

// ReadWMTSSelection reads a GetCapabilities request.
func ReadWMTSSelection(k KVP) (Selection, error) { return ReadSelection(k, "1.0.0", wmtsSections...) }

// WMTS is what its capabilities are made of.
type WMTS struct {
	Root           string // address of the server, without a slash at its end
	Title, TitleEn string
	Abstract       string
	Layers         []*layers.Layer // in their order; those without geometry are left out
	Sets           []*tiles.MatrixSet
	Sequence       int64 // of the change log: what is said was true then
}

type wmtsDoc struct {
	XMLName        xml.Name        `xml:"Capabilities"`
	NS             string          `xml:"xmlns,attr"`
	OWS            string          `xml:"xmlns:ows,attr"`
	XLink          string          `xml:"xmlns:xlink,attr"`
	XSI            string          `xml:"xmlns:xsi,attr"`
	Schema         string          `xml:"xsi:schemaLocation,attr"`
	Version        string          `xml:"version,attr"`
	Sequence       int64           `xml:"updateSequence,attr"`
	Identification *Identification `xml:"ows:ServiceIdentification"`
	Provider       *Provider       `xml:"ows:ServiceProvider"`
	Operations     *[]OperationDoc `xml:"ows:OperationsMetadata>ows:Operation"`
	Contents       *wmtsContents   `xml:"Contents"`
	Metadata       *reference      `xml:"ServiceMetadataURL"`
}

type reference struct {
	Href string `xml:"xlink:href,attr"`
}

type wmtsContents struct {
	Layers []wmtsLayer `xml:"Layer"`
	Sets   []wmtsSet   `xml:"TileMatrixSet"`
}

type wmtsLayer struct {
	Title    []Text `xml:"ows:Title"`
	Abstract []Text `xml:"ows:Abstract"`
	Box      *Box   `xml:"ows:WGS84BoundingBox"`
	ID       string `xml:"ows:Identifier"`
	Style    struct {
		Default bool   `xml:"isDefault,attr"`
		ID      string `xml:"ows:Identifier"`
	} `xml:"Style"`
	Format   string     `xml:"Format"`
	Sets     []wmtsLink `xml:"TileMatrixSetLink"`
	Resource struct {
		Format   string `xml:"format,attr"`
		Type     string `xml:"resourceType,attr"`
		Template string `xml:"template,attr"`
	} `xml:"ResourceURL"`
}

type wmtsLink struct {
	Set    string      `xml:"TileMatrixSet"`
	Limits []wmtsLimit `xml:"TileMatrixSetLimits>TileMatrixLimits"`
}

type wmtsLimit struct {
	Matrix int `xml:"TileMatrix"`
	MinRow int `xml:"MinTileRow"`
	MaxRow int `xml:"MaxTileRow"`
	MinCol int `xml:"MinTileCol"`
	MaxCol int `xml:"MaxTileCol"`
}

type wmtsSet struct {
	Title    []Text       `xml:"ows:Title"`
	ID       string       `xml:"ows:Identifier"`
	CRS      string       `xml:"ows:SupportedCRS"`
	Matrices []wmtsMatrix `xml:"TileMatrix"`
}

type wmtsMatrix struct {
	ID      string `xml:"ows:Identifier"`
	Scale   string `xml:"ScaleDenominator"`
	Corner  string `xml:"TopLeftCorner"`
	Width   int    `xml:"TileWidth"`
	Height  int    `xml:"TileHeight"`
	Columns int    `xml:"MatrixWidth"`
	Rows    int    `xml:"MatrixHeight"`
}

// Capabilities is the document, with the sections that are wanted. There is no WellKnownScaleSet in it: with one, clients and
// the executable suite hold a set against an old spelling of its CRS.
func (w WMTS) Capabilities(wanted Selection) ([]byte, error) {
	const ns = "http://www.opengis.net/wmts/1.0"
	doc := wmtsDoc{
		NS: ns, OWS: "http://www.opengis.net/ows/1.1", XLink: "http://www.w3.org/1999/xlink", XSI: "http://www.w3.org/2001/XMLSchema-instance",
		Schema:  ns + " http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd",
		Version: "1.0.0", Sequence: w.Sequence,
	}
	unchanged, err := wanted.Unchanged(w.Sequence)
	if err != nil {
		return nil, err
	}
	if unchanged {
		return document(doc)
	}
	rest := w.Root + "/wmts/1.0.0/"
	doc.Metadata = &reference{rest + "WMTSCapabilities.xml"}
	if wanted.Wants("ServiceIdentification") {
		doc.Identification = &Identification{Title: Both(w.Title, w.TitleEn), Abstract: []Text{{Text: w.Abstract}}, Type: "OGC WMTS", Version: "1.0.0", Fees: "none", Constraints: "none"}
	}
	if wanted.Wants("ServiceProvider") {
		doc.Provider = &Provider{Name: w.TitleEn}
	}
	if wanted.Wants("OperationsMetadata") {
		doc.Operations = &[]OperationDoc{
			{"GetCapabilities", []Endpoint{endpoint(w.Root+"/wmts?", "KVP"), endpoint(doc.Metadata.Href, "RESTful")}},
			{"GetTile", []Endpoint{endpoint(w.Root+"/wmts?", "KVP"), endpoint(rest, "RESTful")}},
		}
	}
	if wanted.Wants("Contents") {
		doc.Contents = w.contents(rest)
	}
	return document(doc)
}

func (w WMTS) contents(rest string) *wmtsContents {
	var out wmtsContents
	for _, l := range w.Layers {
		if l.Table.Geom == "" {
			continue
		}
		one := wmtsLayer{Title: Both(l.Title, l.TitleEn), ID: l.Name, Format: TileFormat}
		if l.Description != "" {
			one.Abstract = []Text{{Text: l.Description}}
		}
		if l.Bounds != nil {
			b := l.Bounds.OnEarth()
			one.Box = &Box{numbers(b[0], b[1]), numbers(b[2], b[3])}
		}
		one.Style.Default, one.Style.ID = true, defaultStyle
		for _, set := range w.Sets {
			if link := linkOf(set, l); len(link.Limits) > 0 {
				one.Sets = append(one.Sets, link)
			}
		}
		one.Resource.Format, one.Resource.Type = TileFormat, "tile"
		one.Resource.Template = rest + l.Name + "/{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.mvt"
		if len(one.Sets) > 0 {
			out.Layers = append(out.Layers, one)
		}
	}
	for _, set := range w.Sets {
		out.Sets = append(out.Sets, setOf(set))
	}
	return &out
}

func linkOf(set *tiles.MatrixSet, l *layers.Layer) wmtsLink {
	link := wmtsLink{Set: set.ID}
	for _, at := range set.Limits([]*layers.Layer{l}) {
		if columns, rows := set.Size(at.Zoom); columns == 1 || rows == 1 {
			continue // can not be said, see widened
		}
		at = widened(set, at)
		link.Limits = append(link.Limits, wmtsLimit{at.Zoom, at.MinRow, at.MaxRow, at.MinColumn, at.MaxColumn})
	}
	return link
}

// widened is a limit as the schema can say it: the last row and column have to be positive there, 0 is not valid.
func widened(set *tiles.MatrixSet, at tiles.Limit) tiles.Limit {
	columns, rows := set.Size(at.Zoom)
	at.MaxRow, at.MaxColumn = max(at.MaxRow, min(1, rows-1)), max(at.MaxColumn, min(1, columns-1))
	return at
}

// setOf is a tile matrix set: corners are in the order of the axes of its CRS, which is written as a URN.
func setOf(set *tiles.MatrixSet) wmtsSet {
	out := wmtsSet{Title: []Text{{Text: set.Title}}, ID: set.ID, CRS: URN(set.CRS)}
	for _, m := range set.Matrices() {
		out.Matrices = append(out.Matrices, wmtsMatrix{
			ID: m.ID, Scale: numbers(m.ScaleDenominator), Corner: numbers(m.PointOfOrigin[:]...),
			Width: m.TileWidth, Height: m.TileHeight, Columns: m.MatrixWidth, Rows: m.MatrixHeight,
		})
	}
	return out
}

// URN is the URI of a CRS in the spelling of OWS: …/def/crs/EPSG/0/4490 becomes urn:ogc:def:crs:EPSG::4490.
func URN(uri string) string {
	rest, ok := strings.CutPrefix(uri, "http://www.opengis.net/def/crs/")
	if parts := strings.Split(rest, "/"); ok && len(parts) == 3 {
		if parts[1] == "0" {
			parts[1] = ""
		}
		return "urn:ogc:def:crs:" + strings.Join(parts, ":")
	}
	return uri
}

// numbers are written out, without exponents, which not every client reads.
func numbers(vs ...float64) string {
	var out []string
	for _, v := range vs {
		out = append(out, strconv.FormatFloat(v, 'f', -1, 64))
	}
	return strings.Join(out, " ")
}
