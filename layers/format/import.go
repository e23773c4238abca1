package format

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
)

// Options says what to import and as what. Only Layer has to be given.
type Options struct {
	Layer    string // name of the layer to make
	Title    string // "" = the file's name
	TitleEn  string
	Theme    string // "" = other
	SRID     int    // of the file, where it says none or says it wrongly
	Encoding string // of a shapefile's text, where what it says is wrong
	From     string // layer in the file, where it has several
	Timeout  time.Duration
	Progress func(Progress) // told often; may be nil
}

// Progress is how far an import is.
type Progress struct {
	Step       string // look, read, check, write
	Done, Rows int64  // of this step; Rows -1 = not known
}

// Summary is what an import did, for people.
type Summary struct {
	File     string
	Format   string
	Layer    *layers.Layer
	Rows     int64
	Bounds   *layers.Bounds
	NoShape  int64 // features without geometry
	Repaired int64 // geometries that were invalid
	CRS      string
	Encoding string // and how it is known
	Fields   []layers.Column
	Warnings []string
	Took     time.Duration
}

// Import makes a layer of a file. ogr2ogr reads it into a staging table; one transaction then makes the layer, so that
// readers see all of it or nothing, and whoever is killed on the way leaves at most a staging table, which the next
// import takes away. url is the database of store.
// It returns layers.ErrInvalid with what to do when the file does not say enough about itself, ErrConflict when the
// layer is there already.
func Import(ctx context.Context, store *layers.Store, actor layers.Actor, url, file string, opt Options) (*Summary, error) {
	began := time.Now()
	if opt.Timeout == 0 {
		opt.Timeout = 2 * time.Hour
	}
	if opt.Progress == nil {
		opt.Progress = func(Progress) {}
	}
	ctx, cancel := context.WithTimeout(ctx, opt.Timeout)
	defer cancel()
	if err := opt.check(ctx, store, actor); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "onemap-import-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)

	run := &importing{opt: opt, gdal: gdal{dir: dir}, sum: &Summary{File: file}}
	if err := run.look(ctx, file); err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("connect to database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	run.stage, err = newStage(ctx, conn)
	if err != nil {
		return nil, err
	}
	defer run.stage.drop(context.WithoutCancel(ctx))
	if err := run.read(ctx); err != nil {
		return nil, err
	}
	if err := run.write(ctx, store, actor); err != nil {
		return nil, err
	}
	run.sum.Took = time.Since(began)
	return run.sum, nil
}

// check refuses at once what would be refused after all the reading.
func (o Options) check(ctx context.Context, store *layers.Store, actor layers.Actor) error {
	if !layers.ValidName(o.Layer) {
		return fmt.Errorf("%w: layer name %q: want a small letter, then small letters, digits and _, at most 48", layers.ErrInvalid, o.Layer)
	}
	themes, err := store.Codes(ctx, "theme")
	if err != nil {
		return err
	}
	var known []string
	for _, t := range themes {
		known = append(known, t.Code)
	}
	if o.Theme != "" && !slices.Contains(known, o.Theme) {
		return fmt.Errorf("%w: there is no theme %q; there are %s", layers.ErrInvalid, o.Theme, strings.Join(known, ", "))
	}
	if _, err := store.Layer(ctx, actor, o.Layer); err == nil {
		return fmt.Errorf("%w: there is a layer %q already; choose another name", layers.ErrConflict, o.Layer)
	} else if !errors.Is(err, layers.ErrNotFound) {
		return err
	}
	return nil
}

// importing is one import under way.
type importing struct {
	opt    Options
	gdal   gdal
	sum    *Summary
	file   *opened
	source source
	srs    string
	stage  *stage
}

// look finds out what the file is.
func (r *importing) look(ctx context.Context, file string) (err error) {
	r.opt.Progress(Progress{Step: "look", Rows: -1})
	if r.file, err = open(r.gdal, file, r.opt.Encoding); err != nil {
		return err
	}
	if r.source, err = r.file.pick(ctx, r.gdal, r.opt.From); err != nil {
		return err
	}
	if r.srs, r.sum.CRS, err = sourceCRS(r.source, r.opt.SRID); err != nil {
		return err
	}
	r.sum.Format = r.file.format.Title
	r.sum.Encoding = r.file.encoding.name + " (" + r.file.encoding.how + ")"
	r.sum.Warnings = append(r.sum.Warnings, r.file.warnings...)
	return nil
}

// read has ogr2ogr put the rows into the staging table, in EPSG:4490 and east before north.
func (r *importing) read(ctx context.Context) error {
	r.gdal.env = r.stage.environment()
	args := []string{"-f", "PostgreSQL", "PG:dbname='" + strings.ReplaceAll(r.stage.database(), "'", `\'`) + "'",
		"-nln", r.stage.name, "-lco", "SCHEMA=onemap", "-lco", "UNLOGGED=ON", "-lco", "FID=ogc_fid", "-lco", "GEOMETRY_NAME=geom",
		"-lco", "SPATIAL_INDEX=NONE", "-lco", "PRECISION=NO", "-lco", "LAUNDER=NO",
		"-mapFieldType", "StringList=String,IntegerList=String,Integer64List=String,RealList=String,Binary=String,Time=String"}
	if r.source.geometry != "None" {
		args = append(args, "-t_srs", "EPSG:4490", "-nlt", "PROMOTE_TO_MULTI")
		if strings.HasPrefix(r.source.geometry, "Unknown") {
			args = append(args, "-dim", "XYZ") // a column that takes anything would lose heights
		}
		if r.srs != "" {
			args = append(args, "-s_srs", r.srs)
		}
	}
	args = append(args, r.file.options...)
	if len(r.source.fields) > 0 {
		args = append(args, "-dialect", "OGRSQL", "-sql", r.source.selectFields())
	}
	args = append(args, r.file.path)
	if len(r.source.fields) == 0 {
		args = append(args, r.source.layer)
	}
	warnings, err := r.gdal.run(ctx, func(percent int) {
		r.opt.Progress(Progress{Step: "read", Done: max(r.source.count, 0) * int64(percent) / 100, Rows: r.source.count})
	}, args...)
	r.sum.Warnings = append(r.sum.Warnings, warnings...)
	return err
}

// selectFields names the fields c1, c2 … so that no name in a file matters to GDAL or PostgreSQL.
func (s source) selectFields() string {
	quote := func(name string) string {
		return `"` + strings.ReplaceAll(strings.ReplaceAll(name, `\`, `\\`), `"`, `\"`) + `"`
	}
	var list []string
	for i, f := range s.fields {
		list = append(list, fmt.Sprintf("%s AS c%d", quote(f.name), i+1))
	}
	return "SELECT " + strings.Join(list, ", ") + " FROM " + quote(s.layer)
}

// write makes the layer of the staging table.
func (r *importing) write(ctx context.Context, store *layers.Store, actor layers.Actor) error {
	r.opt.Progress(Progress{Step: "check", Rows: r.source.count})
	shape, err := r.stage.inspect(ctx, r.source.geometry != "None")
	if err != nil {
		return err
	}
	if shape.rows == 0 {
		return fmt.Errorf("%w: %s holds no features", layers.ErrInvalid, r.sum.File)
	}
	r.sum.Rows, r.sum.NoShape, r.sum.Repaired, r.sum.Bounds = shape.rows, shape.null, shape.repaired, shape.bounds
	r.sum.Warnings = append(r.sum.Warnings, shape.warnings...)
	columns, query, err := r.columns(ctx, shape)
	if err != nil {
		return err
	}
	r.sum.Fields = columns
	r.opt.Progress(Progress{Step: "write", Rows: shape.rows})
	def := r.definition(shape, columns)
	names := []string{}
	for _, c := range columns {
		names = append(names, c.Name)
	}
	if shape.kind != "" {
		names = append(names, "geom")
	}
	reason := "import of " + filepath.Base(r.sum.File)
	r.sum.Layer, _, err = store.CreateFrom(ctx, actor, def, reason, names, query)
	if err == nil {
		r.opt.Progress(Progress{Step: "write", Done: shape.rows, Rows: shape.rows})
	}
	return err
}
