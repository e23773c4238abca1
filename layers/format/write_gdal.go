package format

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"onemap/layers"
)

// layout is what GDAL's driver is told.
type layout struct {
	ext     string                 // of what it writes; "" = the format's usual one
	layer   string                 // name of the layer in it; "" = the layer's
	kind    string                 // for -nlt; "" = as the layer is
	args    []string               // -dsco, -lco, --config …
	as      func(c *column) string // type of GDAL's SQL that a field is cast to; "" = as it is. nil = days alone are cast
	instead string                 // what is selected instead of the fields
	more    string                 // what is selected besides them; "" = nothing
}

// throughGDAL spools the features as FlatGeobuf in the job's folder and has ogr2ogr make the format of it.
func (j *job) throughGDAL(ctx context.Context) error {
	defer func() {
		for _, p := range j.parts {
			p.file.Close()
			if p.shapes != nil {
				p.shapes.shp.Close()
				p.shapes.shx.Close()
			}
		}
	}()
	if err := j.spool(ctx); err != nil {
		return err
	}
	kept := j.parts[:0:0]
	for _, p := range j.parts {
		if len(j.parts) > 1 && p.kind == "MultiPoint" && !p.multi {
			p.kind = "Point" // many programs know no others
		}
		if p.rows > 0 {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		kept = j.parts[len(j.parts)-1:]
	}
	if len(kept) == 1 {
		kept[0].name = ""
	} else if len(kept) > 1 {
		j.notes.say("geometry.split", Info, layers.Say("%s holds one kind of geometry at a time: written as %s", "%s 每个文件只能存一种几何，已分开写出：%s",
			j.format.Title, partNames(kept)))
	}
	for i, p := range kept {
		if err := j.convert(ctx, p, int64(i), int64(len(kept))); err != nil {
			return err
		}
	}
	return nil
}

func partNames(parts []*part) string {
	var names []string
	for _, p := range parts {
		names = append(names, "…"+p.name)
	}
	return strings.Join(names, ", ")
}

// convert has ogr2ogr write one part.
func (j *job) convert(ctx context.Context, p *part, nth, of int64) error {
	lay := j.writing.layout(j, p)
	if lay.ext == "" {
		lay.ext = j.format.Extensions[0]
	}
	if lay.layer == "" {
		lay.layer = j.layer.Name + p.name
	}
	if lay.kind == "" {
		lay.kind = ogrKind(p.kind, j.layer.HasZ && !j.writing.flat)
	}
	to := j.stem + lay.ext
	if j.writing.siblings != nil {
		to = j.stem + p.name + lay.ext
	}
	// The path is relative to where GDAL runs: /vsizip would take a directory called x.zip for an archive.
	args := append([]string{"-f", j.writing.Driver, filepath.Join(filepath.Base(j.out), to), p.path}, lay.args...)
	if _, err := os.Stat(filepath.Join(j.out, to)); err == nil {
		args = append([]string{"-update"}, args...) // a second layer of the same file
	}
	args = append(args, "-nln", lay.layer, "-nlt", lay.kind)
	if query := lay.query(j.sheetOf().Properties, j.columns); query != "" {
		args = append(args, "-dialect", "OGRSQL", "-sql", query)
	}
	err := j.ogr2ogr(ctx, p.path, func(percent int) { j.tell("convert", (nth*100+int64(percent))*j.rows/100/of, j.rows) }, args)
	if err != nil || j.writing.finish == nil {
		return err
	}
	return j.writing.finish(j, p, filepath.Join(j.out, strings.TrimSuffix(to, lay.ext)))
}

// ogr2ogr runs the child that may read the spool and write to the folder's work directory.
func (j *job) ogr2ogr(ctx context.Context, spool string, progress func(percent int), args []string) error {
	c, err := j.folder.start(ctx, "ogr2ogr", j.writing.Driver, []string{spool}, nil, append([]string{"-progress"}, args...)...)
	if err != nil {
		return err
	}
	followProgress(c.out, progress)
	err = c.end()
	text := c.errors.String()
	for _, w := range warningLines(text) {
		if strings.Contains(w, "GDAL_SKIP") || strings.Contains(w, "OGR_SKIP") {
			continue // ours, see Folder.start
		}
		j.notes.say("gdal", Warning, layers.Say("GDAL: %s", "GDAL 提示：%s", w))
	}
	if lines := errorLines(text); err != nil && ctx.Err() == nil && len(lines) > 0 {
		return fmt.Errorf("write %s: %s", j.format.Title, strings.Join(lines[:min(len(lines), 3)], "; "))
	}
	return err
}

// followProgress reads GDAL's "0...10...20 … 100 - done.": three dots are ten percent.
func followProgress(r io.Reader, progress func(percent int)) {
	in := bufio.NewReader(r)
	var percent float64
	for {
		c, err := in.ReadByte()
		if err != nil {
			return
		}
		if c == '.' && percent < 100 {
			percent += 10.0 / 3
			progress(min(int(percent), 99))
		}
	}
}

// query selects the fields of the spool by the names and types they have in the file; "" = it has none.
func (lay layout) query(properties []layers.Property, columns []*column) string {
	if lay.instead != "" {
		return "SELECT " + lay.instead + " FROM spool"
	}
	var list []string
	for i, p := range properties {
		as := ""
		if p.Type == layers.Date {
			as = "date"
		}
		if lay.as != nil && i < len(columns) {
			as = lay.as(columns[i])
		}
		field := fmt.Sprintf(`"c%d"`, i)
		if as != "" {
			field = fmt.Sprintf("CAST(%s AS %s)", field, as)
		}
		list = append(list, fmt.Sprintf("%s AS %s", field, quoteSQL(p.Name)))
	}
	if lay.more != "" {
		list = append(list, lay.more)
	}
	if list == nil {
		return ""
	}
	return "SELECT " + strings.Join(list, ", ") + " FROM spool"
}

func quoteSQL(name string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(name, `\`, `\\`), `"`, `\"`) + `"`
}

// ogrKind is a geometry type in the words of ogr2ogr's -nlt.
func ogrKind(kind string, z bool) string {
	name := strings.ToUpper(kind)
	switch name {
	case "":
		return "NONE"
	case "GEOMETRY":
		name = "GEOMETRY"
	}
	if z {
		name += "Z"
	}
	return name
}
