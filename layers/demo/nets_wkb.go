package demo

import (
	"encoding/binary"
	"math"

	"onemap/layers"
)

// Geometries of the nets as EWKB, EPSG:4490; ground and pipe elevations are their Z.
const (
	netSRID     = 0x20000000
	netZ        = 0x80000000
	netPointTag = 1
	netLineTag  = 2
	netAreaTag  = 3
)

func netHead(b []byte, kind uint32, z bool, srid bool) []byte {
	if z {
		kind |= netZ
	}
	if srid {
		kind |= netSRID
	}
	b = binary.LittleEndian.AppendUint32(append(b, 1), kind)
	if srid {
		b = binary.LittleEndian.AppendUint32(b, 4490)
	}
	return b
}

func netPut(b []byte, p Point, z ...float64) []byte {
	lon, lat := layers.FromGK(p.X, p.Y)
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(lon))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(lat))
	for _, v := range z {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

func netWKBPoint(p Point, z ...float64) []byte {
	return netPut(netHead(nil, netPointTag, len(z) > 0, true), p, z...)
}

// netWKBLine is a MultiLineString of one line; z, when given, has one elevation for each point.
func netWKBLine(line []Point, z []float64) []byte {
	b := binary.LittleEndian.AppendUint32(netHead(nil, 5, z != nil, true), 1)
	b = binary.LittleEndian.AppendUint32(netHead(b, netLineTag, z != nil, false), uint32(len(line)))
	for i, p := range line {
		if z != nil {
			b = netPut(b, p, z[i])
		} else {
			b = netPut(b, p)
		}
	}
	return b
}

// netWKBArea is a MultiPolygon of one polygon.
func netWKBArea(a Polygon) []byte {
	b := binary.LittleEndian.AppendUint32(netHead(nil, 6, false, true), 1)
	b = binary.LittleEndian.AppendUint32(netHead(b, netAreaTag, false, false), uint32(len(a)))
	for _, r := range a {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(r)))
		for _, p := range r {
			b = netPut(b, p)
		}
	}
	return b
}
