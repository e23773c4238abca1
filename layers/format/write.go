package format

import (
	"io"

	"onemap/layers"
)

// Writer writes the features of one sheet, one after the other, in constant memory.
type Writer interface {
	// Write writes one feature; its Properties are in the order of the sheet's. It keeps nothing of f.
	Write(f *layers.Feature) error
	// Close writes what stands at the end. It does not close the stream beneath.
	Close() error
}

// Sheet is what a writer is told before the first feature.
type Sheet struct {
	// Layer has the Properties that are written, by the names they have in the file; GeometryType, HasZ and the titles are
	// the layer's own.
	Layer    *layers.Layer
	CRS      layers.CRS     // of the coordinates, east first
	Bounds   *layers.Bounds // that hold all features, in the CRS; nil = not known
	Encoding string         // of the text; "" = UTF-8
	BOM      bool           // begin UTF-8 text with a byte order mark, which Excel needs
	Schema   string         // of XML: the file beside that describes it; "" = there is none
}

// Writing is how files of a format are written.
type Writing struct {
	// MediaType is that of a stream, or of the one file.
	MediaType string

	// Stream makes a writer onto a stream. nil = the format needs whole files, and GDAL's Driver writes them.
	Stream func(w io.Writer, s Sheet) (Writer, error)
	Driver string

	// Degrees: the format holds longitude and latitude only. Encodings: its text may be asked for in other than UTF-8.
	Degrees, Encodings bool
	encoding           string // of text where none is asked for; "" = UTF-8

	layout  func(j *job, p *part) layout             // what GDAL's driver is told
	kind    func(layers.Type) layers.Type            // type that stands for one which the format has not; nil = it has all
	id      string                                   // name of the column that gives features their id in the format; "" = it has none
	idText  bool                                     // which is text
	finish  func(j *job, p *part, stem string) error // mends what the driver wrote to the files of that stem; may be nil
	schema  func(l *layers.Layer) []byte             // a .xsd that goes beside a file; nil = there is none
	names   nameRules
	texts   textRules
	whole   int64 // largest whole number that it has a type for; a field with larger ones becomes text; 0 = all
	decimal bool  // keeps numbers as they are written, whatever the digits; others have float64
	most    int64 // rows; 0 = no limit

	plane     bool     // makes sense in a plane only
	never8    bool     // can not hold UTF-8
	widths    bool     // texts have a width
	fixed     bool     // numbers are decimal, with so many digits on both sides of the point
	ownAreas  bool     // areas with heights are written by us, see shpWriter
	noBool    bool     // yes and no are 1 and 0
	areas     bool     // holds areas only
	paths     bool     // holds points and lines only
	oneKind   bool     // a file, or layer, holds one kind of geometry
	flat      bool     // holds no heights
	shapeless bool     // holds no geometry: it becomes columns
	bare      bool     // holds geometry alone, no properties
	bounded   bool     // begins with the bounds of all
	noNull    bool     // numbers are never null
	utc       bool     // moments are in UTC, to the second
	noEmpty   bool     // an empty text can not be told from a null
	siblings  []string // extensions of the files that one consists of, where they are several
	listed    bool     // names of fields may change: a list of what became what goes with it
}
