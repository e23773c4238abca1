package format

import (
	"bytes"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"onemap/layers"
)

var swmm = Format{
	Name: "swmm", Title: "SWMM", Extensions: []string{".inp"},
	Is:   func(name string, head []byte) bool { return isINP(name, head) && isSWMM(head) },
	open: openINP,
}

// swmmDialect is SWMM 5.2: drainage. Names are the same in small and capital letters.
var swmmDialect = inpDialect{
	format: "SWMM",
	kept: []string{"JUNC", "OUTF", "STOR", "DIVI", "COND", "PUMP", "ORIF", "WEIR", "OUTL", "XSEC", "LOSS", "COOR", "VERT",
		"POLYG", "SYMB", "SUBC", "SUBA", "INFIL", "RAIN", "TAG", "MAP", "OPTI"},
	passed: []string{"TITL", "FILE", "TEMP", "EVAP", "AQUI", "GROUND", "GW", "SNOW", "STRE", "INLET", "TRANS", "CONT", "EVEN",
		"POLL", "LAND", "BUIL", "WASH", "COVE", "INFL", "DWF", "PATT", "RDII", "HYDRO", "UNIT", "LOAD", "TREAT", "CURV", "TIMES", "REPO",
		"LABE", "BACK", "PROF", "LID", "ADJ"},
	foldCase: true,
	about:    swmmNotes,
	describe: func(before, after string) string {
		if text := strings.TrimLeft(after, "; \t"); text != "" {
			return text
		}
		if strings.HasPrefix(before, ";;") { // a heading of the columns
			return ""
		}
		return strings.TrimLeft(before, "; \t")
	},
	tables: []inpTable{swmmNodes, swmmLinks, swmmCatchments, swmmGages},
}

var swmmNodes = inpTable{
	name: "nodes",
	fields: slices.Concat(texts("id", "kind"), numbers("invert", "max_depth", "init_depth", "surcharge_depth", "ponded_area"),
		texts("type", "stage", "gated", "route_to", "diverted_link", "curve", "parameters"), numbers("evaporation"), texts("seepage", "tag", "description")),
	rows: []inpRows{
		{section: "JUNC", kind: "junction", layout: []string{"id", "invert", "max_depth", "init_depth", "surcharge_depth", "ponded_area"}},
		{section: "OUTF", kind: "outfall", layout: []string{"id", "invert", "type", "…"}, more: outfallWords},
		{section: "STOR", kind: "storage", layout: []string{"id", "invert", "max_depth", "init_depth", "type", "…"}, more: storageWords},
		{section: "DIVI", kind: "divider", layout: []string{"id", "invert", "diverted_link", "type", "…parameters"}},
	},
	joins:    []inpJoin{{section: "TAG", word: "NODE", layout: []string{"…tag"}}},
	geometry: func(r *inpRow) { r.point("COOR") },
}

var swmmEnds = joined("JUNC", "OUTF", "STOR", "DIVI")

var swmmLinks = inpTable{
	name: "links",
	fields: slices.Concat(texts("id", "kind", "node1", "node2"), numbers("length", "roughness", "in_offset", "out_offset", "init_flow", "max_flow"),
		texts("shape"), numbers("geom1", "geom2", "geom3", "geom4", "barrels"), texts("culvert", "transect", "type"), numbers("coefficient", "exponent"),
		texts("gated", "curve", "status"), numbers("startup", "shutoff"), texts("parameters"), numbers("loss_in", "loss_out", "loss_average"), texts("flap_gate"),
		numbers("seepage"), texts("tag", "description")),
	rows: []inpRows{
		{section: "COND", kind: "conduit", layout: []string{"id", "node1", "node2", "length", "roughness", "in_offset", "out_offset", "init_flow", "max_flow"}, ends: swmmEnds},
		{section: "PUMP", kind: "pump", layout: []string{"id", "node1", "node2", "curve", "status", "startup", "shutoff"}, ends: swmmEnds},
		{section: "ORIF", kind: "orifice", layout: []string{"id", "node1", "node2", "type", "in_offset", "coefficient", "gated", "…parameters"}, ends: swmmEnds},
		{section: "WEIR", kind: "weir", layout: []string{"id", "node1", "node2", "type", "in_offset", "coefficient", "gated", "…parameters"}, ends: swmmEnds},
		{section: "OUTL", kind: "outlet", layout: []string{"id", "node1", "node2", "in_offset", "type", "…"}, more: outletWords, ends: swmmEnds},
	},
	joins: []inpJoin{
		{section: "XSEC", more: sectionWords},
		{section: "LOSS", layout: []string{"loss_in", "loss_out", "loss_average", "flap_gate", "seepage"}},
		{section: "TAG", word: "LINK", layout: []string{"…tag"}},
	},
	geometry: (*inpRow).between,
}

