package format

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"onemap/layers"
)

// shapefile is ESRI's .shp with its .dbf, .shx, .prj and .cpg beside it.
var shapefile = Format{
	Name: "shp", Title: "Shapefile", Extensions: []string{".shp"}, driver: "ESRI Shapefile",
	beside: []string{".shx", ".dbf", ".prj", ".cpg", ".fields.csv", ".cst", ".sbn", ".sbx", ".qix", ".qpj", ".fbn", ".fbx", ".ain", ".aih", ".atx", ".ixs", ".mxs", ".idm", ".ind", ".aux", ".shp.xml", ".xml", ".lyr", ".qml", ".sld"},
	Is: func(name string, head []byte) bool {
		// File code 9994, big end first; version 1000 at byte 28, little end first.
		return len(head) >= 32 && binary.BigEndian.Uint32(head) == 9994 && binary.LittleEndian.Uint32(head[28:]) == 1000 &&
			!strings.HasSuffix(name, ".shx")
	},
	open: openShapefile,
}

// openShapefile reads the attributes itself, where encodings and damage are, and leaves the geometries to GDAL.
func openShapefile(ctx context.Context, in input) ([]*Source, error) {
	s := &shapes{}
	notes, err := s.place(in)
	if err != nil {
		return nil, err
	}
	sources, err := input{folder: in.folder}.sourcesOf(ctx, gdalWay{driver: "ESRI Shapefile", crs: ".prj", lax: true}, s.path, s.granted)
	if err != nil {
		return nil, err
	}
	if len(sources) != 1 {
		return nil, fmt.Errorf("%w: GDAL finds %d layers in a shapefile", errStream, len(sources))
	}
	source := sources[0]
	base := filepath.Base(filepath.FromSlash(in.name))
	source.Name, source.Notes, source.Fields = strings.TrimSuffix(base, filepath.Ext(base)), notes, nil
	source.Encoding = Encoding{Name: utf8Text.name, How: "there is no .dbf, hence no text"}
	s.geometries = source.read
	source.read = s.rows
	if s.dbf == "" {
		source.Notes = append(source.Notes, Note{Rule: "file.missing", Severity: Warning, Words: layers.Say(
			"the .dbf is missing: the features have no attributes", "缺少 .dbf 文件，要素没有属性")})
		return sources, nil
	}
	return sources, s.settleTable(ctx, in, source)
}

// shapes are a shapefile's geometries and attributes, each from its own file.
type shapes struct {
	path, shx, dbf string
	granted        []string
	geometries     func(context.Context, RowOptions) rowSeq
	table          *dbf
	encoding       encoding
	fields         []Field
	count          int64 // rows; -1 = not known
	shapeCount     int64 // shapes in the index
}

// place makes geometry and index known to GDAL without the attributes.
func (s *shapes) place(in input) (notes []Note, err error) {
	only := in
	only.beside = map[string]string{}
	for _, ext := range []string{".shx", ".prj"} {
		if in.beside[ext] != "" {
			only.beside[ext] = in.beside[ext]
		}
	}
	s.dbf, s.count = in.beside[".dbf"], -1
	if info, err := os.Stat(only.beside[".shx"]); err != nil || info.Size() < 100 {
		delete(only.beside, ".shx")
	}
	if s.path, s.granted, err = only.place(".shp"); err != nil {
		return nil, err
	}
	s.shx = filepath.Join(filepath.Dir(s.path), "in.shx")
	if only.beside[".shx"] == "" {
		notes = append(notes, Note{Rule: "file.missing", Severity: Info, Words: layers.Say(
			"the .shx is missing: the index was made anew from the .shp", "缺少 .shx 文件，已根据 .shp 重建索引")})
		if err := makeIndex(in.path, s.shx); err != nil {
			return nil, err
		}
	}
	if s.shapeCount, err = indexed(s.shx); err != nil {
		return nil, err
	}
	return append(notes, cutNote(in.path)...), nil
}

// indexed is how many shapes an index has: by its size, and by its header, whichever is less.
func indexed(shx string) (int64, error) {
	head, err := firstBytes(shx, 28)
	if err != nil {
		return 0, err
	}
	info, err := os.Stat(shx)
	if err != nil || len(head) < 28 {
		return 0, err
	}
	return max(0, (min(info.Size(), 2*int64(binary.BigEndian.Uint32(head[24:])))-100)/8), nil
}

