package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"runtime/debug"
	"time"

	"onemap/layers"
	"onemap/layers/intake"
)

type importCmd struct {
	Files    []string       `arg:"" name:"file" type:"path" help:"Files, archives or directories: Shapefile, GeoPackage, FileGDB, GeoJSON, KML, GML, DXF, MapInfo, FlatGeobuf, CSV, XLSX, OSM, GPX, EPANET and SWMM .inp, [地块坐标] .txt; also zipped."`
	Layer    string         `placeholder:"NAME" help:"Layer to make or to write to: small letters, digits and _."`
	Title    string         `help:"Title for people; the file's name if not given."`
	TitleEn  string         `help:"English title."`
	Theme    string         `help:"Theme it stands under: base, landuse, planning, pipeline, drainage, water, evacuation, grid, facility, other."`
	Mode     intake.Mode    `enum:"create,append,replace,upsert" default:"create" help:"What becomes of a layer that is there: ${enum}. Replaced rows stay readable as history; upsert writes only what differs."`
	Key      string         `placeholder:"FIELD" help:"Property that tells features apart, for upsert."`
	Standard string         `placeholder:"TABLE" help:"Table of a standard to map to, such as dltb; the one that is called like the layer, if there is one; none for none."`
	From     string         `placeholder:"NAME" help:"Source in the file, where it has several."`
	Each     bool           `help:"Make a layer of each source, called NAME_source."`
	Only     string         `enum:",point,line,area" default:"" help:"Take only geometries of this kind from a file that mixes them: point, line, area."`
	SRID     int            `name:"srid" placeholder:"EPSG" help:"Coordinate system of the file, where it does not say it or says it wrongly: 4490, 4548, 4527, 4326 …"`
	Encoding string         `placeholder:"NAME" help:"Encoding of the text (GB18030, UTF-8, Big5 …), where what is found out is wrong."`
	GCJ02    bool           `name:"gcj02" xor:"datum" help:"The coordinates are those of Gaode or Tencent maps: shift them back (approximate)."`
	BD09     bool           `name:"bd09" xor:"datum" help:"The coordinates are those of Baidu maps: shift them back (approximate)."`
	Invalid  intake.Invalid `enum:"repair,reject,keep" default:"repair" help:"What becomes of invalid geometries: ${enum}."`
	FixCRS   bool           `name:"fix-crs" help:"Apply the proposal about coordinates that a run without this has made."`
	Map      string         `placeholder:"FILE.json" type:"existingfile" help:"What becomes of the fields: {\"field in the file\": \"property\"}; \"\" leaves one out."`
	DryRun   bool           `help:"Find everything out, write nothing."`
	Report   string         `placeholder:"FILE.json" type:"path" help:"Write what was found, row by row."`
	Timeout  time.Duration  `default:"2h" help:"Give up after this long."`
	Lang     string         `enum:",zh,en" default:"" help:"Language of what is said: zh or en; that of the terminal (LC_ALL, LANG) if not given."`
}

// importMemory is what an import may have before garbage is collected more eagerly. It bounds garbage, not the tables of what has
// been seen, which grow with the rows.
const importMemory = 150 << 20

// Run imports the files and says what came in.
func (c importCmd) Run(ctx context.Context, cfg *config) error {
	debug.SetMemoryLimit(importMemory)
	opt, err := c.options()
	if err != nil {
		return err
	}
	files := intake.NewFiles(c.Files, opt.Folder)
	files.LookAhead(ctx, opt)
	err = cfg.with(ctx, func(store *layers.Store, db *database) (err error) {
		if !c.Each {
			return c.one(ctx, store, files, opt)
		}
		return c.each(ctx, store, files, opt)
	})
	return c.speaks().tell(errors.Join(err, files.Close()))
}

func (c importCmd) speaks() language { return spoken(c.Lang) }

