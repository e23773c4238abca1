package format

import (
	"fmt"

	"onemap/layers"
)

// ExportReport is what was written. It travels as JSON as it is.
type ExportReport struct {
	Layer    string        `json:"layer"`
	Title    string        `json:"title"`
	Format   string        `json:"format"`
	Files    []File        `json:"files"`
	Rows     int64         `json:"rows"`
	SRID     int           `json:"srid"`
	CRS      string        `json:"crs"`
	Encoding string        `json:"encoding"`
	Fields   []ExportField `json:"fields"`
	Notes    []*ExportNote `json:"notes"` // what could not be kept as it is
	Seconds  float64       `json:"seconds"`
}

// ExportField is what became of a property.
type ExportField struct {
	Property string      `json:"property"` // "" = the feature's id
	Title    string      `json:"title"`
	Type     layers.Type `json:"type"`    // of the property
	Name     string      `json:"name"`    // in the file
	Written  string      `json:"written"` // type in the file, in the format's words
}

// report says what was written.
func (j *job) report() *ExportReport {
	r := &ExportReport{Layer: j.layer.Name, Title: j.layer.Title, Format: j.format.Title, Rows: j.rows, SRID: j.sheet.CRS.SRID, CRS: j.sheet.CRS.Name,
		Encoding: j.text.name, Notes: j.notes.notes}
	for _, n := range r.Notes {
		if n.column != nil {
			n.Field = n.column.Name // which may have been changed since
		}
	}
	for _, c := range j.columns {
		if j.writing.bare || c.from == idOfFormat {
			continue
		}
		was := layers.Property{Title: c.Title, Type: c.Type}
		if p, ok := j.layer.Property(c.source); ok {
			was = p
		}
		r.Fields = append(r.Fields, ExportField{Property: c.source, Title: c.Title, Type: was.Type, Name: c.Name, Written: j.written(c)})
	}
	return r
}

// written is a field's type in the words of the format.
func (j *job) written(c *column) string {
	if len(j.parts) > 0 {
		if as := j.writing.layout(j, j.parts[0]).as; as != nil && as(c) != "" {
			return as(c)
		}
	}
	if j.writing.widths && c.Type == layers.String {
		return fmt.Sprintf("character(%d)", c.textWidth())
	}
	return string(c.Type)
}
