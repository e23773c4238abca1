package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"onemap/layers"
	"onemap/layers/intake"
)

// newBar tells how far a long command is: a bar that is written over on a terminal, ten times a second at most, with the
// seconds since the beginning; one line per step elsewhere. Steps have words; the step "" ends the line. total is -1 where
// it is not known.
func newBar(to *os.File, words map[string]string) func(step string, done, total int64) {
	terminal, last, began, drawn := isTerminal(to), "", time.Now(), time.Time{}
	return func(step string, done, total int64) {
		switch {
		case terminal && step == "" && last != "":
			fmt.Fprint(to, "\r\x1b[K")
		case step == "":
		case terminal:
			if step == last && done != total && time.Since(drawn) < 100*time.Millisecond {
				return
			}
			drawn = time.Now()
			fmt.Fprintf(to, "\r\x1b[K%5.1f s  %s", time.Since(began).Seconds(), barLine(words[step], done, total))
		case step != last:
			fmt.Fprintln(to, words[step])
		}
		last = step
	}
}

// barLine is how far one step is.
func barLine(name string, done, total int64) string {
	const width = 24
	switch {
	case total > 0:
		done = min(done, total)
		full := int(done * width / total)
		return fmt.Sprintf("%-20s %s%s %3d %%  %s of %s", name, strings.Repeat("█", full), strings.Repeat("░", width-full), done*100/total, grouped(done), grouped(total))
	case done > 0:
		return fmt.Sprintf("%-20s %s", name, grouped(done))
	}
	return name + " …"
}

// grouped writes a number with a comma after each thousand.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// printReport says what an import found and did.
func printReport(w io.Writer, r *intake.Report) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, value string, args ...any) { fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(value, args...)) }
	printHead(row, r)
	printFields(row, r)
	for i, d := range r.Doubts {
		row(head(i, "doubts"), "%s%s", map[bool]string{true: "! "}[d.Blocking], d.Words.En)
	}
	for i, c := range r.Rules {
		row(head(i, "findings"), "%s × %d%s", c.Rule, c.Count, example(r, c.Rule))
	}
	if r.Bounds != nil && !r.DryRun && r.Rows.Taken > 0 {
		row("look", "%s  (while onemap serve runs)", lookAt(*r.Bounds))
	}
	t.Flush()
}

// head names the first line of a list.
func head(i int, name string) string {
	if i > 0 {
		return ""
	}
	return name
}

func printHead(row func(string, string, ...any), r *intake.Report) {
	what := string(r.Mode)
	if r.DryRun {
		what = "dry run, nothing written"
	}
	if r.Layer != "" {
		row("layer", "%s  %s  (%s)", r.Layer, r.Title, what)
	}
	for i, s := range r.Sources {
		mark := "  "
		if s.Used && len(r.Sources) > 1 {
			mark = "→ "
		}
		count := ""
		if s.Count >= 0 {
			count = fmt.Sprintf(", %d rows", s.Count)
		}
		row(head(i, "sources"), "%s%s  %s, %s%s", mark, s.Name, s.Format, s.Geometry, count)
	}
	c := r.Rows
	if c.Read == 0 {
		return
	}
	row("rows", "%d read, %d taken in %.1f s", c.Read, c.Taken, r.Seconds)
	for _, n := range []struct {
		count int64
		words string
	}{{c.Rejected, "rejected"}, {c.Skipped, "of another kind, left out"}, {c.Repaired, "mended"}, {c.Empty, "without geometry"}, {c.Duplicate, "equal to an earlier row"},
		{c.Updated, "updated"}, {c.Unchanged, "unchanged"}, {c.Removed, "replaced"}} {
		if n.count > 0 {
			row("", "%d %s", n.count, n.words)
		}
	}
	if r.GeometryType != "" {
		row("geometry", "%s%s", r.GeometryType, map[bool]string{true: " with heights"}[r.HasZ])
		if r.CRS.Name == "" {
			row("coordinates", "of a system that the file does not tell")
		} else {
			row("coordinates", "%s (%s) → CGCS2000 (EPSG:4490)", r.CRS.Name, r.CRS.How)
		}
	}
	row("text", "%s (%s)", r.Encoding.Name, r.Encoding.How)
	if b := r.Bounds; b != nil {
		row("bounds", "%.6f, %.6f – %.6f, %.6f", b[0], b[1], b[2], b[3])
	}
}

func printFields(row func(string, string, ...any), r *intake.Report) {
	for i, f := range r.Fields {
		var notes []string
		for _, n := range f.Notes {
			notes = append(notes, n.En)
		}
		name := f.Source
		switch {
		case f.Name == "":
			name += " → left out"
		case f.Name != f.Source:
			name += " → " + f.Name
		}
		about := string(f.Type)
		if f.Scheme != "" {
			about += ", codes of " + f.Scheme
		}
		if len(notes) > 0 {
			about += "; " + strings.Join(notes, "; ")
		}
		row(head(i, "fields"), "%s  %s", name, about)
	}
	for i, m := range r.Missing {
		need := ""
		if m.Required {
			need = " (required)"
		}
		row(head(i, "missing"), "%s  %s%s", m.Name, m.Title, need)
	}
}

// example is the first finding of a rule.
func example(r *intake.Report, rule string) string {
	for _, f := range r.Findings {
		if f.Rule != rule {
			continue
		}
		text := fmt.Sprintf("; row %d", f.Row)
		if f.Field != "" {
			text += ", " + f.Field
		}
		return fmt.Sprintf("%s: %s (%s)", text, f.Words.En, f.Done)
	}
	return ""
}

// lookAt is the page at the bounds.
func lookAt(b layers.Bounds) string {
	size := max((b[2]-b[0])/360, (b[3]-b[1])/180, 1e-6)
	zoom := max(math.Log2(800.0/512/size), 0)
	return fmt.Sprintf("http://127.0.0.1:8080/?at=%.2f/%.6f/%.6f", min(zoom, 17), (b[1]+b[3])/2, (b[0]+b[2])/2)
}