var swmmCatchments = inpTable{
	name: "subcatchments",
	fields: slices.Concat(texts("id", "raingage", "outlet"), numbers("area", "imperviousness", "width", "slope", "curb_length"), texts("snowpack"),
		numbers("n_impervious", "n_pervious", "s_impervious", "s_pervious", "percent_zero"), texts("route_to"), numbers("percent_routed"),
		texts("infiltration", "tag", "description")),
	rows: []inpRows{{section: "SUBC", layout: []string{"id", "raingage", "outlet", "area", "imperviousness", "width", "slope", "curb_length", "snowpack"}}},
	joins: []inpJoin{
		{section: "SUBA", layout: []string{"n_impervious", "n_pervious", "s_impervious", "s_pervious", "percent_zero", "route_to", "percent_routed"}},
		{section: "INFIL", layout: []string{"…infiltration"}},
		{section: "TAG", word: "SUBCATCH", layout: []string{"…tag"}},
	},
	geometry: catchment,
}

var swmmGages = inpTable{
	name:   "raingages",
	fields: slices.Concat(texts("id", "format", "interval"), numbers("snow_factor"), texts("source", "series", "station", "units", "tag", "description")),
	rows:   []inpRows{{section: "RAIN", layout: []string{"id", "format", "interval", "snow_factor", "source", "series", "station", "units"}}},
	joins:  []inpJoin{{section: "TAG", word: "GAGE", layout: []string{"…tag"}}},
	geometry: func(r *inpRow) {
		r.point("SYMB")
	},
}

// outfallWords reads what follows an outfall's type: FREE and NORMAL have no stage.
func outfallWords(r *inpRow) {
	if len(r.words) < 4 {
		return
	}
	rest := r.words[3:]
	if kind := strings.ToUpper(r.words[2]); kind == "FREE" || kind == "NORMAL" {
		r.lay([]string{"gated", "route_to"}, rest)
		return
	}
	r.lay([]string{"stage", "gated", "route_to"}, rest)
}

// storageWords reads a storage's shape: a curve, or three numbers; then surcharge depth, evaporation and seepage.
func storageWords(r *inpRow) {
	if len(r.words) < 6 {
		return
	}
	rest := r.words[5:]
	if strings.EqualFold(r.words[4], "TABULAR") {
		r.lay([]string{"curve", "surcharge_depth", "evaporation", "…seepage"}, rest)
		return
	}
	three := min(3, len(rest))
	r.put("parameters", strings.Join(rest[:three], " "))
	r.lay([]string{"surcharge_depth", "evaporation", "…seepage"}, rest[three:])
}

// outletWords reads an outlet's rating: a curve, or a coefficient and an exponent.
func outletWords(r *inpRow) {
	if len(r.words) < 6 {
		return
	}
	if rest := r.words[5:]; strings.HasPrefix(strings.ToUpper(r.words[4]), "TABULAR") {
		r.lay([]string{"curve", "gated"}, rest)
	} else {
		r.lay([]string{"coefficient", "exponent", "gated"}, rest)
	}
}

// sectionWords reads a cross-section: a transect or street by name, a curve, or up to four numbers.
func sectionWords(r *inpRow) {
	if len(r.words) < 2 {
		return
	}
	r.put("shape", r.words[1])
	rest := r.words[2:]
	switch strings.ToUpper(r.words[1]) {
	case "IRREGULAR", "STREET":
		if len(rest) > 0 {
			r.put("transect", rest[0])
		}
		if len(rest) > 4 { // padded with zeros by the program
			r.lay([]string{"", "", "", "", "barrels"}, rest[:5])
		}
	case "CUSTOM":
		if len(rest) > 1 {
			r.put("geom1", rest[0])
			r.put("transect", rest[1])
		}
		if n := len(rest); n == 3 || n > 4 {
			r.put("barrels", rest[min(n-1, 4)])
		}
	default:
		r.lay([]string{"geom1", "geom2", "geom3", "geom4", "barrels", "culvert"}, rest)
	}
}

