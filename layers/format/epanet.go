package format

import (
	"context"
	"slices"
	"strings"

	"onemap/layers"
)

var epanet = Format{
	Name: "epanet", Title: "EPANET", Extensions: []string{".inp"},
	Is:   func(name string, head []byte) bool { return isINP(name, head) && !isSWMM(head) },
	open: openINP,
}

// epanetDialect is EPANET 2.2: water networks. Numbers stay in the file's units; a note says which they are.
var epanetDialect = inpDialect{
	format: "EPANET",
	kept:   []string{"JUNC", "RESE", "TANK", "PIPE", "PUMP", "VALV", "COOR", "VERT", "TAG", "DEMA", "STAT", "EMIT", "QUAL", "OPTI"},
	passed: []string{"TITL", "PATT", "CURV", "CONT", "RULE", "ENER", "SOUR", "REAC", "MIXI", "TIME", "REPO", "LABE", "BACK", "ROUG", "LEAK"},
	ends:   true,
	about:  epanetUnits,
	describe: func(_, after string) string {
		return strings.TrimLeft(after, "; \t")
	},
	tables: []inpTable{
		{
			name: "nodes",
			fields: slices.Concat(texts("id", "kind"), numbers("elevation", "head", "demand"), texts("pattern"),
				numbers("init_level", "min_level", "max_level", "diameter", "min_volume"), texts("volume_curve", "overflow"),
				numbers("emitter", "init_quality"), []Field{{Name: "demands", Kind: JSON}}, texts("tag", "description")),
			rows: []inpRows{
				{section: "JUNC", kind: "junction", layout: []string{"id", "elevation", "demand", "pattern"}},
				{section: "RESE", kind: "reservoir", layout: []string{"id", "head", "pattern"}},
				{section: "TANK", kind: "tank", layout: []string{"id", "elevation", "init_level", "min_level", "max_level", "diameter", "min_volume", "volume_curve", "overflow"}},
			},
			joins: []inpJoin{
				{section: "EMIT", layout: []string{"emitter"}},
				{section: "QUAL", layout: []string{"init_quality"}},
				{section: "DEMA", layout: []string{"demands", "demand", "pattern", "category"}, all: true},
				{section: "TAG", word: "NODE", layout: []string{"…tag"}},
			},
			geometry: func(r *inpRow) { r.point("COOR") },
		},
		{
			name: "links",
			fields: slices.Concat(texts("id", "kind", "node1", "node2"), numbers("length", "diameter", "roughness", "minor_loss"),
				texts("status", "type", "setting", "curve"), numbers("power", "speed"), texts("pattern", "init_status", "tag", "description")),
			rows: []inpRows{
				{section: "PIPE", kind: "pipe", layout: []string{"id", "node1", "node2", "length", "diameter", "roughness", "minor_loss", "status"}, more: pipeStatus, ends: joined("JUNC", "RESE", "TANK")},
				{section: "PUMP", kind: "pump", layout: []string{"id", "node1", "node2", "…"}, more: pumpWords, ends: joined("JUNC", "RESE", "TANK")},
				{section: "VALV", kind: "valve", layout: []string{"id", "node1", "node2", "diameter", "type", "setting", "minor_loss", "curve"}, more: valveCurve, ends: joined("JUNC", "RESE", "TANK")},
			},
			joins: []inpJoin{
				{section: "STAT", layout: []string{"init_status"}},
				{section: "TAG", word: "LINK", layout: []string{"…tag"}},
			},
			geometry: (*inpRow).between,
		},
	},
}

// pipeStatus sees to pipes whose minor loss is left out: "id node1 node2 length diameter roughness Open".
func pipeStatus(r *inpRow) {
	if len(r.words) == 7 && slices.Contains([]string{"OPEN", "CLOSED", "CV"}, strings.ToUpper(r.words[6])) {
		r.row.Notes = slices.DeleteFunc(r.row.Notes, func(n Note) bool { return n.Field == "minor_loss" })
		r.put("minor_loss", "")
		r.put("status", r.words[6])
	}
}

// pumpWords reads a pump's pairs of words: HEAD curve, POWER kilowatts or horsepower, SPEED factor, PATTERN name.
func pumpWords(r *inpRow) {
	for i := 3; i < len(r.words); i += 2 {
		field, ok := map[string]string{"HEAD": "curve", "POWER": "power", "SPEED": "speed", "PATTERN": "pattern"}[strings.ToUpper(r.words[i])]
		if !ok || i+1 == len(r.words) {
			r.note(Note{Rule: "inp.words", Severity: Warning, Value: shown(r.words[i]), Words: layers.Say(
				"%q is no property of a pump, or has no value; the rest of the line was not read", "“%s”不是水泵参数或缺少取值，该行其余部分未读取", shown(r.words[i]))})
			return
		}
		r.put(field, r.words[i+1])
	}
}

// valveCurve takes the setting of a general purpose valve for what it is: the name of a curve.
func valveCurve(r *inpRow) {
	if len(r.words) > 5 && strings.EqualFold(r.words[4], "GPV") {
		r.put("setting", "")
		r.put("curve", r.words[5])
	}
}

// epanetUnits says what the numbers of a model are in: flow units stand for a system (Users Manual, appendix A).
func epanetUnits(m *inpModel) []Note {
	unit := strings.ToUpper(m.option("OPTI", "UNITS"))
	said := unit
	if unit == "" {
		unit, said = "GPM", "GPM (not said)"
	}
	if slices.Contains([]string{"CFS", "GPM", "MGD", "IMGD", "AFD"}, unit) {
		return unitsNote(said, "feet, pipe diameters in inches, tank diameters in feet", "英尺，管径为英寸，水池直径为英尺")
	}
	return unitsNote(said, "metres, pipe diameters in millimetres, tank diameters in metres", "米，管径为毫米，水池直径为米")
}

func unitsNote(flow, en, zh string) []Note {
	return []Note{{Rule: "inp.units", Severity: Info, Words: layers.Words{
		En: "the model's flow is in " + flow + ": lengths and elevations are in " + en + "; the values were not changed",
		Zh: "模型流量单位为 " + flow + "：长度与高程为" + zh + "；数值未作换算"}}}
}

// openINP reads the text once to tell which of the two programs wrote it: the head of a file may not show it.
func openINP(ctx context.Context, in input) ([]*Source, error) {
	text, err := openText(ctx, in.path, in.hints.Encoding)
	if err != nil {
		return nil, err
	}
	d := &epanetDialect
	swmmFile, err := hasSWMM(text)
	if err != nil {
		return nil, err
	}
	if swmmFile {
		d = &swmmDialect
	}
	return d.open(ctx, in.folder, text)
}
