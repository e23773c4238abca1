package format

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The counts come from counting the lines of the sections with another program; "inner" are vertices of links.
func TestModelsGiveEveryNodeLinkAndCatchment(t *testing.T) {
	t.Parallel()
	for _, want := range []struct {
		file, sources string
		inner, lost   int
	}{
		{"epanet/Anytown.inp", "nodes:25 links:46", 0, 0},
		{"epanet/Net1.inp", "nodes:11 links:13", 0, 0},
		{"epanet/Net2.inp", "nodes:36 links:40", 0, 0},
		{"epanet/Net3.inp", "nodes:97 links:119", 0, 0},
		{"epanet/Net6.inp", "nodes:3356 links:3892", 0, 0},
		{"epanet/Net6_plus.inp", "nodes:3361 links:3895", 0, 0},
		{"epanet/bad_syntax.inp", "nodes:3 links:2", 0, 0},
		{"epanet/bad_times.inp", "nodes:3 links:2", 0, 0},
		{"epanet/bad_values.inp", "nodes:3 links:2", 0, 1},
		{"epanet/coastal_ky4.inp", "nodes:964 links:1158", 2812, 0},
		{"epanet/io.inp", "nodes:5 links:6", 2, 0},
		{"epanet/ky10.inp", "nodes:935 links:1061", 7796, 0},
		{"epanet/ky4.inp", "nodes:964 links:1158", 2812, 0},
		{"epanet/latin1.inp", "nodes:11 links:13", 0, 0},
		{"swmm/CoS-Reduced-Outlets.inp", "nodes:144 links:153 subcatchments:163 raingages:1", 36, 0},
		{"swmm/Example1.inp", "nodes:14 links:13 subcatchments:8 raingages:1", 1, 0},
		{"swmm/Example3.inp", "nodes:34 links:33", 0, 0},
		{"swmm/Example4.inp", "nodes:1 subcatchments:9 raingages:1", 0, 0},
		{"swmm/Example6.inp", "nodes:3 links:3", 2, 0},
		{"swmm/Example7-Final.inp", "nodes:16 links:23 subcatchments:7 raingages:1", 38, 0},
		{"swmm/Pump_Control_Model.inp", "nodes:34 links:33", 0, 0},
		{"swmm/basic_drainage_all_bits.inp", "nodes:6 links:8 subcatchments:1 raingages:1", 0, 0},
		{"swmm/bellinge_small.inp", "nodes:16 links:15 subcatchments:13 raingages:1", 0, 0},
		{"swmm/gate_control_2.inp", "nodes:115 links:114", 0, 0},
		{"swmm/model_full_features_network_xy.inp", "nodes:9 links:9 subcatchments:4 raingages:1", 3, 0},
		{"swmm/model_state_plane.inp", "nodes:45 links:44 subcatchments:2 raingages:1", 4, 0},
		{"swmm/outfalls_issue.inp", "nodes:4 links:2", 0, 0},
		{"swmm/user1.inp", "nodes:60 links:59 subcatchments:58 raingages:1", 0, 0},
		{"swmm/user2.inp", "nodes:72 links:102 subcatchments:17 raingages:1", 17, 0},
		{"swmm/user3.inp", "nodes:141 links:139 subcatchments:168 raingages:1", 0, 0},
	} {
		t.Run(want.file, func(t *testing.T) {
			t.Parallel()
			sources, f, err := openOwn(sharedFile(t, "4-pipes/"+want.file), Hints{})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(want.file, f.Name) {
				t.Errorf("taken to be %s", f.Title)
			}
			var counts []string
			inner, lost := 0, 0
			for _, s := range sources {
				counts = append(counts, fmt.Sprintf("%s:%d", s.Name, s.Count))
				if s.CRS != (CRS{}) {
					t.Errorf("%s has a CRS, %+v", s.Name, s.CRS)
				}
				for _, r := range readAll(t, s) {
					if r.lost {
						lost++
					}
					if s.Name == "links" && r.geometry != "" {
						inner += strings.Count(r.geometry, ",") - 1
					}
				}
			}
			if got := strings.Join(counts, " "); got != want.sources || inner != want.inner || lost != want.lost {
				t.Errorf("%s, %d inner vertices, %d lost; want %s, %d, %d", got, inner, lost, want.sources, want.inner, want.lost)
			}
		})
	}
}

