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
		return fmt.Sprintf("%-20s %s%s %3d %%  %s / %s", name, strings.Repeat("█", full), strings.Repeat("░", width-full), done*100/total, grouped(done), grouped(total))
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
func printReport(w io.Writer, r *intake.Report, in language) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	p := &reportPrinter{out: t, Report: r, in: in}
	p.head()
	p.fields()
	for i, d := range r.Doubts {
		p.row(i, "doubts", "疑问", map[bool]string{true: "! "}[d.Blocking]+in.say(d.Words))
	}
	for i, c := range r.Rules {
		p.row(i, "findings", "检查结果", fmt.Sprintf("%s × %d%s", c.Rule, c.Count, p.example(c.Rule)))
	}
	if r.Bounds != nil && !r.DryRun && r.Rows.Taken > 0 {
		p.row(0, "look", "查看", lookAt(*r.Bounds)+in.pick("  (while onemap serve runs)", "（需先运行 onemap serve）"))
	}
	t.Flush()
}

// reportPrinter writes a report as a table of two columns: what it is about, and what is said.
type reportPrinter struct {
	*intake.Report
	out io.Writer
	in  language
}

// row is the i-th line about a thing: the first one names it.
func (p *reportPrinter) row(i int, en, zh, value string) {
	if i > 0 {
		en, zh = "", ""
	}
	fmt.Fprintf(p.out, "%s\t%s\n", p.in.pick(en, zh), value)
}

func (p *reportPrinter) head() {
	if p.Layer != "" {
		p.row(0, "layer", "图层", fmt.Sprintf("%s  %s  (%s)", p.Layer, p.Title, p.what()))
	}
	for i, s := range p.Sources {
		mark := "  "
		if s.Used && len(p.Sources) > 1 {
			mark = "→ "
		}
		count := ""
		if s.Count >= 0 {
			count = fmt.Sprintf(p.in.pick(", %d rows", "，%d 行"), s.Count)
		}
		p.row(i, "sources", "数据源", fmt.Sprintf("%s%s  %s, %s%s", mark, s.Name, s.Format, s.Geometry, count))
	}
	if p.Rows.Read == 0 {
		return
	}
	p.counts()
	if p.GeometryType != "" {
		p.row(0, "geometry", "图形", p.GeometryType+map[bool]string{true: p.in.pick(" with heights", "，带高程")}[p.HasZ])
		p.row(0, "coordinates", "坐标系", p.coordinates())
	}
	p.row(0, "text", "编码", fmt.Sprintf("%s (%s)", p.Encoding.Name, p.Encoding.How))
	if b := p.Bounds; b != nil {
		p.row(0, "bounds", "范围", fmt.Sprintf("%.6f, %.6f – %.6f, %.6f", b[0], b[1], b[2], b[3]))
	}
}

// what was done with the layer.
func (p *reportPrinter) what() string {
	if p.DryRun {
		return p.in.pick("dry run, nothing written", "试运行，未写入")
	}
	zh := map[intake.Mode]string{intake.Create: "新建", intake.Append: "追加", intake.Replace: "替换全部", intake.Upsert: "更新差异"}
	return p.in.pick(string(p.Mode), zh[p.Mode])
}

func (p *reportPrinter) counts() {
	c := p.Rows
	p.row(0, "rows", "行数", fmt.Sprintf(p.in.pick("%d read, %d taken in %.1f s", "读取 %d 行，导入 %d 行，用时 %.1f 秒"), c.Read, c.Taken, p.Seconds))
	for _, n := range []struct {
		count  int64
		en, zh string
	}{{c.Rejected, "rejected", "已拒绝"}, {c.Skipped, "of another kind, left out", "图形类型不同，未导入"}, {c.Repaired, "mended", "已修复"}, {c.Empty, "without geometry", "无图形"},
		{c.Duplicate, "equal to an earlier row", "与前面的行重复"}, {c.Updated, "updated", "已更新"}, {c.Unchanged, "unchanged", "未变"}, {c.Removed, "replaced", "已替换，移入历史"}} {
		if n.count > 0 {
			p.row(1, "", "", p.in.pick(fmt.Sprintf("%d %s", n.count, n.en), fmt.Sprintf("%d 行%s", n.count, n.zh)))
		}
	}
}

func (p *reportPrinter) coordinates() string {
	if p.CRS.Name == "" {
		return p.in.pick("of a system that the file does not tell", "文件未说明坐标系")
	}
	return fmt.Sprintf("%s (%s) → CGCS2000 (EPSG:4490)", p.CRS.Name, p.CRS.How)
}

func (p *reportPrinter) fields() {
	for i, f := range p.Fields {
		name := f.Source
		switch {
		case f.Name == "":
			name += " → " + p.in.pick("left out", "不导入")
		case f.Name != f.Source:
			name += " → " + f.Name
		}
		about := p.in.pick(string(f.Type), typeWords[f.Type])
		if f.Scheme != "" {
			about += p.in.pick(", codes of ", "，代码表 ") + f.Scheme
		}
		for _, n := range f.Notes {
			about += p.in.pick("; ", "；") + p.in.say(n)
		}
		p.row(i, "fields", "字段", name+"  "+about)
	}
	for i, m := range p.Missing {
		need := ""
		if m.Required {
			need = p.in.pick(" (required)", "（必填）")
		}
		p.row(i, "missing", "缺少", m.Name+"  "+m.Title+need)
	}
}

// typeWords are the types of properties in Chinese.
var typeWords = map[layers.Type]string{layers.String: "文本", layers.Integer: "整数", layers.Number: "小数", layers.Boolean: "是否", layers.Date: "日期",
	layers.DateTime: "日期时间", layers.JSON: "对象"}

// doneWords are in Chinese what was done about a finding.
var doneWords = map[intake.Done]string{intake.Kept: "未改动", intake.Changed: "已改正", intake.Emptied: "已置空", intake.Repaired: "已修复", intake.Rejected: "已拒绝"}

// example is the first finding of a rule.
func (p *reportPrinter) example(rule string) string {
	for _, f := range p.Findings {
		if f.Rule != rule {
			continue
		}
		text := fmt.Sprintf(p.in.pick("; row %d", "；第 %d 行"), f.Row)
		if f.Field != "" {
			text += p.in.pick(", ", "，") + f.Field
		}
		return text + p.in.pick(": ", "：") + p.in.say(f.Words) + p.in.pick(" ("+string(f.Done)+")", "（"+doneWords[f.Done]+"）")
	}
	return ""
}

// lookAt is the page at the bounds.
func lookAt(b layers.Bounds) string {
	size := max((b[2]-b[0])/360, (b[3]-b[1])/180, 1e-6)
	zoom := max(math.Log2(800.0/512/size), 0)
	return fmt.Sprintf("http://127.0.0.1:8080/?at=%.2f/%.6f/%.6f", min(zoom, 17), (b[1]+b[3])/2, (b[0]+b[2])/2)
}
