package xmltree_test

import (
	"runtime"
	"strings"
	"testing"

	"onemap/api/ows/xmltree"
)

// What a stranger's megabyte costs grows with its size, not with its square: texts in a hundred thousand pieces, and as many
// prefixes, declared at once and one by one.
func TestSizeIsPaidForOnce(t *testing.T) {
	many := func(piece string, n int) string { return strings.Repeat(piece, n) }
	for name, doc := range map[string]string{
		"text":     "<a>" + many("b<!---->", 100_000) + "</a>",
		"prefixes": "<a " + many(`xmlns:b="c" `, 80_000) + "/>",
		"children": "<a " + distinct(20_000) + ">" + many(`<b xmlns:c="d"/>`, 30_000) + "</a>",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := xmltree.Parse([]byte(doc), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 200*uint64(len(doc)) {
			t.Errorf("%s: %d bytes took %d", name, len(doc), took)
		}
	}
}

// distinct declares as many prefixes.
func distinct(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("xmlns:p" + strings.Repeat("q", i%7) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676%26)) + `="x" `)
	}
	return b.String()
}

func TestPrefixesStandForWhatIsDeclaredNearest(t *testing.T) {
	t.Parallel()
	root, err := xmltree.Parse([]byte(`<a xmlns:p="one" xmlns:q="two"><b xmlns:p="three"><c/></b></a>`), map[string]string{"p": "none", "r": "four"})
	if err != nil {
		t.Fatal(err)
	}
	inner := root.Children[0].Children[0]
	for name, want := range map[string]string{"p:x": "three", "q:x": "two", "r:x": "four", "s:x": "s", "x": ""} {
		if got := inner.Resolve(name); got.Space != want || got.Local != "x" {
			t.Errorf("%s is %v; want %q", name, got, want)
		}
	}
	if got := root.Resolve("p:x"); got.Space != "one" {
		t.Errorf("around it p is %v", got)
	}
}
