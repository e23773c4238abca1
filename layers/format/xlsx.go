package format

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"onemap/layers"
)

// Office Open XML spreadsheets (ECMA-376 part 1, 18). Sheets are read as a stream: neither a sheet nor the table of
// strings has to fit into memory. excelize is not used: it holds both.
var xlsx = Format{
	Name: "xlsx", Title: xlsxTitle, Extensions: []string{".xlsx", ".xlsm"},
	Is: func(name string, head []byte) bool {
		ext := filepath.Ext(name)
		return bytes.HasPrefix(head, []byte("PK\x03\x04")) && (ext == ".xlsx" || ext == ".xlsm" || ext == ".et" ||
			bytes.Contains(head, []byte("xl/")) && bytes.Contains(head, []byte("[Content_Types].xml")))
	},
	open: openXLSX,
}

const xlsxTitle = "Excel"

// xls is what the older Excel wrote, and what Excel writes under a password: neither is read.
var xls = Format{
	Name: "xls", Title: "Excel 97", Extensions: []string{".xls"},
	Is: func(name string, head []byte) bool {
		return bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) && slices.Contains([]string{".xls", ".xlsx", ".xlsm", ".et"}, filepath.Ext(name))
	},
	open: func(_ context.Context, in input) ([]*Source, error) {
		if filepath.Ext(strings.ToLower(in.name)) == ".xls" {
			return nil, refuse("this is a workbook of Excel 97–2003; open it in Excel or WPS and save it as .xlsx", "这是 Excel 97–2003 格式的工作簿，请用 Excel 或 WPS 打开后另存为 .xlsx")
		}
		return nil, refuse("this workbook is protected by a password or is one of Excel 97–2003; save it as .xlsx without a password", "该工作簿设有密码，或为 Excel 97–2003 格式，请另存为不带密码的 .xlsx")
	},
}

// Limits of a workbook. A sheet of a million rows has some 500 MB of XML.
const (
	xlsxMaxPart    = 4 << 30
	xlsxMaxSheets  = 256
	xlsxMaxStyles  = 100_000
	xlsxMaxStrings = 4_000_000
	xlsxMaxRows    = 1 << 20 // Excel's own
)

// workbook is what is known of one.
type workbook struct {
	path    string
	archive *zip.ReadCloser // while something is read
	parts   map[string]*zip.File
	sheets  []sheetRef
	strings *stringTable  // while it is opened, or read
	styles  []numberStyle // by the number that cells name
	from    dateSystem
}

type sheetRef struct {
	name   string
	part   string
	hidden bool
}

// openXLSX reads a workbook: every sheet in which something stands is a source.
func openXLSX(ctx context.Context, in input) ([]*Source, error) {
	w := &workbook{path: in.path}
	if err := w.read(ctx, in.folder); err != nil {
		return nil, err
	}
	defer func() { w.strings.close(); w.strings = nil }() // each later reading reads them anew: there may be many books that wait
	var sources []*Source
	for _, sheet := range w.sheets {
		s := &Source{Format: Format{Title: xlsxTitle}, Encoding: Encoding{Name: utf8Text.name, How: xlsxTitle}}
		if sheet.hidden {
			s.Notes = append(s.Notes, Note{Rule: "xlsx.hidden", Severity: Info, Words: layers.Say("the sheet is hidden in the workbook", "该工作表在工作簿中为隐藏状态")})
		}
		t := &table{folder: in.folder, name: sheet.name, fields: in.limits().Fields, each: func(ctx context.Context, yield func(*tableRow) error) error {
			reading := *w // which opens the file anew: several may go on at once
			return reading.each(ctx, sheet, in.folder, yield)
		}}
		s, err := t.source(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("sheet %s: %w", sheet.name, err)
		}
		if s != nil {
			sources = append(sources, s)
		}
	}
	if len(sources) == 0 {
		return nil, refuse("nothing stands in the workbook's sheets", "工作簿的各工作表均为空")
	}
	return sources, nil
}

