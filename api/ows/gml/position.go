package gml

import (
	"math"
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"

	"onemap/api/ows/xmltree"
	"onemap/layers"
)

// positions reads those directly within an element, in whichever way they are written.
func positions(n *xmltree.Node) ([]geom.Coord, error) {
	var all []geom.Coord
	for _, child := range n.Children {
		var cs []geom.Coord
		var err error
		switch child.Name.Local {
		case "pos":
			cs, err = pos(child)
		case "posList":
			cs, err = posList(child)
		case "coordinates":
			cs, err = coordinates(child)
		case "coord":
			cs, err = coord(child)
		case "pointProperty", "pointRep", "pointMember":
			for _, p := range child.Children {
				if cs, err = positions(p); err != nil {
					break
				}
			}
		}
		if err != nil {
			return nil, err
		}
		all = append(all, cs...)
	}
	return all, nil
}

func pos(n *xmltree.Node) ([]geom.Coord, error) {
	c, err := numbers(n.Text)
	return []geom.Coord{c}, err
}

// posList is cut into positions of srsDimension numbers. Where that is not said the list's count does, or two divide it.
func posList(n *xmltree.Node) ([]geom.Coord, error) {
	flat, err := numbers(n.Text)
	if err != nil {
		return nil, err
	}
	size, err := strconv.Atoi(n.Inherited("srsDimension"))
	if count, bad := strconv.Atoi(n.Attr("count")); err != nil && bad == nil && count > 0 {
		size, err = len(flat)/count, nil
	}
	if err != nil {
		size = 2
		if len(flat)%2 == 1 {
			size = 3
		}
	}
	if size < 2 || size > 3 || len(flat)%size != 0 {
		return nil, broken(n, "has %d numbers, which are no positions", "有 %d 个数，不能构成坐标", len(flat))
	}
	var all []geom.Coord
	for i := 0; i < len(flat); i += size {
		all = append(all, flat[i:i+size:i+size])
	}
	return all, nil
}

// coordinates is GML 2's list, whose separators can be chosen.
func coordinates(n *xmltree.Node) ([]geom.Coord, error) {
	or := func(name, usual string) string {
		for _, a := range n.Attrs {
			if a.Name.Local == name && a.Value != "" {
				return a.Value
			}
		}
		return usual
	}
	decimal, cs, ts := or("decimal", "."), or("cs", ","), or("ts", " ")
	var all []geom.Coord
	for _, tuple := range split(n.Text, ts) {
		var c geom.Coord
		for _, part := range split(tuple, cs) {
			v, err := number(strings.ReplaceAll(strings.TrimSpace(part), decimal, "."))
			if err != nil {
				return nil, err
			}
			c = append(c, v)
		}
		all = append(all, c)
	}
	return all, nil
}

// split cuts at a separator; blanks, of which there may be several, at any.
func split(text, separator string) []string {
	if strings.TrimSpace(separator) == "" {
		return strings.Fields(text)
	}
	return strings.Split(strings.TrimSpace(text), separator)
}

// coord is one position as elements.
func coord(n *xmltree.Node) ([]geom.Coord, error) {
	var c geom.Coord
	for _, part := range n.All("X", "Y", "Z") {
		v, err := number(strings.TrimSpace(part.Text))
		if err != nil {
			return nil, err
		}
		c = append(c, v)
	}
	return []geom.Coord{c}, nil
}

func numbers(text string) ([]float64, error) {
	var all []float64
	for field := range strings.FieldsSeq(text) {
		v, err := number(field)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

func number(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, layers.Refuse(layers.ErrInvalid, "%q is no coordinate", "“%s”不是坐标值", text)
	}
	return v, nil
}