// options are the flags as an import takes them.
func (c importCmd) options() (intake.Options, error) {
	opt := intake.Options{
		Layer: c.Layer, Title: c.Title, TitleEn: c.TitleEn, Theme: c.Theme, Standard: c.Standard, Mode: c.Mode, Key: c.Key,
		From: c.From, Only: c.Only, SRID: c.SRID, Encoding: c.Encoding, Invalid: c.Invalid, FixCRS: c.FixCRS, DryRun: c.DryRun, Timeout: c.Timeout,
	}
	switch {
	case c.GCJ02:
		opt.Datum = intake.GCJ02
	case c.BD09:
		opt.Datum = intake.BD09
	}
	if c.Layer == "" && !c.DryRun {
		return opt, errors.New(c.speaks().pick("--layer is missing: say which layer to make, or --dry-run to see what the file is",
			"缺少 --layer：请指定图层名；或用 --dry-run 先查看文件内容"))
	}
	if c.Map == "" {
		return opt, nil
	}
	raw, err := os.ReadFile(c.Map)
	if err != nil {
		return opt, err
	}
	if err := json.Unmarshal(raw, &opt.Map); err != nil {
		return opt, fmt.Errorf("--map %s: want {\"field in the file\": \"property\"}: %w", c.Map, err)
	}
	return opt, nil
}

// one imports into one layer and tells of it.
func (c importCmd) one(ctx context.Context, store *layers.Store, files *intake.Files, opt intake.Options) (err error) {
	told, err := newTold(c.Report)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, told.close()) }()
	in := c.speaks()
	bar := newBar(os.Stderr, stepsIn(in))
	opt.Progress = func(p intake.Progress) { bar(p.Step, p.Done, p.Total) }
	opt.Findings = told.find
	report, err := files.Import(ctx, store, whoami(), opt)
	bar("", 0, 0)
	if report != nil && len(report.Sources) > 0 {
		printReport(os.Stdout, report, in)
	}
	if report != nil && c.Report != "" {
		err = errors.Join(err, told.write(c.Report, report))
	}
	return err
}

// each imports every source of the files into a layer of its own. One that fails does not keep the others out.
func (c importCmd) each(ctx context.Context, store *layers.Store, files *intake.Files, opt intake.Options) error {
	look := opt
	look.DryRun, look.Layer = true, ""
	report, err := files.Import(ctx, store, whoami(), look)
	if err != nil {
		return err
	}
	var failed []error
	for _, s := range report.Sources {
		if s.Count == 0 {
			continue
		}
		one := opt
		one.From, one.Layer, one.Title = s.File+"/"+s.Name, intake.LayerName(c.Layer, s.Name), s.Name
		if c.Title != "" {
			one.Title = c.Title + " " + s.Name
		}
		if err := c.one(ctx, store, files, one); err != nil {
			in := c.speaks()
			fmt.Fprintf(os.Stderr, "onemap: %s: %v\n", s.Name, in.tell(err))
			failed = append(failed, fmt.Errorf(in.pick("%s was not imported", "%s 未导入"), s.Name))
		}
		fmt.Println()
	}
	return errors.Join(failed...)
}

// whoami is the person at the terminal, as the log will name them.
func whoami() layers.Actor {
	if u, err := user.Current(); err == nil {
		return layers.Actor{ID: u.Username, Name: u.Name}
	}
	return layers.Anonymous
}

// stepsIn are what the steps of an import are called.
func stepsIn(in language) map[string]string {
	return map[string]string{
		"look":   in.pick("looking at the file", "识别文件"),
		"read":   in.pick("reading", "读取数据"),
		"settle": in.pick("deciding on columns", "确定字段"),
		"wait":   in.pick("waiting for another import into this layer", "等待该图层的另一次导入结束"),
		"write":  in.pick("writing the layer", "写入图层"),
	}
}

// told keeps the findings of an import in a file until the report is written, however many there are.
type told struct {
	file *os.File // nil = nobody asked for a report
	out  *json.Encoder
}

func newTold(report string) (*told, error) {
	if report == "" {
		return &told{}, nil
	}
	file, err := os.CreateTemp(filepath.Dir(report), ".findings-*")
	if err != nil {
		return nil, fmt.Errorf("--report: %w", err)
	}
	return &told{file: file, out: json.NewEncoder(file)}, nil
}

func (t *told) find(f intake.Finding) error {
	if t.file == nil {
		return nil
	}
	return t.out.Encode(f)
}

// write makes the report.
func (t *told) write(path string, report *intake.Report) error {
	if _, err := t.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	in := json.NewDecoder(t.file)
	err = report.WriteJSON(out, func(yield func(intake.Finding, error) bool) {
		for {
			var f intake.Finding
			err := in.Decode(&f)
			if err == io.EOF || !yield(f, err) || err != nil {
				return
			}
		}
	})
	return errors.Join(err, out.Close())
}

func (t *told) close() error {
	if t.file == nil {
		return nil
	}
	return errors.Join(t.file.Close(), os.Remove(t.file.Name()))
}
