// Package standard holds the tables that standards prescribe, as definitions of layers: the parcels of TD/T 1057-2020
// (dltb), the lines of the plan databases, the pipes of CJJ 61-2017 and so on, one JSON file per table, named like
// the layer. A file is a layers.Definition; its columns are written once, its properties are derived from them.
//
// A table that is added here is at once known to everything that makes layers by name.
package standard

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"onemap/layers"
)

//go:embed *.json
var files embed.FS

// Names lists the tables, in alphabetical order.
func Names() []string {
	found, err := fs.Glob(files, "*.json")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = strings.TrimSuffix(f, path.Ext(f))
	}
	return names
}

// Table returns the definition of a standard's table, a fresh copy each time. It returns layers.ErrNotFound for a
// name that is not in Names.
func Table(name string) (layers.Definition, error) {
	raw, err := files.ReadFile(name + ".json")
	if err != nil {
		return layers.Definition{}, layers.Refuse(layers.ErrNotFound, "there is no standard table %q", "没有标准表“%s”", name)
	}
	d, err := Decode(raw)
	if err == nil && d.Name != name {
		err = fmt.Errorf("the layer is called %q", d.Name)
	}
	if err != nil {
		return layers.Definition{}, fmt.Errorf("standard table %s: %w", name, err)
	}
	return d, nil
}

// Decode reads one definition and checks it: a field it does not know is an error, and so is everything Check finds.
// What a template leaves out takes the house's values: EPSG:4490, grade L2, writable, tracked.
func Decode(raw []byte) (layers.Definition, error) {
	d := layers.Definition{Layer: layers.Layer{SRID: 4490, Grade: "L2", Writable: true, Tracked: true}}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return layers.Definition{}, err
	}
	if len(d.Properties) > 0 {
		return layers.Definition{}, errors.New("a template has columns; its properties are derived")
	}
	for _, c := range d.Columns {
		d.Properties = append(d.Properties, c.Property)
	}
	if err := Check(d); err != nil {
		return layers.Definition{}, err
	}
	return d, nil
}