// cutNote tells of a .shp that is shorter than its header says.
func cutNote(path string) []Note {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	head := make([]byte, 28)
	info, err := f.Stat()
	if _, readErr := io.ReadFull(f, head); err != nil || readErr != nil {
		return nil
	}
	if said := 2 * int64(binary.BigEndian.Uint32(head[24:])); said > info.Size() {
		return []Note{{Rule: "file.cut", Severity: Error, Words: layers.Say(
			"the .shp has %d bytes but should have %d: it was cut off, and geometries are missing at its end",
			".shp 文件只有 %d 字节，应有 %d 字节：文件不完整，末尾的图形缺失", info.Size(), said)}}
	}
	return nil
}

// settleTable decides the encoding of the .dbf, and counts its rows.
func (s *shapes) settleTable(ctx context.Context, in input, source *Source) error {
	file, err := os.Open(s.dbf)
	if err != nil {
		return err
	}
	defer file.Close()
	if s.table, err = readDBF(file); err != nil {
		return err
	}
	var claims []claim
	if raw, err := os.ReadFile(in.beside[".cpg"]); err == nil {
		if cpg := strings.TrimSpace(strings.ToValidUTF8(string(raw[:min(len(raw), 64)]), "?")); cpg != "" {
			claims = append(claims, claim{cpg, ".cpg says " + cpg})
		}
	}
	if name := languages[s.table.language]; name != "" {
		claims = append(claims, claim{name, fmt.Sprintf("LDID 0x%02X in the .dbf", s.table.language)})
	}
	var records, deleted int64
	var notes []Note
	s.encoding, notes, err = decide(in.hints.Encoding, claims, func(w *witness) (err error) {
		for _, f := range s.table.fields {
			w.see(f.name)
		}
		records, deleted, err = s.table.texts(file, func(v []byte) {
			if ctx.Err() == nil {
				w.see(v)
			}
		})
		return errors.Join(err, ctx.Err())
	})
	if err != nil {
		return err
	}
	source.Notes = append(source.Notes, notes...)
	s.fields, notes = s.table.columns(s.encoding)
	source.Fields, source.Encoding = s.fields, s.encoding.said()
	source.Notes = append(source.Notes, notes...)
	source.Notes = append(source.Notes, s.countNotes(records)...)
	s.count = records - deleted
	source.Count = s.count
	return nil
}

func (s *shapes) countNotes(records int64) (notes []Note) {
	if records < s.table.count {
		notes = append(notes, Note{Rule: "file.cut", Severity: Error, Words: layers.Say(
			"the .dbf ends after %d of the %d records that its header promises", ".dbf 文件不完整：应有 %[2]d 条记录，只有 %[1]d 条", records, s.table.count)})
	}
	if records != s.shapeCount {
		notes = append(notes, Note{Rule: "file.mismatch", Severity: Warning, Words: layers.Say(
			"there are %d geometries but %d records of attributes", "图形 %d 个，属性记录 %d 条，数量不一致", s.shapeCount, records)})
	}
	return notes
}

// makeIndex writes the .shx of a .shp: for each record its place and length, in words of 16 bits.
func makeIndex(shp, shx string) error {
	in, err := os.Open(shp)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	index := make([]byte, 100)
	if _, err := io.ReadFull(in, index); err != nil {
		return refuse("the .shp ends within its header", ".shp 文件不完整：文件头残缺")
	}
	head := make([]byte, 8)
	for at := int64(100); ; {
		if _, err := in.ReadAt(head, at); err != nil {
			break
		}
		length := 2 * int64(binary.BigEndian.Uint32(head[4:]))
		if length < 4 || at+8+length > info.Size() {
			break
		}
		index = binary.BigEndian.AppendUint32(index, uint32(at/2))
		index = binary.BigEndian.AppendUint32(index, uint32(length/2))
		at += 8 + length
	}
	binary.BigEndian.PutUint32(index[24:], uint32(len(index)/2))
	return os.WriteFile(shx, index, 0o600)
}
