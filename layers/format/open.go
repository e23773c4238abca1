package format

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"onemap/layers"
)

// Limits on what a zip may hold: a shapefile's parts have at most 2 GB each by their own format.
const (
	maxZipEntries = 1000
	maxZipBytes   = 8 << 30
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

// openShapefile gathers the parts as in.shp, in.shx …, unpacking a zip, and writes the .dbf again so that GDAL meets
// neither names it can not decode nor characters cut in the middle.
func (o *opened) openShapefile(g gdal, file string, zipped bool, told string) error {
	parts, err := siblings(file)
	if zipped {
		parts, err = unzip(file, g.dir)
	}
	if err != nil {
		return err
	}
	for _, ext := range []string{".shp", ".shx", ".prj"} {
		if parts[ext] == "" {
			continue
		}
		if _, err := g.link(parts[ext], "in"+ext); err != nil {
			return err
		}
	}
	if parts[".shx"] == "" {
		o.warnings = append(o.warnings, "the .shx is missing: the index was made anew from the .shp")
	}
	o.path = filepath.Join(g.dir, "in.shp")
	if parts[".dbf"] == "" {
		o.encoding.how = "there is no .dbf, hence no text"
		o.warnings = append(o.warnings, "the .dbf is missing: the features have no attributes")
		return nil
	}
	return o.settleTable(parts, filepath.Join(g.dir, "in.dbf"), told)
}

// settleTable decides the encoding of the .dbf and writes it in plain form.
func (o *opened) settleTable(parts map[string]string, to, told string) error {
	in, err := os.Open(parts[".dbf"])
	if err != nil {
		return err
	}
	defer in.Close()
	d, err := readDBF(in)
	if err != nil {
		return err
	}
	cpg := ""
	if parts[".cpg"] != "" {
		raw, err := os.ReadFile(parts[".cpg"])
		if err != nil {
			return err
		}
		cpg = string(raw[:min(len(raw), 64)])
	}
	var warning string
	o.encoding, warning, err = decideEncoding(told, cpg, d.header[dbfLanguage], func(w *witness) error {
		for _, f := range d.fields {
			w.see(f.name)
		}
		return d.texts(in, w.see)
	})
	if err != nil {
		return err
	}
	if warning != "" {
		o.warnings = append(o.warnings, warning)
	}
	if _, err := in.Seek(int64(len(d.header)), io.SeekStart); err != nil {
		return err
	}
	mended, err := d.plain(in, to, o.encoding)
	if err != nil {
		return err
	}
	if mended > 0 {
		o.warnings = append(o.warnings, fmt.Sprintf("%d values ended in the middle of a character, which was left out", mended))
	}
	o.titles = d.titles(o.encoding)
	o.options = []string{"-oo", "ENCODING=" + o.encoding.name}
	return nil
}

// siblings finds the parts of a shapefile beside its .shp, whatever the case of their extensions.
func siblings(shp string) (map[string]string, error) {
	dir, base := filepath.Split(shp)
	stem := strings.TrimSuffix(base, filepath.Ext(base))
	entries, err := os.ReadDir(filepath.Clean(dir + "."))
	if err != nil {
		return nil, err
	}
	parts := map[string]string{".shp": shp}
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		if strings.EqualFold(strings.TrimSuffix(e.Name(), ext), stem) && strings.ToLower(ext) != ".shp" {
			parts[strings.ToLower(ext)] = filepath.Join(dir, e.Name())
		}
	}
	return parts, nil
}

// unzip takes the parts of the one shapefile out of a zip. Names inside decide nothing but which parts belong together:
// what is written is called zip.shp, zip.dbf … in dir.
func unzip(file, dir string) (map[string]string, error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is not a zip that can be read: %w", layers.ErrInvalid, file, err)
	}
	defer z.Close()
	if len(z.File) > maxZipEntries {
		return nil, fmt.Errorf("%w: the zip has %d entries; at most %d are read", layers.ErrInvalid, len(z.File), maxZipEntries)
	}
	var found []string
	stem := func(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }
	for _, e := range z.File {
		if strings.EqualFold(path.Ext(e.Name), ".shp") && !strings.HasPrefix(path.Base(e.Name), "._") {
			found = append(found, e.Name)
		}
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%w: the zip holds %d shapefiles, one is wanted: %s", layers.ErrInvalid, len(found), strings.ToValidUTF8(strings.Join(found, ", "), "?"))
	}
	parts, left := map[string]string{}, int64(maxZipBytes)
	for _, e := range z.File {
		ext := strings.ToLower(path.Ext(e.Name))
		known := ext == ".shp" || ext == ".shx" || ext == ".dbf" || ext == ".prj" || ext == ".cpg"
		if !known || !e.Mode().IsRegular() || !strings.EqualFold(stem(e.Name), stem(found[0])) || parts[ext] != "" {
			continue
		}
		parts[ext] = filepath.Join(dir, "zip"+ext)
		n, err := unpack(e, parts[ext], left)
		if err != nil {
			return nil, err
		}
		left -= n
	}
	return parts, nil
}

func unpack(e *zip.File, to string, limit int64) (n int64, err error) {
	in, err := e.Open()
	if err != nil {
		return 0, fmt.Errorf("%w: the zip can not be read: %w", layers.ErrInvalid, err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	n, err = io.Copy(out, io.LimitReader(in, limit+1))
	if err == nil && n > limit {
		err = fmt.Errorf("%w: the zip unpacks to more than %d GB", layers.ErrInvalid, maxZipBytes>>30)
	} else if err != nil {
		err = fmt.Errorf("%w: the zip can not be read: %w", layers.ErrInvalid, err)
	}
	return n, errors.Join(err, out.Close())
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
