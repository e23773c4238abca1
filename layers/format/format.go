// Package format knows file formats: one file and one row of the table each. What an import can read and an export can
// write is this table; adding a format adds it everywhere.
//
// Open finds what is in files, Source.Rows reads it (source.go is the contract). Formats that GDAL reads go through its
// programs as child processes in a sandbox (gdal.go); the others have readers here. Rules of the formats themselves:
// ESRI Shapefile Technical Description (1998), OGC GeoPackage 12-128r18, RFC 7946 GeoJSON.
package format

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
)

// Format is one row of the table.
type Format struct {
	Name       string   // short, in small letters
	Title      string   // for people
	Extensions []string // with the dot, in small letters, the usual one first

	// Is tells by the file's name (small letters, without directories) and its first bytes (up to 4 KiB) whether it is of
	// this format.
	Is func(name string, head []byte) bool

	// beside are the extensions of files that belong to one of this format: same directory, same name but for the extension.
	beside []string

	// driver is GDAL's name of what reads it; "" = the reader is ours.
	driver string

	// open finds the sources in a file; they need no File and no Format, Open sets both. nil = the format is only written.
	// Errors are layers.ErrInvalid where the file is to blame.
	open func(ctx context.Context, in input) ([]*Source, error)

	// Writing is how files of it are written; nil = they are only read. It is set in what Writable and ForWriting give.
	Writing *Writing
}

// input is one file to be opened.
type input struct {
	folder *Folder
	path   string            // where it lies; the extension may be any
	name   string            // as people know it, see File.Name
	beside map[string]string // paths of the files that belong to it, by extension with the dot in small letters
	hints  Hints
}

// Hints are what a person told about the files. The zero value tells nothing.
type Hints struct {
	Encoding string // of text: UTF-8, GB18030, Big5 …; "" = find out
	SRID     int    // EPSG code of the coordinates; 0 = as the file says
}

// All lists the formats, those that are told most surely first.
func All() []Format {
	return []Format{
		shapefile, geoPackage, fileGDB, flatGeobuf, geoParquet, osm, gpx, kml, gml, topoJSON, esriJSON, geoJSONSeq, geoJSON, dxf, mapInfoTAB, mapInfoMIF,
		swmm, epanet, boundary, xlsx, xls, csvText,
	}
}

// recognise returns the format of a file by its first bytes and its name (without directories).
func recognise(name string, head []byte) (Format, bool) {
	lower := strings.ToLower(filepath.Base(name))
	for _, f := range All() {
		if f.open != nil && f.Is(lower, head) {
			return f, true
		}
	}
	return Format{}, false
}

// called returns the format whose files are called like this.
func called(name string) (Format, bool) {
	ext := strings.ToLower(filepath.Ext(name))
	for _, f := range All() {
		if slices.Contains(f.Extensions, ext) {
			return f, true
		}
	}
	return Format{}, false
}
