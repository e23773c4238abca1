// Package gml reads geometries in GML 2, 3.1 and 3.2 (OGC 02-069, 03-105r1, 07-036): simple features of two or three
// dimensions. What is written is in package format.
package gml

import (
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"

	"onemap/api/ows/xmltree"
	"onemap/layers"
	"onemap/layers/cql"
)

// CRS says what a name of a coordinate reference system means. URIs and URNs of EPSG have the order of the registry's axes;
// EPSG:n and the names of GML 2 are x, y as WFS 1.0 has them, and so is CRS84. It returns ErrInvalid for other names.
func CRS(srsName string) (cql.CRS, error) {
	text := strings.TrimSuffix(srsName, "/")
	code := text[strings.LastIndexAny(text, ":/#")+1:]
	lower := strings.ToLower(text)
	if (code == "CRS84" || code == "CRS84h") && strings.Contains(lower, "crs") {
		return cql.CRS84, nil
	}
	srid, err := strconv.Atoi(code)
	if err != nil || srid <= 0 || srid > 999999 {
		return cql.CRS{}, unknownCRS(srsName)
	}
	switch {
	case strings.HasPrefix(lower, "urn:ogc:def:crs:epsg:"), strings.HasPrefix(lower, "urn:x-ogc:def:crs:epsg:"),
		strings.HasPrefix(strings.Replace(lower, "https:", "http:", 1), "http://www.opengis.net/def/crs/epsg/"):
		return cql.CRS{SRID: srid, NorthFirst: layers.NorthFirst(srid)}, nil
	case lower == "epsg:"+code, lower == "http://www.opengis.net/gml/srs/epsg.xml#"+code:
		return cql.CRS{SRID: srid}, nil
	}
	return cql.CRS{}, unknownCRS(srsName)
}

func unknownCRS(srsName string) error {
	return layers.Refuse(layers.ErrInvalid, "srsName %q is not known; want urn:ogc:def:crs:EPSG::4490 or the like", "srsName“%s”未知；应如 urn:ogc:def:crs:EPSG::4490", srsName)
}

// CRSOf is that of a geometry by its srsName, or that of what it is within; fallback where neither says.
func CRSOf(n *xmltree.Node, fallback cql.CRS) (cql.CRS, error) {
	name := n.Inherited("srsName")
	for inner := n; name == "" && len(inner.Children) > 0; { // some say it only within
		inner = inner.Children[0]
		name = inner.Attr("srsName")
	}
	if name == "" {
		return fallback, nil
	}
	return CRS(name)
}

// IsBox reports whether an element is an envelope or a box.
func IsBox(n *xmltree.Node) bool { return n.Name.Local == "Envelope" || n.Name.Local == "Box" }

// Geometry reads a geometry, its coordinates in the order they are written. It returns ErrInvalid for one that is not simple
// or broken.
func Geometry(n *xmltree.Node) (geom.T, error) {
	read := readers[n.Name.Local]
	if read == nil {
		return nil, layers.Refuse(layers.ErrInvalid, "gml:%s is not offered; want a simple geometry such as gml:Polygon", "不支持 gml:%s；应为简单几何，例如 gml:Polygon", n.Name.Local)
	}
	return read(n)
}

// Box reads the two corners of an envelope or a box: the numbers of the lower, then of the upper.
func Box(n *xmltree.Node) ([]float64, error) {
	var corners []geom.Coord
	for _, corner := range n.All("lowerCorner", "upperCorner") {
		c, err := numbers(corner.Text)
		if err != nil {
			return nil, err
		}
		corners = append(corners, c)
	}
	if corners == nil {
		var err error
		if corners, err = positions(n); err != nil {
			return nil, err
		}
	}
	if len(corners) != 2 || len(corners[0]) != len(corners[1]) {
		return nil, broken(n, "has two corners", "应有两个角点")
	}
	return append(corners[0], corners[1]...), nil
}

// broken says what an element has; both texts take the same arguments.
func broken(n *xmltree.Node, en, zh string, args ...any) error {
	return layers.Refuse(layers.ErrInvalid, "gml:%s %v", "gml:%s %v", n.Name.Local, layers.Say(en, zh, args...))
}
