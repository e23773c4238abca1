package format

import (
	"context"
	"slices"
	"strings"

	"github.com/twpayne/go-geom"

	"onemap/layers"
)

// job is one export under way.
type job struct {
	store   *layers.Store
	actor   layers.Actor
	layer   *layers.Layer
	query   layers.Query
	opt     ExportOptions
	format  Format
	writing *Writing
	text    textOut
	columns []*column
	sheet   Sheet
	first   geom.T // of the first feature, in the layer's system
	total   int64  // rows, as counted before; others may write meanwhile. -1 = not counted
	rows    int64
	notes   noteBook

	folder    *Folder
	out, stem string // directory of what is written, and the name of the file without extension
	parts     []*part
}

// newJob settles all that can be refused before a row is read.
func newJob(ctx context.Context, store *layers.Store, actor layers.Actor, layer string, q layers.Query, opt ExportOptions) (*job, error) {
	j := &job{store: store, actor: actor, query: q, opt: opt}
	var err error
	if j.format, err = ForWriting(opt.Format, opt.File); err != nil {
		return nil, err
	}
	j.writing = j.format.Writing
	if err := j.choices(); err != nil {
		return nil, err
	}
	one := q // the first of them, and how many they are where somebody has to know
	one.Sort, one.Properties, one.SRID, one.After, one.Offset, one.Limit = nil, nil, 0, "", 0, 1
	one.Count = j.writing.most > 0 || opt.Progress != nil
	page, err := store.Find(ctx, actor, layer, one)
	if err != nil {
		return nil, err
	}
	j.layer, j.total = page.Layer, page.Matched
	if q.Limit > 0 {
		j.total = min(j.total, int64(q.Limit))
	}
	if q.NoGeometry {
		table := *j.layer
		table.GeometryType = ""
		j.layer = &table
	}
	if len(page.Features) > 0 {
		j.first = page.Features[0].Geometry
	}
	if j.writing.most > 0 && j.total > j.writing.most {
		return nil, layers.Refuse(layers.ErrInvalid, "%s holds at most %d rows and these are %d; write csv or gpkg, or fewer by a filter", "%s 至多存放 %d 行，现有 %d 行；请改写 csv 或 gpkg，或用条件减少数量",
			j.format.Title, j.writing.most, j.total)
	}
	if !j.format.Fits(j.layer) {
		return nil, layers.Refuse(layers.ErrInvalid, "%s holds %s, and the features of layer %q are not; write gpkg or geojson", "%s 只能存放 %s，图层“%s”的要素并非如此；请改写 gpkg 或 geojson", j.format.Title, j.format.holds(), layer)
	}
	crs, err := j.settleCRS(ctx)
	if err != nil {
		return nil, err
	}
	if err := j.columnsWithID(ctx); err != nil {
		return nil, err
	}
	if err := j.narrow(); err != nil {
		return nil, err
	}
	j.settleColumns(crs)
	if j.writing.bounded && j.layer.GeometryType != "" {
		j.sheet.Bounds, err = store.BoundsIn(ctx, j.layer, j.query.SRID)
	}
	return j, err
}

// narrow has no other properties read than are written.
func (j *job) narrow() error {
	names := []string{}
	for _, c := range j.columns {
		if c.from >= 0 {
			names = append(names, c.source)
		}
	}
	read, err := j.layer.Only(names)
	if err != nil {
		return err
	}
	for _, c := range j.columns {
		if c.from >= 0 {
			c.from = slices.IndexFunc(read.Properties, func(p layers.Property) bool { return p.Name == c.source })
		}
	}
	j.query.Properties = names
	return nil
}

