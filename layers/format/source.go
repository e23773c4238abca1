package format

import (
	"context"
	"iter"

	"onemap/layers"
)

// Dataset is what was found in the files of one import: its sources can be read, one after the other, any number of times.
type Dataset struct {
	Files   []File
	Sources []*Source
}

// File is one file that was given, or that an archive held.
type File struct {
	Name    string        `json:"name"` // as people know it; within an archive "town.zip/roads/road.shp"
	Bytes   int64         `json:"bytes"`
	Format  string        `json:"format,omitempty"`  // Format.Title; "" = not read
	Skipped *layers.Words `json:"skipped,omitempty"` // why it was not read; nil = it was, or is part of one that was
}

// Source is one set of rows with fields and at most one geometry: a shapefile, a layer of a GeoPackage, a sheet.
type Source struct {
	File     string   // File.Name
	Format   Format   //
	Name     string   // of the layer in the file, as people write it in --from
	Fields   []Field  // in the file's order
	Geometry string   // GDAL's words: "Polygon", "3D Point", "Unknown (any)"; "None" = rows have none
	Count    int64    // rows; -1 = known only after reading
	Extent   *Extent  // of the coordinates as they stand in the file; nil = not known
	CRS      CRS      // as the file says, or as its format prescribes
	Encoding Encoding // of its text, and how we know
	Notes    []Note   // what the reader did or doubts about the file as a whole

	read func(ctx context.Context, opt RowOptions) iter.Seq2[*Row, error]
}

// Extent is minX, minY, maxX, maxY in the coordinates of a file, x first as they are read.
type Extent [4]float64

// Field is one column of a source.
type Field struct {
	Name  string // decoded; as it stands in the file
	Kind  Kind   // as the file declares it
	Loose bool   // the format has no types: Kind is Text and the values tell
	Width int    // of text, in characters; 0 = not said

	Given    bool // the format has it in every file, whether this one says something there or not
	Verbatim bool // text that stays as it stands, also where it reads as a date
}

// Kind is the type a file declares for a field.
type Kind string

// The kinds. Values travel as text in any case: numbers in decimal, dates as 2006-01-02, times of a day as 15:04:05,
// moments as RFC 3339 (without a zone where the file has none), booleans as true and false, JSON as it is.
const (
	Text     Kind = "text"
	Integer  Kind = "integer"
	Number   Kind = "number"
	Boolean  Kind = "boolean"
	Date     Kind = "date"
	DateTime Kind = "datetime"
	Time     Kind = "time"
	JSON     Kind = "json"
)

// CRS is the coordinate system a source names. The zero value names none.
type CRS struct {
	WKT  string // as GDAL tells it; "" = none
	EPSG int    // where it could be told, also from an ESRI name such as CGCS2000_3_Degree_GK_Zone_39; 0 = not
	Name string // for people
	How  string // where it is said: ".prj", "the GeoPackage", "GeoJSON is always WGS 84", …
}

// Encoding is how a source's text is written down, and how we know.
type Encoding struct {
	Name string `json:"name"` // UTF-8, GB18030, Big5, ISO-8859-1 …
	How  string `json:"how"`  // e.g. ".cpg says GBK", "LDID 0x4D in the .dbf", "all text is clean GB18030 and no other"
}

// Row is one row of a source. It, and all it holds, is only good until the next one.
type Row struct {
	Number   int64    // as the file counts, from 1
	Geometry []byte   // EWKB, little end first, coordinates as RowOptions ask, Z kept, M dropped, curves densified; nil = null
	Values   [][]byte // text of each of Source.Fields, valid UTF-8 without NUL; nil = null
	Notes    []Note   // what the reader found wrong in this row and what it did
	Lost     bool     // the row could not be read at all; Notes say why
}

// RowOptions say how rows are read.
type RowOptions struct {
	// From is the coordinate system to transform from, to EPSG:4490 in the order longitude, latitude: "EPSG:n" or WKT.
	// "" leaves the coordinates as they stand in the file (x first, as GDAL gives them).
	From string
	// Progress is told often; may be nil. total is -1 when not known.
	Progress func(done, total int64)
}

// Rows yields the rows in the file's order. It ends after the first error, which is layers.ErrInvalid where the file is
// to blame, with words for people.
func (s *Source) Rows(ctx context.Context, opt RowOptions) iter.Seq2[*Row, error] {
	return s.read(ctx, opt)
}

// Note is something a person should hear about a file or a row: what was found, and what was done about it.
type Note struct {
	Rule     string       // e.g. encoding.mended, text.cut, row.unreadable; the list is in docs/import.md
	Severity Severity     //
	Field    string       // Field.Name; "" = not about one
	Value    string       // as found, at most 200 characters
	Words    layers.Words //
}

// Severity says how much a note matters.
type Severity string

// Info: good to know. Warning: look at it. Error: the row, or the value, could not be kept.
const (
	Info    Severity = "info"
	Warning Severity = "warning"
	Error   Severity = "error"
)
