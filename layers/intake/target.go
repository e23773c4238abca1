package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onemap/layers"
	"onemap/layers/format"
	"onemap/layers/standard"
)

// aim finds out what the rows go to, and refuses at once what would be refused after all the reading.
func (r *run) aim(ctx context.Context) (*target, error) {
	o := &r.opt
	if err := o.check(); err != nil {
		return nil, err
	}
	if err := r.checkTheme(ctx); err != nil {
		return nil, err
	}
	if o.Layer == "" && o.DryRun {
		return r.standard(o.Standard)
	}
	l, err := r.store.Layer(ctx, r.actor, o.Layer)
	switch {
	case err != nil && !errors.Is(err, layers.ErrNotFound):
		return nil, err
	case o.Mode == Create && err == nil:
		return nil, layers.Refuse(layers.ErrConflict, "there is a layer %q already; choose another name, or say --mode append, replace or upsert",
			"图层 %q 已存在；请换一个名称，或选择追加、替换或更新（--mode append、replace、upsert）", o.Layer)
	case o.Mode == Create:
		name := o.Standard
		if name == "" && slices.Contains(standard.Names(), o.Layer) {
			name = o.Layer
		}
		return r.standard(name)
	case err != nil:
		return nil, layers.Refuse(layers.ErrNotFound, "there is no layer %q to %s; --mode create makes one",
			"没有图层 %q，不能以 %s 方式写入；请核对名称，或新建图层（--mode create）", o.Layer, o.Mode)
	case l.Table.Schema != "layer" || !l.Writable:
		return nil, layers.Refuse(layers.ErrInvalid, "layer %q is published as it is; write to its table",
			"图层 %q 由外部数据表直接发布，不能导入；请写入其数据表", o.Layer)
	case o.Standard != "":
		return nil, layers.Refuse(layers.ErrInvalid, "--standard is for new layers; %q has its columns already",
			"按标准建表（--standard）只用于新建图层；图层 %q 已有字段", o.Layer)
	}
	r.report.Title, r.report.Standard = l.Title, l.Standard
	columns, err := r.store.Columns(ctx, l)
	if err != nil {
		return nil, err
	}
	return &target{layer: l, columns: columns}, nil
}

// standard is the target of a new layer: a standard's table, or nothing in particular.
func (r *run) standard(name string) (*target, error) {
	if name == "" || name == "none" {
		return nil, nil
	}
	def, err := standard.Table(name)
	if errors.Is(err, layers.ErrNotFound) {
		return nil, layers.Refuse(layers.ErrInvalid, "--standard %q: there is no such table; there are %s",
			"没有标准表 %q（--standard），可用的有 %s", name, strings.Join(standard.Names(), ", "))
	}
	if err != nil {
		return nil, err
	}
	r.report.Standard = name
	return &target{def: &def, columns: def.Columns}, nil
}

// check refuses options that can not be.
func (o *Options) check() error {
	refuse := func(option, value, want, wantZh string) error {
		return layers.Refused(layers.ErrInvalid, layers.Words{
			En: fmt.Sprintf("%s %q: want %s", option, value, want), Zh: fmt.Sprintf("%s 的值 %q 无效：应为%s", option, value, wantZh),
		})
	}
	switch {
	case !layers.ValidName(o.Layer) && !(o.DryRun && o.Layer == ""):
		return refuse("layer", o.Layer, "a small letter, then small letters, digits and _, at most 48", "小写字母开头，只含小写字母、数字和下划线，最多 48 个字符")
	case !slices.Contains([]Mode{Create, Append, Replace, Upsert}, o.Mode):
		return refuse("mode", string(o.Mode), "create, append, replace or upsert", " create、append、replace 或 upsert")
	case !slices.Contains([]Invalid{Repair, Reject, Keep}, o.Invalid):
		return refuse("invalid", string(o.Invalid), "repair, reject or keep", " repair、reject 或 keep")
	case !slices.Contains([]Datum{"", GCJ02, BD09}, o.Datum):
		return refuse("datum", string(o.Datum), "gcj02 or bd09", " gcj02 或 bd09")
	case !slices.Contains([]string{"", "point", "line", "area"}, o.Only):
		return refuse("only", o.Only, "point, line or area", " point、line 或 area")
	case o.Mode == Upsert && o.Key == "":
		return layers.Refuse(layers.ErrInvalid, "key: upsert needs the property that tells rows apart (--key)", "更新差异须指定能区分各行的属性（--key）")
	case o.SRID < 0:
		return refuse("srid", fmt.Sprint(o.SRID), "an EPSG code", " EPSG 代码")
	}
	return nil
}