// choices checks the options that have a few values.
func (j *job) choices() (err error) {
	if !slices.Contains([]string{"", "name", "title"}, j.opt.Names) {
		return layers.Refuse(layers.ErrInvalid, "names %q: want name or title", "names“%s”有误：应为 name 或 title", j.opt.Names)
	}
	if !slices.Contains([]string{"", "code", "name", "both"}, j.opt.Codes) {
		return layers.Refuse(layers.ErrInvalid, "codes %q: want code, name or both", "codes“%s”有误：应为 code、name 或 both", j.opt.Codes)
	}
	wanted := j.opt.Encoding
	if wanted == "" {
		wanted = j.writing.encoding
	}
	if j.text, err = textOutNamed(wanted); err != nil {
		return err
	}
	if j.text.encoding == nil && j.writing.never8 {
		return layers.Refuse(layers.ErrInvalid, "%s can not be written in UTF-8; it can in GBK and Big5", "%s 不能以 UTF-8 写出；可用 GBK 与 Big5", j.format.Title)
	}
	if j.text.encoding != nil && !j.writing.Encodings {
		return layers.Refuse(layers.ErrInvalid, "%s is always UTF-8; %s can be written in %s", "%[1]s 总是 UTF-8；能以 %[3]s 写出的有 %[2]s", j.format.Title, having(func(w *Writing) bool { return w.Encodings }), j.text.name)
	}
	return nil
}

// having lists the formats that can do something.
func having(can func(*Writing) bool) string {
	var names []string
	for _, f := range Writable() {
		if can(f.Writing) {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, ", ")
}

// settleCRS finds the system the coordinates are written in.
func (j *job) settleCRS(ctx context.Context) (layers.CRS, error) {
	asked := j.query.SRID
	switch {
	case j.layer.GeometryType == "":
		return layers.CRS{}, nil
	case j.writing.Degrees && asked != 0 && !layers.Geographic(asked):
		return layers.CRS{}, layers.Refuse(layers.ErrInvalid, "%s holds longitude and latitude only; EPSG:%d can be written as %s", "%s 只能存放经纬度；EPSG:%d 可写成 %s", j.format.Title, asked,
			having(func(w *Writing) bool { return !w.Degrees }))
	case j.writing.Degrees && asked == 0:
		j.query.SRID = 4490
	case j.writing.plane && asked == 0 && (layers.Geographic(j.layer.SRID) || j.writing.areas && !zoned(j.layer.SRID)):
		j.query.SRID = j.zone()
		j.notes.say("crs.plane", Info, layers.Say("the format is for metres: coordinates are those of EPSG:%d, the 3-degree zone that the features lie in",
			"该格式以米为单位：坐标按要素所在3度带（EPSG:%d）写出", j.query.SRID))
	case asked == 0:
		j.query.SRID = j.layer.SRID
	}
	return j.store.CRS(ctx, j.query.SRID)
}

// zoned reports whether a system is a 3-degree zone of CGCS2000, which boundary points are written in.
func zoned(srid int) bool { return srid >= 4513 && srid <= 4554 }

// zone is the 3-degree zone of CGCS2000 (by central meridian) that the features lie in.
func (j *job) zone() int {
	lon := 117.0
	if b := j.layer.Bounds; b != nil {
		lon = (b[0] + b[2]) / 2
	} else if g := j.first; g != nil && !g.Empty() {
		lon = (g.Bounds().Min(0) + g.Bounds().Max(0)) / 2
	}
	return 4534 + min(max(int(lon/3+0.5), 25), 45) - 25
}

// settleColumns gives the fields names and types that the format can hold.
func (j *job) settleColumns(crs layers.CRS) {
	var names []string
	for _, c := range j.columns {
		if c.from != idOfFormat {
			names = append(names, c.Name)
		}
		if c.Type == layers.Boolean && j.writing.noBool {
			j.notes.add("bool.number", Info, c, "", "", boolNumber)
		}
		if j.writing.kind != nil {
			c.Type = j.writing.kind(c.Type)
		}
	}
	described := *j.layer
	described.Properties = nil
	for i, name := range j.writing.names.fit(names, j.text) {
		if name != j.columns[i].Name && !j.writing.bare {
			j.notes.add("name.changed", Info, nil, "", "", nameChanged)
		}
		j.columns[i].Name = name
	}
	for _, c := range j.columns {
		described.Properties = append(described.Properties, c.Property)
	}
	j.sheet = Sheet{Layer: &described, CRS: crs, Encoding: j.text.name, BOM: !j.opt.NoBOM}
	if j.writing.flat && j.layer.HasZ {
		j.notes.say("z.lost", Warning, layers.Say("%s holds no heights; they were left out", "%s 不能存高程，已略去", j.format.Title))
	}
}
