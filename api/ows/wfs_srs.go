package ows

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"onemap/layers"
	"onemap/layers/format"
)

// srs is a coordinate reference system as a request names it.
type srs struct {
	name string // literally, for the answer
	srid int
	yx   bool // the first axis goes north
}

// parseSRS reads the name of a CRS. URNs and URIs have their axes as the EPSG registry says; EPSG:4490 and the name of GML 2
// stand for east first, as they did when they were made.
func parseSRS(parameter, name string) (srs, error) {
	text := strings.Trim(strings.TrimSpace(name), "'") // OWSLib quotes it
	if strings.HasSuffix(text, "CRS84") && strings.Contains(text, "OGC") || text == "CRS:84" {
		return srs{name: name, srid: 4326}, nil
	}
	code, registry := "", false
	for _, form := range []struct {
		prefix, between string
		registry        bool
	}{
		{"urn:ogc:def:crs:EPSG:", ":", true}, {"urn:x-ogc:def:crs:EPSG:", ":", true},
		{"http://www.opengis.net/def/crs/EPSG/", "/", true}, {"https://www.opengis.net/def/crs/EPSG/", "/", true},
		{"http://www.opengis.net/gml/srs/epsg.xml#", "", false}, {"EPSG:", "", false},
	} {
		if len(text) < len(form.prefix) || !strings.EqualFold(text[:len(form.prefix)], form.prefix) {
			continue
		}
		code, registry = text[len(form.prefix):], form.registry
		if form.between != "" { // a version, which may be empty
			_, code, _ = strings.Cut(code, form.between)
		}
		break
	}
	srid, err := strconv.Atoi(code)
	if err != nil || srid <= 0 {
		return srs{}, Invalid(parameter, "%s %q is no name of a coordinate reference system; want for example urn:ogc:def:crs:EPSG::4490",
			"%s “%s”不是坐标参考系的名称，应形如 urn:ogc:def:crs:EPSG::4490", parameter, name)
	}
	return srs{name, srid, registry && layers.NorthFirst(srid)}, nil
}

// defaultSRS is the CRS of a layer where none is asked for: that of its table. A layer without geometry names one too:
// clients, and the OGC's own suite, take the first of every type.
func (v wfsVersion) defaultSRS(l *layers.Layer) srs {
	registry, srid := v.number != wfs100, cmp.Or(l.SRID, 4490)
	return srs{v.gml.SRSName(srid), srid, registry && layers.NorthFirst(srid)}
}

// otherSRIDs are what a layer is offered in besides its own.
func otherSRIDs(l *layers.Layer) []int {
	return slices.DeleteFunc(layers.OfferedSRIDs(), func(srid int) bool { return srid == cmp.Or(l.SRID, 4490) })
}

// srsOf reads in which CRS a layer is asked for; it is one of those that the capabilities list.
func (v wfsVersion) srsOf(l *layers.Layer, name string) (srs, error) {
	if name == "" {
		return v.defaultSRS(l), nil
	}
	s, err := parseSRS("srsName", name)
	if err != nil {
		return s, err
	}
	if s.srid == v.defaultSRS(l).srid || slices.Contains(otherSRIDs(l), s.srid) {
		return s, nil
	}
	return s, Invalid("srsName", "layer %q is not offered in %s; the list is in the capabilities", "图层“%s”不提供坐标系 %s，可选项见能力文档", l.Name, name)
}

// known returns InvalidParameterValue for a CRS that no register has.
func (r *wfsRequest) known(parameter string, l *layers.Layer, srid int) error {
	if srid == cmp.Or(l.SRID, 4490) || slices.Contains(otherSRIDs(l), srid) {
		return nil
	}
	_, err := r.Store.SRSName(r.http.Context(), srid)
	if errors.Is(err, layers.ErrInvalid) {
		return Invalid(parameter, "no coordinate reference system has the EPSG code %d", "没有 EPSG 代码为 %d 的坐标参考系", srid)
	}
	return err
}

// answer is the SRID that the database is asked for: degrees of WGS 84 and of CGCS2000 stand for each other.
func (s srs) answer(l *layers.Layer) int {
	if layers.Geographic(s.srid) && layers.Geographic(l.SRID) {
		return l.SRID
	}
	return s.srid
}

// coordinates says how positions are written: to a tenth of a millimetre.
func (s srs) coordinates() format.Coordinates {
	c := format.Coordinates{Decimals: 4, YX: s.yx}
	if layers.Geographic(s.srid) || strings.HasPrefix(strconv.Itoa(s.srid), "42") {
		c.Decimals = 9
	}
	return c
}

// parseBBox reads four numbers, or six, and the CRS they are in: where none is named, the layer's default in WFS 2.0, and
// east first in the older ones.
func (v wfsVersion) parseBBox(text string, l *layers.Layer) (layers.Bounds, int, error) {
	parts := strings.Split(text, ",")
	in := v.defaultSRS(l)
	if !v.joins {
		in.yx = false
	}
	if n := len(parts); n == 5 || n == 7 {
		var err error
		if in, err = parseSRS("bbox", parts[n-1]); err != nil {
			return layers.Bounds{}, 0, err
		}
		parts = parts[:n-1]
	}
	if len(parts) != 4 && len(parts) != 6 {
		return layers.Bounds{}, 0, Invalid("bbox", "bbox has %d numbers; want 4, and the name of a CRS", "bbox 有 %d 个数，应为 4 个数和坐标系名称", len(parts))
	}
	var n [6]float64
	for i, part := range parts {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || v != v || v-v != 0 {
			return layers.Bounds{}, 0, Invalid("bbox", "bbox: %q is not a number", "bbox：“%s”不是数", part)
		}
		n[i] = v
	}
	half := len(parts) / 2
	b := layers.Bounds{n[0], n[1], n[half], n[half+1]}
	if in.yx {
		b = layers.Bounds{b[1], b[0], b[3], b[2]}
	}
	if b[1] > b[3] {
		return b, 0, Invalid("bbox", "bbox: %s; its lower corner is above its upper one", "bbox：%s，左下角高于右上角", fmt.Sprint(n[:len(parts)]))
	}
	return b, in.srid, nil
}