func (r *run) checkTheme(ctx context.Context) error {
	if r.opt.Theme == "" {
		return nil
	}
	themes, err := r.store.Codes(ctx, "theme")
	if err != nil {
		return err
	}
	var known []string
	for _, t := range themes {
		known = append(known, t.Code)
	}
	if !slices.Contains(known, r.opt.Theme) {
		return layers.Refuse(layers.ErrInvalid, "theme %q: there are %s", "没有专题 %q，可用的有 %s", r.opt.Theme, strings.Join(known, ", "))
	}
	return nil
}

// settleGeometry decides the layer's type of geometry, and what of the rows fits it.
func (r *run) settleGeometry() error {
	if !slices.ContainsFunc(r.sources, func(c *chosen) bool { return c.source.Geometry != "None" }) {
		return r.withoutGeometry()
	}
	kind, z, doubts := r.kinds.settle()
	if !r.unplaced { // else nobody has looked at them
		r.doubt(doubts...)
		r.doubt(r.allUnreadable()...)
	}
	want, wantZ := kind, z
	switch t := r.target; {
	case t != nil && t.layer != nil:
		want, wantZ = t.layer.GeometryType, t.layer.HasZ
	case t != nil && t.def != nil:
		want, wantZ = t.def.GeometryType, t.def.HasZ
	}
	r.geometryType, r.hasZ = want, wantZ
	r.report.GeometryType, r.report.HasZ = want, wantZ
	switch {
	case want == "":
		r.doubt(Doubt{Rule: "geometry.dropped", Severity: format.Warning,
			Words: layers.Say("the layer has no geometry: that of the file is left out", "目标图层不含图形，文件中的图形不导入")})
	case z && !wantZ:
		r.doubt(Doubt{Rule: "geometry.z", Severity: format.Warning,
			Words: layers.Say("the layer has no heights: those of the file are left out", "目标图层不含高程，文件中的高程不导入")})
	case !z && wantZ:
		r.doubt(Doubt{Rule: "geometry.z", Severity: format.Error, Blocking: r.target.layer != nil,
			Words: layers.Say("the layer has heights and the file has none", "目标图层要求高程，文件中没有高程")})
		r.hasZ = r.target.layer != nil
		r.report.HasZ = r.hasZ
	}
	return nil
}

// allUnreadable stops a layer of features whose geometries were all lost on the way.
func (r *run) allUnreadable() []Doubt {
	i := slices.IndexFunc(r.report.Findings, func(f Finding) bool { return f.Done == Emptied && strings.HasPrefix(f.Rule, "geometry.") })
	if i < 0 || r.kinds.bounds() != nil {
		return nil
	}
	why := r.report.Findings[i].Words
	return []Doubt{{Rule: "geometry.unreadable", Severity: format.Error, Blocking: true, Words: layers.Words{
		En: "no geometry of the file can be read: " + why.En, Zh: "文件中的图形全部无法读取：" + why.Zh,
	}}}
}

// writesGeometry reports whether the rows have a geometry to write.
func (r *run) writesGeometry() bool { return r.geometryType != "" && r.kinds.bounds() != nil }

func (r *run) withoutGeometry() error {
	t := r.target
	if t == nil || t.layer != nil && t.layer.GeometryType == "" || t.def != nil && t.def.GeometryType == "" {
		return nil
	}
	if t.def != nil {
		r.geometryType, r.report.GeometryType = t.def.GeometryType, t.def.GeometryType
	} else {
		r.geometryType, r.hasZ, r.report.GeometryType = t.layer.GeometryType, t.layer.HasZ, t.layer.GeometryType
	}
	if r.opt.Mode != Upsert {
		r.doubt(Doubt{Rule: "geometry.missing", Severity: format.Warning,
			Words: layers.Say("the file has no geometry: the features will have none", "文件不含图形，导入的要素没有图形")})
	}
	return nil
}
