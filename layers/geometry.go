package layers

import (
	"fmt"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"
)

// EncodeGeometry returns g as EWKB, the form in which geometries go to PostGIS; g carries its SRID. Nil stays nil.
func EncodeGeometry(g geom.T) ([]byte, error) {
	if g == nil {
		return nil, nil
	}
	b, err := ewkb.Marshal(g, ewkb.NDR)
	if err != nil {
		return nil, fmt.Errorf("encode geometry: %w", err)
	}
	return b, nil
}

// decodeGeometry reads EWKB as PostGIS sends it; nil is the null geometry.
func decodeGeometry(b []byte) (geom.T, error) {
	if b == nil {
		return nil, nil
	}
	g, err := ewkb.Unmarshal(b)
	if err != nil {
		return nil, fmt.Errorf("decode geometry: %w", err)
	}
	return g, nil
}