// catchment makes a subcatchment's polygon; SWMM does not repeat the first point.
func catchment(r *inpRow) {
	ring := r.bends("POLYG", nil)
	if n := len(ring); n > 1 && ring[0] == ring[n-1] {
		ring = ring[:n-1]
	}
	if len(ring) < 3 {
		r.noGeometry(layers.Say("[POLYGONS] has %d points for %q, not 3 or more", "[POLYGONS] 段中汇水区“%[2]s”有 %[1]d 个点，少于 3 个", len(ring), shown(r.name)))
		return
	}
	r.geometry.polygon([][][2]float64{append(ring, ring[0])})
}

// swmmUnits says what the numbers of a model are in (User's Manual, appendix A).
func swmmUnits(m *inpModel) []Note {
	unit := strings.ToUpper(m.option("OPTI", "FLOW_UNITS"))
	if unit == "" {
		unit = "CFS"
	}
	if slices.Contains([]string{"CFS", "GPM", "MGD"}, unit) {
		return unitsNote(unit, "feet, areas in acres", "英尺，面积为英亩")
	}
	return unitsNote(unit, "metres, areas in hectares", "米，面积为公顷")
}

// swmmNotes says what else the options mean.
func swmmNotes(m *inpModel) []Note {
	notes := swmmUnits(m)
	if strings.EqualFold(m.option("OPTI", "LINK_OFFSETS"), "ELEVATION") {
		notes = append(notes, Note{Rule: "inp.offsets", Severity: Info, Words: layers.Say(
			"LINK_OFFSETS is ELEVATION: in_offset and out_offset are elevations, not depths above the node's invert",
			"LINK_OFFSETS 为 ELEVATION：in_offset、out_offset 是高程，不是相对节点底的高度")})
	}
	if unit := m.option("MAP", "UNITS"); unit != "" && !strings.EqualFold(unit, "None") {
		notes = append(notes, Note{Rule: "inp.map", Severity: Info, Words: layers.Say(
			"[MAP] says the coordinates are in %s", "[MAP] 段注明坐标单位为 %s", shown(unit))})
	}
	return notes
}

// onlyEPANET and onlySWMM are beginnings of sections that one has and the other has not.
var (
	onlyEPANET = []string{"RESE", "TANK", "PIPE", "VALV", "EMIT", "DEMA", "MIXI", "ENER"}
	onlySWMM   = []string{"OUTF", "COND", "XSEC", "RAIN", "SUBC", "SUBA", "EVAP", "STOR", "INFIL"}
)

// isINP tells a file with the sections of either program by its name and first bytes.
func isINP(name string, head []byte) bool {
	if !bytes.Contains(head, []byte("[")) || bytes.HasPrefix(head, []byte("*")) {
		return false
	}
	if path.Ext(name) == ".inp" {
		return true
	}
	hits := 0
	for line := range bytes.Lines(head) {
		name, ok := sectionName(line)
		if !ok {
			continue
		}
		_, kept := begins(name, epanetDialect.kept)
		_, swmm := begins(name, swmmDialect.kept)
		if kept || swmm || name == "TITLE" {
			hits++
		}
	}
	return hits > 1
}

// sectionName reads a line that begins a section.
func sectionName(line []byte) (string, bool) {
	line = bytes.TrimSpace(line)
	if len(line) < 3 || len(line) > 40 || line[0] != '[' {
		return "", false
	}
	return strings.ToUpper(strings.Trim(string(line), "[] \t")), true
}

// isSWMM tells by a piece of text. Where no section of either is in it, two semicolons do: SWMM heads its columns so.
func isSWMM(text []byte) bool {
	var of [2]int
	for line := range bytes.Lines(text) {
		if name, ok := sectionName(line); ok {
			for i, only := range [][]string{onlyEPANET, onlySWMM} {
				if _, ok := begins(name, only); ok {
					of[i]++
				}
			}
		}
	}
	if of[0] != of[1] {
		return of[1] > of[0]
	}
	return bytes.Contains(text, []byte("FLOW_UNITS")) || bytes.Contains(text, []byte("\n;;"))
}

// hasSWMM tells by all sections of a file.
func hasSWMM(text *textFile) (bool, error) {
	in, err := text.open()
	if err != nil {
		return false, err
	}
	defer in.Close()
	var sections []byte
	for lines := newLineReader(in, inpMaxLine); ; {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return isSWMM(sections), nil
		}
		if err != nil {
			return false, err
		}
		_, section := sectionName(line)
		if section || bytes.HasPrefix(line, []byte("FLOW_UNITS")) || len(sections) == 0 && bytes.HasPrefix(line, []byte(";;")) {
			if sections = append(append(sections, '\n'), line...); len(sections) > 64<<10 {
				return isSWMM(sections), nil
			}
		}
	}
}
