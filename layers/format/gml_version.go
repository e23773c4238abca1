package format

import (
	"strconv"
	"strings"

	"onemap/layers"
)

// LayersNamespace is the XML namespace of all layers, and LayersPrefix the prefix that it is written with. It is a name and
// no address, the same on every server, so that what a client keeps of a layer (a project, a stylesheet) outlives addresses.
const (
	LayersNamespace = "http://onemap/layer"
	LayersPrefix    = "onemap"
)

// GML is a version of the Geography Markup Language as it is written here: simple features, one flat type for each layer.
// GML32, GML31 and GML2 are the three.
type GML struct {
	Version   string // 3.2.1, 3.1.1, 2.1.2
	Namespace string // of gml
	Schema    string // where the schema of gml is
	MediaType string // of features

	abstract    string // element that a feature stands for
	collection  string // element of a file of features
	idName      string // attribute of a feature's id
	geometryIDs bool   // geometries have ids too
	registry    bool   // CRSs are named by URN, and axes ordered as the EPSG registry says; otherwise east is first

	envelope, null        string // of the bounds of all, and what stands for it where they are not known; "" = nothing needs to
	position, positions   string // elements of one coordinate, and of several
	comma                 byte   // between the numbers of a coordinate
	exterior, interior    string
	multiLine, lineMember string
	multiArea, areaMember string
	types                 map[string]string // of properties, by the layer's GeometryType
}

// SRSName is the version's usual name of an EPSG code.
func (g *GML) SRSName(epsg int) string {
	if g.registry {
		return "urn:ogc:def:crs:EPSG::" + strconv.Itoa(epsg)
	}
	return "EPSG:" + strconv.Itoa(epsg)
}

// coordinates is how positions are written under the version's usual names.
func (g *GML) coordinates(crs layers.CRS) Coordinates {
	c := Coordinates{Decimals: 4, YX: g.registry && layers.NorthFirst(crs.SRID)}
	if crs.Degrees {
		c.Decimals = 9
	}
	return c
}

// fileSRSName names a CRS in a file; "" where it has no code.
func (g *GML) fileSRSName(crs layers.CRS) string {
	if !strings.EqualFold(crs.Authority, "EPSG") || crs.Code == 0 {
		return ""
	}
	return g.SRSName(crs.Code)
}

// propertyType is the type of the geometry of a layer.
func (g *GML) propertyType(geometry string) string {
	if t, ok := g.types[geometry]; ok {
		return "gml:" + t
	}
	return "gml:GeometryPropertyType"
}
