package format

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"onemap/layers"
)

// column is one column of what is written, and where its values come from.
type column struct {
	layers.Property                   // as it is written; Name is that in the file
	source          string            // name of the layer's property; "" = the feature's id
	from            int               // place among a feature's properties; -1 = the feature's id
	meaning         map[string]string // what the codes mean, where names are written for them; nil = values as they are
	prefix          string            // before an id
	max             int64             // texts: most bytes in the encoding; numbers: most digits before the point
	decimals        int               // numbers: most behind the point
	huge            bool              // whole numbers: one needs more than 32 bits
	wide            bool              // numbers: one needs more than the format has
}

// idOfFormat stands for column.from where the format has ids of its own: not one of the fields.
const idOfFormat = -2

// columnsWithID is columnsOf and, where the format has ids of its own that a column gives, that column.
func (j *job) columnsWithID(ctx context.Context) error {
	columns, err := columnsOf(ctx, j.store, j.layer, j.opt)
	if err != nil {
		return err
	}
	whole := slices.Contains([]string{"smallint", "integer", "bigint"}, j.layer.Table.KeyType)
	switch {
	case j.writing.id == "" || j.layer.Table.Key == "":
	case j.writing.idText:
		columns = append(columns, &column{Property: layers.Property{Name: j.writing.id, Type: layers.String}, from: idOfFormat, prefix: j.layer.Name + "."})
	case whole:
		columns = append(columns, &column{Property: layers.Property{Name: j.writing.id, Type: layers.Integer}, from: idOfFormat})
	}
	j.columns = columns
	return nil
}

// columnsOf chooses what is written of a layer. It returns ErrInvalid for a property the layer has not.
func columnsOf(ctx context.Context, store *layers.Store, l *layers.Layer, opt ExportOptions) ([]*column, error) {
	var columns []*column
	if opt.ID != "" {
		id := layers.Property{Name: opt.ID, Title: opt.ID, Type: layers.String}
		if slices.Contains([]string{"smallint", "integer", "bigint"}, l.Table.KeyType) {
			id.Type = layers.Integer
		}
		columns = append(columns, &column{Property: id, from: -1})
	}
	wanted := opt.Properties
	if wanted == nil {
		for _, p := range l.Properties {
			wanted = append(wanted, p.Name)
		}
	}
	for _, name := range wanted {
		i := slices.IndexFunc(l.Properties, func(p layers.Property) bool { return p.Name == name })
		if i < 0 {
			return nil, layers.Refuse(layers.ErrInvalid, "layer %q has no property %q; it has %s", "图层“%s”没有属性“%s”；现有：%s", l.Name, name, propertyNames(l))
		}
		more, err := columnsOfProperty(ctx, store, l.Properties[i], i, opt)
		if err != nil {
			return nil, err
		}
		columns = append(columns, more...)
	}
	return columns, nil
}

func propertyNames(l *layers.Layer) string {
	var names []string
	for _, p := range l.Properties {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// columnsOfProperty makes the one column of a property, or of a coded one the two of code and name.
func columnsOfProperty(ctx context.Context, store *layers.Store, p layers.Property, at int, opt ExportOptions) ([]*column, error) {
	plain := &column{Property: p, source: p.Name, from: at}
	if opt.Names == "title" && p.Title != "" {
		plain.Name = p.Title
	}
	if p.Scheme == "" || opt.Codes == "" || opt.Codes == "code" {
		return []*column{plain}, nil
	}
	codes, err := store.Codes(ctx, p.Scheme)
	if err != nil {
		return nil, err
	}
	named := *plain
	named.Type, named.Width, named.meaning = layers.String, 0, map[string]string{}
	for _, c := range codes {
		named.meaning[c.Code] = c.Name
	}
	if opt.Codes == "name" {
		return []*column{&named}, nil
	}
	named.Title += "（名称）"
	named.Name += "_name"
	if opt.Names == "title" {
		named.Name = plain.Name + "名称"
	}
	return []*column{plain, &named}, nil
}

// value is what stands in the column for a feature.
func (c *column) value(f *layers.Feature) any {
	if c.from < 0 {
		if c.Type != layers.Integer {
			return c.prefix + f.ID
		}
		var n int64
		if _, err := fmt.Sscan(f.ID, &n); err != nil {
			return nil
		}
		return n
	}
	v := f.Properties[c.from]
	if c.meaning == nil || v == nil {
		return v
	}
	if name, ok := c.meaning[string(appendText(nil, v))]; ok {
		return name
	}
	return string(appendText(nil, v)) // a code that the list does not have says more than nothing
}
