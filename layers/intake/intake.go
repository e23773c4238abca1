// Package intake brings files into the map: it looks at what they are, says what is wrong with them row by row, proposes
// fixes by name, and writes one layer in one transaction.
//
// The way of the data: format.Open finds the sources; settleCRS says where their coordinates lie; each row is placed
// (placing.go), its geometry mended (mending.go) and its values profiled (profile.go), and spooled to the job's folder
// (spool.go); when all values have been seen the columns are settled (columns.go), and the spool is loaded by
// layers.Store; that of a large file is begun before (ahead.go). A dry run ends before that step. Nothing is in the database
// for others to see before the step ends, and then all of it.
package intake

import (
	"io"
	"time"

	"onemap/layers"
	"onemap/layers/format"
)

// Mode says what becomes of the rows a layer has.
type Mode string

// Create makes a new layer. Append adds to one. Replace puts the file in place of all rows, which go to history.
// Upsert writes the rows whose Key the layer does not have, or has with other values; nothing else.
const (
	Create  Mode = "create"
	Append  Mode = "append"
	Replace Mode = "replace"
	Upsert  Mode = "upsert"
)

// Invalid says what becomes of geometries that are not valid.
type Invalid string

// Repair mends them and reports the area before and after; Reject leaves the row out; Keep takes them as they are.
const (
	Repair Invalid = "repair"
	Reject Invalid = "reject"
	Keep   Invalid = "keep"
)

// Datum is a shift of Chinese internet maps that the coordinates of a file have.
type Datum string

// GCJ02 is that of Gaode and Tencent, BD09 of Baidu; the results are approximate and said to be so.
const (
	GCJ02 Datum = "gcj02"
	BD09  Datum = "bd09"
)

// Options say what to import and as what. Only Layer has to be given.
type Options struct {
	Layer    string  `json:"layer,omitempty"`    // name of the layer to make or to write to; "" in a dry run = not known yet
	Title    string  `json:"title,omitempty"`    // Chinese; "" = the file's name
	TitleEn  string  `json:"titleEn,omitempty"`  //
	Theme    string  `json:"theme,omitempty"`    // code of scheme "theme"; "" = other
	Standard string  `json:"standard,omitempty"` // a table of package standard to map to; "" = none, or Layer where there is one of that name
	Mode     Mode    `json:"mode,omitempty"`     // "" = create
	Key      string  `json:"key,omitempty"`      // property that tells rows apart; for upsert
	From     string  `json:"from,omitempty"`     // source in the file, where it has several that can not be one layer
	Only     string  `json:"only,omitempty"`     // point, line or area: takes only rows of that kind from a file that mixes them
	SRID     int     `json:"srid,omitempty"`     // EPSG code of the file, where it says none or says it wrongly
	Encoding string  `json:"encoding,omitempty"` // of the file's text, likewise
	Datum    Datum   `json:"datum,omitempty"`    // "" = none
	Invalid  Invalid `json:"invalid,omitempty"`  // "" = repair
	FixCRS   bool    `json:"fixCrs,omitempty"`   // apply what Report.CRS.Fix proposes
	Map      Mapping `json:"map,omitempty"`      // what becomes of fields, where the names do not tell
	DryRun   bool    `json:"dryRun,omitempty"`   // find everything out, write nothing
	Reason   string  `json:"-"`                  // told by the log besides what the import says itself

	Timeout  time.Duration       `json:"-"` // 0 = 2 h
	Progress func(Progress)      `json:"-"` // told often; may be nil
	Findings func(Finding) error `json:"-"` // every finding as it is made; may be nil. An error ends the import
	Preview  io.Writer           `json:"-"` // gets up to 2,000 rows, spread over the file, as a GeoJSON FeatureCollection; may be nil
	ahead    int64               // rows after which it is written what is still read; see ahead.go
	Folder   string              `json:"-"` // where the job's folder is made; "" = the system's directory for temporary files
}

// Mapping says by source field (its name in the file) what property it becomes. "" leaves the field out.
// Fields not named go by their names.
type Mapping map[string]string

// Progress is how far an import is.
type Progress struct {
	Step  string `json:"step"`  // look, read, settle, wait (for another import into the layer), write
	Done  int64  `json:"done"`  // rows of this step
	Total int64  `json:"total"` // -1 = not known
}

// Report is what an import found and did, or in a dry run would do. It travels as JSON as it is.
type Report struct {
	Layer   string        `json:"layer"` // where nobody has named one: a name it could have
	Title   string        `json:"title"`
	Mode    Mode          `json:"mode"`
	DryRun  bool          `json:"dryRun"`
	Files   []format.File `json:"files"`
	Sources []Source      `json:"sources"` // all that the files hold; Used are those that were read

	Format       string          `json:"format"`       // of what was read
	Encoding     format.Encoding `json:"encoding"`     //
	CRS          CRS             `json:"crs"`          //
	GeometryType string          `json:"geometryType"` // of the layer; "" = none
	HasZ         bool            `json:"hasZ"`         //
	Bounds       *layers.Bounds  `json:"bounds"`       // EPSG:4490; of the rows that are taken; nil = none has a geometry
	Standard     string          `json:"standard"`     // table it was mapped to
	Fields       []Field         `json:"fields"`       // of the file, in its order
	Missing      []Missing       `json:"missing"`      // properties of the target that no field gives
	Doubts       []Doubt         `json:"doubts"`       // about the whole; one that is Blocking stops a real import
	Rows         Counts          `json:"rows"`
	Rules        []RuleCount     `json:"rules"`    // findings by rule
	Findings     []Finding       `json:"findings"` // the first MaxFindings; Options.Findings has all
	Seconds      float64         `json:"seconds"`

	ahead bool // it was written while it was read
}