// open opens the archive, whose list of parts is looked at before it is read: it may claim millions.
func (w *workbook) open() error {
	if err := checkDirectory(w.path); err != nil {
		return err
	}
	archive, err := zip.OpenReader(w.path)
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrAlgorithm) {
		return refuse("the workbook is damaged (%s)", "工作簿已损坏（%s）", err)
	}
	if err != nil {
		return err
	}
	w.archive, w.parts = archive, map[string]*zip.File{}
	for _, f := range archive.File {
		w.parts[strings.ToLower(strings.TrimPrefix(f.Name, "/"))] = f
	}
	return nil
}

// checkDirectory refuses archives whose central directory (APPNOTE 4.3.16) is larger than that of any workbook.
func checkDirectory(path string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	tail := make([]byte, min(info.Size(), 65557))
	if _, err := in.ReadAt(tail, info.Size()-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	end := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if end < 0 || len(tail) < end+22 {
		return refuse("the workbook is damaged: it was cut off", "工作簿已损坏：文件不完整")
	}
	if size := binary.LittleEndian.Uint32(tail[end+12:]); size > 1<<20 {
		return refuse("the workbook has more parts than any workbook needs", "工作簿内部文件数量异常")
	}
	return nil
}

// read reads what the sheets lean on: their names, number formats and strings.
func (w *workbook) read(ctx context.Context, folder *Folder) error {
	if err := w.open(); err != nil {
		return err
	}
	defer w.archive.Close()
	targets, err := w.relations("xl/_rels/workbook.xml.rels")
	if err != nil {
		return err
	}
	if err := w.readBook(targets); err != nil {
		return err
	}
	if err := w.readStyles(); err != nil {
		return err
	}
	return w.readStrings(ctx, folder)
}

// part calls do for the tokens of a part; not at all where it is not there.
func (w *workbook) part(name string, do func(t xmlToken) error) (found bool, err error) {
	f := w.parts[strings.ToLower(name)]
	if f == nil {
		return false, nil
	}
	in, err := f.Open()
	if err != nil {
		return true, refuse("the part %s of the workbook can not be read (%s)", "无法读取工作簿中的 %s（%s）", name, err)
	}
	defer in.Close()
	tokens := newXMLTokens(&cappedReader{in: in, left: xlsxMaxPart, name: name})
	for {
		t, err := tokens.next()
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err == nil {
			err = do(t)
		}
		if errors.Is(err, zip.ErrChecksum) || errors.Is(err, io.ErrUnexpectedEOF) || isCorrupt(err) {
			err = refuse("the part %s of the workbook is damaged (%s)", "工作簿中的 %s 已损坏（%s）", name, err)
		}
		if err != nil {
			return true, err
		}
	}
}

// relations reads where the parts that a part names by number lie.
func (w *workbook) relations(name string) (map[string]string, error) {
	targets := map[string]string{}
	_, err := w.part(name, func(t xmlToken) error {
		if t.name == "Relationship" && !t.end && len(targets) < 10_000 {
			target := t.attribute("Target")
			if !strings.HasPrefix(target, "/") {
				target = "/xl/" + target
			}
			targets[t.attribute("Id")] = strings.TrimPrefix(path.Clean(target), "/")
		}
		return nil
	})
	return targets, err
}

// readBook reads the sheets' names and what day 1 is.
func (w *workbook) readBook(targets map[string]string) error {
	found, err := w.part("xl/workbook.xml", func(t xmlToken) error {
		switch {
		case t.end:
		case t.name == "workbookPr":
			w.from.since1904 = t.attribute("date1904") == "1" || t.attribute("date1904") == "true"
		case t.name == "sheet":
			if len(w.sheets) == xlsxMaxSheets {
				return refuse("the workbook has more than %d sheets", "工作簿超过 %d 个工作表", xlsxMaxSheets)
			}
			part := targets[t.attribute("id")]
			if strings.HasPrefix(part, "xl/worksheets/") || strings.Contains(part, "sheet") && !strings.Contains(part, "chart") {
				w.sheets = append(w.sheets, sheetRef{strings.ToValidUTF8(strings.ReplaceAll(t.attribute("name"), "\x00", ""), "\uFFFD"), part, t.attribute("state") != "" && t.attribute("state") != "visible"})
			}
		}
		return nil
	})
	if err == nil && !found {
		err = refuse("there is no workbook in the file (xl/workbook.xml is missing)", "文件中没有工作簿（缺少 xl/workbook.xml）")
	}
	return err
}

// cappedReader ends in an error after so many bytes.
type cappedReader struct {
	in   io.Reader
	left int64
	name string
}

func (c *cappedReader) Read(b []byte) (int, error) {
	if c.left <= 0 {
		return 0, refuse("the part %s of the workbook unpacks to more than %d GB", "工作簿中的 %s 解压后超过 %d GB", c.name, xlsxMaxPart>>30)
	}
	n, err := c.in.Read(b[:min(int64(len(b)), c.left)])
	c.left -= int64(n)
	return n, err
}

// stringTable holds a workbook's strings: some in memory, the rest in a file.
type stringTable struct {
	ends   []int64
	size   int64
	memory []byte
	file   *os.File
	folder *Folder
	buffer []byte
}

// stringsInMemory is how many bytes of strings stay there.
const stringsInMemory = 24 << 20

func newStringTable(folder *Folder) *stringTable { return &stringTable{folder: folder} }

// add adds a string.
func (s *stringTable) add(text string) error {
	if len(s.ends) == xlsxMaxStrings {
		return refuse("the workbook has more than %d different texts; save its sheets as CSV", "工作簿中不同的文本超过 %d 条，请将工作表另存为 CSV", xlsxMaxStrings)
	}
	if s.file == nil && len(s.memory)+len(text) <= stringsInMemory {
		s.memory = append(s.memory, text...)
	} else if err := s.spill(text); err != nil {
		return err
	}
	s.size += int64(len(text))
	s.ends = append(s.ends, s.size)
	return nil
}

// spill writes to the file, in pieces.
func (s *stringTable) spill(text string) (err error) {
	if s.file == nil {
		dir := ""
		if s.folder != nil {
			dir = s.folder.Path()
		}
		if s.file, err = os.CreateTemp(dir, "strings-*"); err != nil {
			return err
		}
		if err := os.Remove(s.file.Name()); err != nil { // its bytes stay as long as somebody can read them
			return err
		}
	}
	if s.buffer = append(s.buffer, text...); len(s.buffer) > 1<<20 {
		err = s.flush()
	}
	return err
}

func (s *stringTable) flush() error {
	if len(s.buffer) == 0 {
		return nil
	}
	_, err := s.file.Write(s.buffer)
	s.buffer = s.buffer[:0]
	return err
}

// at returns the string of a number.
func (s *stringTable) at(i int) (string, bool, error) {
	if i < 0 || i >= len(s.ends) {
		return "", false, nil
	}
	start := int64(0)
	if i > 0 {
		start = s.ends[i-1]
	}
	if end := s.ends[i]; end <= int64(len(s.memory)) {
		return string(s.memory[start:end]), true, nil
	}
	text := make([]byte, s.ends[i]-start)
	_, err := s.file.ReadAt(text, start-int64(len(s.memory)))
	return string(text), true, err
}

// close lets the file go.
func (s *stringTable) close() {
	if s.file != nil {
		s.file.Close()
	}
}

// readStrings reads the table of strings. Phonetic guides are left out.
func (w *workbook) readStrings(ctx context.Context, folder *Folder) error {
	w.strings = newStringTable(folder)
	var text strings.Builder
	inText, phonetic := false, false
	_, err := w.part("xl/sharedStrings.xml", func(t xmlToken) error {
		switch t.name {
		case "":
			if inText && !phonetic && text.Len() < xmlMaxToken {
				text.WriteString(unescapeXML(t.raw))
			}
		case "t":
			inText = !t.end && !t.empty
		case "rPh":
			phonetic = !t.end && !t.empty
		case "si":
			if t.end || t.empty {
				err := w.strings.add(unescapeCell(text.String()))
				text.Reset()
				if len(w.strings.ends)%4096 == 0 && err == nil {
					err = ctx.Err()
				}
				return err
			}
		}
		return nil
	})
	if err == nil && w.strings.file != nil {
		err = w.strings.flush()
	}
	return err
}
