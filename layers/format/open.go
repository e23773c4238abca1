package format

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"onemap/layers"
)

// opened is a file made ready for GDAL: under names of ours, in a directory of ours, with its encoding settled.
type opened struct {
	format   Format
	path     string
	options  []string // -oo …
	encoding encoding
	titles   []string // of a shapefile's fields, decoded; nil = what GDAL says
	warnings []string
}

// open recognises the file and prepares it in g's directory.
func open(g gdal, file, told string) (*opened, error) {
	head, err := firstBytes(file)
	if err != nil {
		return nil, err
	}
	f, err := Recognise(file, head)
	if err != nil {
		return nil, err
	}
	o := &opened{format: f, encoding: utf8Text}
	switch f.Name {
	case shapefile.Name:
		return o, o.openShapefile(g, file, strings.HasPrefix(string(head), "PK"), told)
	default:
		o.encoding.how = f.Title + " is always UTF-8"
		if told != "" {
			o.warnings = append(o.warnings, "--encoding is not used: "+o.encoding.how)
		}
		o.path, err = g.link(file, "in"+f.Extensions[0])
		return o, err
	}
}

func firstBytes(file string) ([]byte, error) {
	in, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: there is no file %s", layers.ErrNotFound, file)
	}
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if info, err := in.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%w: %s is a directory; name the .shp, .zip, .gpkg or .geojson in it", layers.ErrInvalid, file)
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return head[:n], nil
}

// pick returns the layer of the file that was asked for, or its only one.
func (o *opened) pick(ctx context.Context, g gdal, name string) (source, error) {
	all, err := g.describe(ctx, o.path, o.options)
	if err != nil {
		return source{}, err
	}
	var names []string
	for _, s := range all {
		names = append(names, s.layer)
		if s.layer == name || name == "" && len(all) == 1 {
			for i := range s.fields {
				if i < len(o.titles) {
					s.fields[i].title = o.titles[i]
				}
			}
			return s, nil
		}
	}
	switch {
	case len(all) == 0:
		return source{}, fmt.Errorf("%w: there is no layer in the file", layers.ErrInvalid)
	case name == "":
		return source{}, fmt.Errorf("%w: the file has %d layers; say which with --from: %s", layers.ErrInvalid, len(all), strings.Join(names, ", "))
	}
	return source{}, fmt.Errorf("%w: the file has no layer %q; it has %s", layers.ErrInvalid, name, strings.Join(names, ", "))
}
