// Package format knows file formats: one file and one row of the table each. What an import can read is this table;
// adding a format adds it everywhere.
//
// Formats that GDAL reads go through its ogr2ogr as a child process (import.go). Rules of the formats themselves:
// ESRI Shapefile Technical Description (1998), OGC GeoPackage 12-128r18, RFC 7946 GeoJSON.
package format

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"onemap/layers"
)

// Format is one row of the table.
type Format struct {
	Name       string   // short, in small letters
	Title      string   // for people
	Extensions []string // with the dot, in small letters, the usual one first

	// Is tells by the file's name (small letters) and its first bytes whether it is of this format.
	Is func(name string, head []byte) bool
}

// All lists the formats, the likeliest first.
func All() []Format {
	return []Format{shapefile, geoPackage, geoJSON}
}

// Recognise returns the format of a file from its name and first bytes (512 are enough). Content goes before the name;
// where both disagree, or neither says anything, the error says what was looked for.
func Recognise(name string, head []byte) (Format, error) {
	lower := strings.ToLower(filepath.Base(name))
	all := All()
	for _, f := range all {
		if f.Is(lower, head) {
			return f, nil
		}
	}
	for _, f := range all {
		if slices.Contains(f.Extensions, filepath.Ext(lower)) {
			return Format{}, fmt.Errorf("%w: %s is called like a %s but its content is not one", layers.ErrInvalid, name, f.Title)
		}
	}
	return Format{}, fmt.Errorf("%w: %s is of no known format; %s can be read", layers.ErrInvalid, name, names(all))
}

func names(all []Format) string {
	var s []string
	for _, f := range all {
		s = append(s, fmt.Sprintf("%s (%s)", f.Title, f.Extensions[0]))
	}
	return strings.Join(s, ", ")
}