func TestModelWithoutAnythingSaysSo(t *testing.T) {
	t.Parallel()
	_, _, err := openOwn(sharedFile(t, "4-pipes/swmm/model_blank.inp"), Hints{})
	if err == nil || !strings.Contains(err.Error(), "no nodes and no links") {
		t.Error(err)
	}
}

const faultyEPANET = `stray line
[title]
Net of ; nothing
[JUNC]
;ID Elev Demand
 J1	7.5	+1e2	PAT	;at the "gate"
 "J 2"  x  1
J3 1 2 3 4 5
J1 8
[RESERVOIRS]
R1 50.25 ; lake
[PIPES]
P1 J1 "J 2" 100 300 120 0 Open ; main
P2 J1 J9 100 300 120
P3 J1 R1 100 300 120 CV
P4 J1
P5 J1 J3 100 300 120 0 OPEN
[PUMPS]
U1 R1 J1 HEAD C1 SPEED 1.2 PATTERN night
U2 R1 J1 TURBO 7
[VALVES]
V1 J1 R1 200 GPV Curve7 0.5
[COORDINATES]
J1 10 20
"J 2" 30 40
J3 NaN 5
R1 50 60
[VERTICES]
P1 15 25
P1 ? 27
P1 20 30
P3 1e9 7
[TAGS]
LINK P1 old town
NODE J1 gate
[STATUS]
P1 Closed
[FOO]
bar
`

func TestEPANETFaultsAreToldRowByRow(t *testing.T) {
	t.Parallel()
	sources, _, err := openOwn(file(t, "net.inp", strings.ReplaceAll(faultyEPANET, "\n", "\r\n")), Hints{})
	if err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, n := range sources[0].Notes {
		rules = append(rules, n.Rule)
	}
	if want := []string{"inp.units", "inp.section", "inp.section", "inp.end"}; !slices.Equal(rules, want) {
		t.Errorf("notes on the file %v, want %v", rules, want)
	}
	values := func(s ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(s); i += 2 {
			m[s[i]] = s[i+1]
		}
		return m
	}
	nodes := []told{
		{6, "POINT (10 20)", values("id", "J1", "kind", "junction", "elevation", "7.5", "demand", "100", "pattern", "PAT", "tag", "gate", "description", `at the "gate"`), nil, false},
		{7, "POINT (30 40)", values("id", "J 2", "kind", "junction", "demand", "1"), []string{"value.number"}, false},
		{8, "", values("id", "J3", "kind", "junction", "elevation", "1", "demand", "2", "pattern", "3"), []string{"inp.words", "geometry.missing"}, false},
		{9, "POINT (10 20)", values("id", "J1", "kind", "junction", "elevation", "8", "tag", "gate"), []string{"id.duplicate"}, false},
		{11, "POINT (50 60)", values("id", "R1", "kind", "reservoir", "head", "50.25", "description", "lake"), nil, false},
	}
	if d := cmp.Diff(nodes, readAll(t, named(t, sources, "nodes")), cmp.AllowUnexported(told{})); d != "" {
		t.Error("nodes", d)
	}
	pipe := func(id, a, b string, more ...string) map[string]string {
		return values(append([]string{"id", id, "kind", "pipe", "node1", a, "node2", b, "length", "100", "diameter", "300", "roughness", "120"}, more...)...)
	}
	links := []told{
		{13, "LINESTRING (10 20, 15 25, 20 30, 30 40)", pipe("P1", "J1", "J 2", "minor_loss", "0", "status", "Open", "init_status", "Closed", "tag", "old town", "description", "main"), []string{"geometry.vertex"}, false},
		{14, "", pipe("P2", "J1", "J9"), []string{"link.node"}, true},
		{15, "LINESTRING (10 20, 1000000000 7, 50 60)", pipe("P3", "J1", "R1", "status", "CV"), []string{"geometry.far"}, false},
		{16, "", values("id", "P4", "kind", "pipe", "node1", "J1"), []string{"link.node"}, true},
		{17, "", pipe("P5", "J1", "J3", "minor_loss", "0", "status", "OPEN"), []string{"geometry.missing"}, false},
		{19, "LINESTRING (50 60, 10 20)", values("id", "U1", "kind", "pump", "node1", "R1", "node2", "J1", "curve", "C1", "speed", "1.2", "pattern", "night"), nil, false},
		{20, "LINESTRING (50 60, 10 20)", values("id", "U2", "kind", "pump", "node1", "R1", "node2", "J1"), []string{"inp.words"}, false},
		{22, "LINESTRING (10 20, 50 60)", values("id", "V1", "kind", "valve", "node1", "J1", "node2", "R1", "diameter", "200", "type", "GPV", "curve", "Curve7", "minor_loss", "0.5"), nil, false},
	}
	if d := cmp.Diff(links, readAll(t, named(t, sources, "links")), cmp.AllowUnexported(told{})); d != "" {
		t.Error("links", d)
	}
}