// MaxFindings is how many findings a Report holds itself.
const MaxFindings = 1000

// Source is one source in the files, for people to choose from.
type Source struct {
	File     string         `json:"file"`
	Name     string         `json:"name"`
	Format   string         `json:"format"`
	Geometry string         `json:"geometry"`
	Count    int64          `json:"count"`
	Fields   int            `json:"fields"`
	Extent   *format.Extent `json:"extent,omitempty"` // as in the file
	Used     bool           `json:"used"`
}

// CRS is how the coordinates were understood.
type CRS struct {
	Name string `json:"name"`           // of the system they were taken to be in; "" = no coordinates
	EPSG int    `json:"epsg,omitempty"` //
	How  string `json:"how"`            // e.g. ".prj", "as told", "proposed and accepted"
	Said string `json:"said,omitempty"` // what the file says, where that is something else
	Fix  *Fix   `json:"fix,omitempty"`  // proposed, or applied where Applied
}

// Fix is a proposal about coordinates, by name.
type Fix struct {
	Name    string       `json:"name"`            // swap-axes, zone, no-zone, other-zone, degrees, mercator, gcj02, bd09; several joined by "+"
	EPSG    int          `json:"epsg,omitempty"`  // the system it takes them to be in
	Swap    bool         `json:"swap,omitempty"`  // x and y change places
	Datum   Datum        `json:"datum,omitempty"` // the shift it takes back
	Words   layers.Words `json:"words"`           // what it does, why, and the option that says the same by hand
	Applied bool         `json:"applied"`
}

// Field is what became of one field of the file.
type Field struct {
	Source   string         `json:"source"` // its name in the file
	Name     string         `json:"name"`   // of the property; "" = left out
	Title    string         `json:"title"`
	Type     layers.Type    `json:"type"`
	Declared format.Kind    `json:"declared"`         // by the file
	Scheme   string         `json:"scheme,omitempty"` // code list whose codes all its values are
	Values   int64          `json:"values"`           // not null
	Distinct int64          `json:"distinct"`         // at most 1001, which stands for more
	Sample   []string       `json:"sample"`           // up to 5 different values
	Notes    []layers.Words `json:"notes"`            // e.g. why it is text, what was done to its values
}

// Missing is a property of the target that the file does not give.
type Missing struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	Required bool   `json:"required"`
}

// Doubt is something about the file as a whole that a person should decide or know.
type Doubt struct {
	Rule     string          `json:"rule"`
	Severity format.Severity `json:"severity"`
	Blocking bool            `json:"blocking"` // a real import stops here
	Words    layers.Words    `json:"words"`    // what, and which option decides it
}

// Counts of rows.
type Counts struct {
	Read      int64 `json:"read"`
	Taken     int64 `json:"taken"`     // written, or in a dry run would be
	Rejected  int64 `json:"rejected"`  // left out, each with a finding
	Repaired  int64 `json:"repaired"`  // of those taken: geometry mended
	Skipped   int64 `json:"skipped"`   // of another kind than Options.Only
	Empty     int64 `json:"empty"`     // of those taken: without geometry
	Duplicate int64 `json:"duplicate"` // equal to an earlier row, geometry and values; taken all the same
	Inserted  int64 `json:"inserted"`
	Updated   int64 `json:"updated"`   // upsert
	Unchanged int64 `json:"unchanged"` // upsert
	Removed   int64 `json:"removed"`   // replace
}

// RuleCount is how often a rule found something.
type RuleCount struct {
	Rule     string          `json:"rule"`
	Severity format.Severity `json:"severity"`
	Count    int64           `json:"count"`
}

// Finding is one thing found in one row, and what was done about it.
type Finding struct {
	Source   string          `json:"source,omitempty"` // where several were read
	Row      int64           `json:"row"`              // as the file counts, from 1
	Rule     string          `json:"rule"`             // geometry.invalid, value.type, … listed in docs/import.md
	Severity format.Severity `json:"severity"`
	Field    string          `json:"field,omitempty"` // of the file
	Value    string          `json:"value,omitempty"` // as found, at most 200 characters
	Done     Done            `json:"done"`
	Words    layers.Words    `json:"words"`
	At       *[2]float64     `json:"at,omitempty"`         // longitude, latitude of EPSG:4490
	Before   *float64        `json:"areaBefore,omitempty"` // m² on the ellipsoid
	After    *float64        `json:"areaAfter,omitempty"`
}

// Done says what became of the row or the value.
type Done string

// What is done about a finding.
const (
	Rejected Done = "rejected" // the row is left out
	Repaired Done = "repaired" // the geometry was mended
	Changed  Done = "changed"  // the value was changed
	Emptied  Done = "emptied"  // the value, or the geometry, was left out
	Kept     Done = "kept"     // as it is
)
