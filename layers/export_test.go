package layers

import "github.com/twpayne/go-geom"

// DecodeGeometry reads a geometry into memory of its own.
func DecodeGeometry(b []byte) (geom.T, error) { return decodeGeometry(b, nil) }