const smallSWMM = `[OPTIONS]
FLOW_UNITS LPS
[JUNCTIONS]
;;Name Elevation
;;---- ----
;the old one
j1  10  2  0  0  0
[OUTFALLS]
o1  5   FIXED 5.5  NO  S1
o2  5   FREE  NO
[STORAGE]
s1  4  3  0  FUNCTIONAL 1000 0 0  1  0.5
s2  4  3  0  TABULAR  curve1  0  0
[CONDUITS]
c1 J1 O1 100 0.013 0 0 0 0
c2 J1 nowhere 100 0.013 0 0 0 0
[OUTLETS]
t1 s1 o2 0 FUNCTIONAL/DEPTH 1.5 0.5 NO
[XSECTIONS]
C1 CUSTOM 1.5 shape7 2
[SUBCATCHMENTS]
S1  g1  J1 1.5 25 100 0.5 0
S2  g1  J1 1.5 25 100 0.5 0
[COORDINATES]
J1 0 0
o1 10 0
o2 10 5
s1 5 5
s2 6 6
[Polygons]
s1 0 0
s1 1 0
s1 1 1
s1 0 0
s2 0 0
s2 1 1
[TAGS]
Subcatch S1 park
`

func TestSWMMNamesAreLookedUpInAnyCase(t *testing.T) {
	t.Parallel()
	sources, f, err := openOwn(file(t, "drains.inp", smallSWMM), Hints{})
	if err != nil || f.Name != "swmm" {
		t.Fatal(f.Name, err)
	}
	got := map[string]told{}
	for _, s := range sources {
		for _, r := range readAll(t, s) {
			got[r.values["id"]] = r
		}
	}
	for id, want := range map[string]string{
		"j1": "POINT (0 0) the old one", "o1": "POINT (10 0) 5.5 NO S1", "o2": "POINT (10 5) NO",
		"s1": "POINT (5 5) 1000 0 0 1 0.5", "s2": "POINT (6 6) curve1 0 0",
		"c1": "LINESTRING (0 0, 10 0) CUSTOM 1.5 shape7 2", "c2": "link.node lost", "t1": "LINESTRING (5 5, 10 5) 1.5 0.5 NO",
		"S1": "POLYGON ((0 0, 1 0, 1 1, 0 0)) park", "S2": "geometry.missing",
	} {
		r := got[id]
		words := []string{r.geometry}
		for _, f := range []string{"shape", "geom1", "transect", "barrels", "stage", "curve", "parameters", "coefficient", "exponent", "surcharge_depth", "evaporation", "gated", "route_to", "tag", "description"} {
			if v := r.values[f]; v != "" && !(id[0] == 'j' && f == "surcharge_depth") && !(id[0] == 'S' && f == "route_to") {
				words = append(words, v)
			}
		}
		words = append(words, r.rules...)
		if r.lost {
			words = append(words, "lost")
		}
		if s := strings.TrimSpace(strings.Join(words, " ")); s != want {
			t.Errorf("%s: %s, want %s", id, s, want)
		}
	}
}

func FuzzModels(f *testing.F) {
	f.Add([]byte(faultyEPANET))
	f.Add([]byte(smallSWMM))
	f.Add([]byte("[JUNCTIONS]\n\"\n[PIPES]\n\"a b\n;;"))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := file(t, "f.inp", string(b))
		sources, err := openINP(context.Background(), input{path: path, name: "f.inp"})
		if err != nil {
			return
		}
		for _, s := range sources {
			checkRows(t, s)
		}
	})
}

// checkRows reads a source and holds its rows against the contract.
func checkRows(t *testing.T, s *Source) {
	t.Helper()
	n := int64(0)
	for _, r := range readAll(t, s) {
		n++
		if strings.HasPrefix(r.geometry, "broken") {
			t.Fatalf("row %d: %s", r.number, r.geometry)
		}
		for field, v := range r.values {
			if strings.ContainsRune(v, 0) || v != strings.ToValidUTF8(v, "") {
				t.Fatalf("row %d: %s is %q", r.number, field, v)
			}
		}
	}
	if n != s.Count {
		t.Fatalf("%d rows, said to be %d", n, s.Count)
	}
}
