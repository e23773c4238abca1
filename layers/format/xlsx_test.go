package format

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
)

// book makes a workbook of one sheet's rows and, where they differ from the usual, of other parts.
func book(t testing.TB, rows string, parts map[string]string) string {
	t.Helper()
	usual := map[string]string{
		"[Content_Types].xml":        `<Types/>`,
		"xl/workbook.xml":            `<?xml version="1.0"?><workbook><sheets><sheet name="甲 &amp; 乙" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="165" formatCode="000000"/>
			<numFmt numFmtId="166" formatCode="[Magenta]0.00&quot;days&quot;"/></numFmts>
			<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="22"/><xf numFmtId="20"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml":     `<sst><si><t>名称</t></si><si><r><t>a&lt;</t></r><r><t xml:space="preserve"> b</t></r><rPh><t>ignored</t></rPh></si><si><t/></si><si><t>x_x000D_y_x_</t></si></sst>`,
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`,
	}
	for name, text := range parts {
		usual[name] = text
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range usual {
		f, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(f, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// cells writes one row of a sheet.
func sheetRow(cells ...string) string { return "<row>" + strings.Join(cells, "") + "</row>" }

func inline(s string) string { return `<c t="inlineStr"><is><t>` + s + `</t></is></c>` }

func TestCellsSayWhatThePersonSaw(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		`<c r="B2" t="s"><v>1</v></c>`:                                 "a< b",
		`<c r="B2" t="s"><v>3</v></c>`:                                 "x\ry_x_",
		`<c r="B2" t="s"><v>99</v></c>`:                                " xlsx.string",
		`<c r="B2" t="str"><f>A1</f><v>007</v></c>`:                    "007",
		`<c r="B2"><v>1.1000000000000001</v></c>`:                      "1.1",
		`<c r="B2"><v>417743.27260000003</v></c>`:                      "417743.2726",
		`<c r="B2"><v>1.5E-7</v></c>`:                                  "0.00000015",
		`<c r="B2"><v>370832001</v></c>`:                               "370832001",
		`<c r="B2"><v>1.23456789012E+17</v></c>`:                       "123456789012000000 xlsx.digits",
		`<c r="B2" s="5"><v>832</v></c>`:                               "000832",
		`<c r="B2" s="6"><v>2.5</v></c>`:                               "2.5",
		`<c r="B2" s="1"><v>45413</v></c>`:                             "2024-05-01",
		`<c r="B2" s="2"><v>45413</v></c>`:                             "2024-05-01",
		`<c r="B2" s="3"><v>45413.354166666664</v></c>`:                "2024-05-01T08:30:00",
		`<c r="B2" s="4"><v>0.34375</v></c>`:                           "08:15:00",
		`<c r="B2" s="1"><v>1</v></c>`:                                 "1900-01-01",
		`<c r="B2" s="1"><v>-5</v></c>`:                                "-5 xlsx.date",
		`<c r="B2" t="b"><v>1</v></c>`:                                 "true",
		`<c r="B2" t="e"><v>#N/A</v></c>`:                              " xlsx.error",
		`<c r="B2" t="d"><v>2024-05-01</v></c>`:                        "2024-05-01",
		`<c r="B2" t="inlineStr"><is><t>a<![CDATA[<&]]>b</t></is></c>`: "a<&b",
		`<c r="B2"/>`: "",
	} {
		rows := sheetRow(inline("甲"), inline("乙")) + `<row r="2"><c r="A2"><v>1</v></c>` + cell + `</row>`
		sources, f, err := openOwn(file(t, "a.xlsx", book(t, rows, nil)), Hints{})
		if err != nil || f.Name != "xlsx" {
			t.Fatal(cell, err)
		}
		row := readAll(t, sources[0])[0]
		if got := strings.TrimSuffix(row.values["乙"]+" "+strings.Join(row.rules, ","), " "); got != want {
			t.Errorf("%s is %q, want %q", cell, got, want)
		}
	}
}

func TestSheetsAreTables(t *testing.T) {
	t.Parallel()
	rows := `<row r="1"><c r="A1" t="inlineStr"><is><t>成果表</t></is></c></row>` +
		`<row r="3"><c r="A3" t="s"><v>0</v></c>` + `<c r="B3" t="inlineStr"><is><t>坐标</t></is></c><c r="E3" t="inlineStr"><is><t>备注</t></is></c></row>` +
		`<row r="4"><c r="B4" t="inlineStr"><is><t>X</t></is></c><c r="C4" t="inlineStr"><is><t>Y</t></is></c></row>` +
		`<row r="5"><c r="A5" t="inlineStr"><is><t>01</t></is></c><c r="B5"><v>1</v></c><c r="C5"><v>2</v></c></row>` +
		`<row r="9"><c r="A9" t="inlineStr"><is><t>02</t></is></c><c r="B9"><v>3</v></c><c r="C9"><v>4</v></c><c r="E9"><v>5</v></c></row>`
	sources, _, err := openOwn(file(t, "a.xlsx", book(t, rows, map[string]string{
		"xl/workbook.xml":            `<workbook><workbookPr date1904="1"/><sheets><sheet name="空" r:id="rId2"/><sheet name="点" state="hidden" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="/xl/worksheets/sheet1.xml"/><Relationship Id="rId2" Target="worksheets/sheet2.xml"/></Relationships>`,
		"xl/worksheets/sheet2.xml":   `<x:worksheet xmlns:x="x"><x:sheetData><x:row r="1"><x:c r="A1"/></x:row></x:sheetData></x:worksheet>`,
	})), Hints{})
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) != 1 || sources[0].Name != "点" || sources[0].Notes[0].Rule != "xlsx.hidden" || sources[0].Geometry != "Point" {
		t.Fatalf("%+v", sources[0])
	}
	want := "名称|坐标 X|坐标 Y|备注\n5 01|1|2| POINT (1 2)\n9 02|3|4|5 POINT (3 4)"
	if got := tableText(t, sources[0]); got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
}

func TestWorkbooksThatAreNoneSayWhy(t *testing.T) {
	t.Parallel()
	row := sheetRow(inline("a"), inline("b"))
	ole := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("x", 600)
	for name, c := range map[string]struct{ file, text, want string }{
		"old":           {"a.xls", ole, "save it as .xlsx"},
		"password":      {"a.xlsx", ole, "password"},
		"empty":         {"a.xlsx", book(t, "", nil), "nothing stands"},
		"cut off":       {"a.xlsx", book(t, row, nil)[:700], "damaged"},
		"no workbook":   {"a.xlsx", strings.ReplaceAll(book(t, row, nil), "xl/workbook.xml", "xl/walkbook.xml"), "no workbook"},
		"entities":      {"a.xlsx", book(t, row, map[string]string{"xl/sharedStrings.xml": `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>`}), "document type"},
		"one long text": {"a.xlsx", book(t, sheetRow(inline(strings.Repeat("x", 2<<20))), nil), "more than 1048576 bytes"},
		"many rows":     {"a.xlsx", book(t, strings.Repeat("<row/>", 1<<20+1), nil), "more than 1048576 rows"},
		"many strings":  {"a.xlsx", book(t, row, map[string]string{"xl/sharedStrings.xml": strings.Repeat("<si/>", xlsxMaxStrings+1)}), "different texts"},
		"long comment":  {"a.xlsx", book(t, "<!--"+strings.Repeat("x", 2<<20)+"-->", nil), "more than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := openOwn(file(t, c.file, c.text), Hints{}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestStringsThatDoNotFitIntoMemoryLieInAFile(t *testing.T) {
	t.Parallel()
	table := newStringTable(nil)
	text := func(i int) string { return fmt.Sprint(i, strings.Repeat("·", i%50*1000)) }
	const n = 1500
	for i := range n {
		if err := table.add(text(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.flush(); err != nil || table.file == nil {
		t.Fatal("all is in memory", err)
	}
	for _, i := range []int{0, 1, 499, 700, n - 1} {
		if got, ok, err := table.at(i); got != text(i) || !ok || err != nil {
			t.Errorf("%d is %.20q, %v, %v", i, got, ok, err)
		}
	}
	if _, ok, _ := table.at(n); ok {
		t.Error("there is one too many")
	}
}

func FuzzXLSX(f *testing.F) {
	f.Add(sheetRow(inline("a"), inline("x"), inline("y"))+`<row r="2"><c r="A2" s="3"><v>45413.5</v></c><c><v>1</v></c><c t="s"><v>1</v></c></row>`, `<sst><si><t>1&#x41;</t></si></sst>`)
	f.Add(`<row><c r="ZZZZ1"><v>1e400</v></c><c t="b"><v>7</v></c><!-- > --><![CDATA[x]]></row>`, `<x`)
	f.Fuzz(func(t *testing.T, rows, strings string) {
		path := file(t, "f.xlsx", book(t, rows, map[string]string{"xl/sharedStrings.xml": strings, "xl/styles.xml": strings + rows}))
		sources, err := openXLSX(context.Background(), input{path: path, name: "f.xlsx"})
		if err != nil {
			return
		}
		for _, s := range sources {
			checkRows(t, s)
		}
	})
}
