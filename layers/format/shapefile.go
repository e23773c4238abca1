package format

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// shapefile is ESRI's .shp with its .dbf, .shx, .prj and .cpg beside it, or a zip of one.
var shapefile = Format{
	Name: "shp", Title: "Shapefile", Extensions: []string{".shp", ".zip"},
	Is: func(name string, head []byte) bool {
		if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
			return strings.HasSuffix(name, ".zip")
		}
		// File code 9994, big end first; version 1000 at byte 28, little end first.
		return len(head) >= 32 && binary.BigEndian.Uint32(head) == 9994 && binary.LittleEndian.Uint32(head[28:]) == 1000
	},
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
