package demo_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"onemap/layers/demo"
)

// netRow is a row by column name.
type netRow map[string]any

func (r netRow) text(c string) string { s, _ := r[c].(string); return s }
func (r netRow) num(c string) float64 {
	switch v := r[c].(type) {
	case float64:
		return v
	case int:
		return float64(v)
	}
	return math.NaN()
}

// netRows reads the network tables of a county.
func netRows(t testing.TB, seed uint64, size demo.Size) (*demo.World, map[string][]netRow) {
	t.Helper()
	w := county(seed)
	if size != demo.Small {
		w = demo.Make(seed, size)
	}
	out := map[string][]netRow{}
	for _, tab := range w.Tables() {
		if !slices.Contains(netLayers, tab.Layer) {
			continue
		}
		for v := range tab.Rows {
			if len(v) != len(tab.Columns) {
				t.Fatalf("%s: %d values for %d columns", tab.Layer, len(v), len(tab.Columns))
			}
			r := netRow{}
			for i, c := range tab.Columns {
				r[c] = v[i]
			}
			out[tab.Layer] = append(out[tab.Layer], r)
		}
	}
	return w, out
}

var netLayers = strings.Fields("pipe_point pipe_line ps_manhole ps_comb ps_outfall ps_pump ps_pipe ps_conduit ps_catchment transfer_unit household shelter pairing evac_route dike demo_fault")

func netSizes() []demo.Size {
	if os.Getenv("ONEMAP_DEMO_COUNTY") != "" {
		return []demo.Size{demo.Small, demo.County}
	}
	return []demo.Size{demo.Small}
}

func TestChecksFindExactlyTheSeededFaults(t *testing.T) {
	t.Parallel()
	for _, size := range netSizes() {
		for _, seed := range seeds {
			t.Run(fmt.Sprint(size, seed), func(t *testing.T) {
				t.Parallel()
				w, rows := netRows(t, seed, size)
				want, got := map[string]bool{}, map[string]bool{}
				kinds := map[string]int{}
				for _, f := range w.Faults() {
					want[f.Rule+" "+f.Layer+" "+f.Key] = true
					kinds[f.Rule]++
				}
				for _, f := range append(checkPipes(rows), checkDrains(rows)...) {
					got[f] = true
				}
				var wrong []string
				for f := range want {
					if !got[f] {
						wrong = append(wrong, "not found: "+f)
					}
				}
				for f := range got {
					if !want[f] {
						wrong = append(wrong, "not seeded: "+f)
					}
				}
				slices.Sort(wrong)
				if len(wrong) > 0 {
					t.Errorf("%d differences:\n%s", len(wrong), strings.Join(wrong[:min(len(wrong), 40)], "\n"))
				}
				for _, rule := range faultRules {
					if kinds[rule] == 0 {
						t.Errorf("no fault of kind %s", rule)
					}
				}
				var counts []string
				for _, l := range netLayers {
					counts = append(counts, fmt.Sprint(l, " ", len(rows[l])))
				}
				t.Log(strings.Join(counts, ", "))
			})
		}
	}
}

var faultRules = strings.Fields(`4.5-point-empty 4.5-point-duplicate 4.5-point-same-place 4.5-point-feature 4.5-point-outside 4.5-point-code 4.5-point-map-no
4.5-line-end-missing 4.5-line-start-end 4.5-line-duplicate 4.5-line-depth-null 4.5-line-depth-limit 4.5-line-psize 4.5-line-material 4.5-line-laying 4.5-line-length 4.5-line-slope 4.5-line-end-height
4.5-net-isolated 4.5-net-source 4.5-net-degree 4.5-net-reducer 4.5-net-crossing 4.5-net-angle
5.3-1 5.3-2 5.3-3 5.3-4 5.3-5 5.3-6 5.3-7 5.3-8 5.3-9 5.3-10 5.3-11 5.3-12 5.3-13 5.3-14 5.3-15 5.3-16 5.3-17`)

// vertices reads the x, y, z of a MultiLineString Z of one line, x and y as metres near enough for angles.
func vertices(b []byte) (out [][3]float64) {
	f := func(i int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b[i:])) }
	n := int(binary.LittleEndian.Uint32(b[18:]))
	for i := range n {
		o := 22 + i*24
		lon, lat := f(o), f(o+8)
		out = append(out, [3]float64{(lon - 116) * 111320 * math.Cos(35.8*math.Pi/180), (lat - 35.8) * 110950, f(o + 16)})
	}
	return out
}
