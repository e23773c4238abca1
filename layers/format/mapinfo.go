package format

import (
	"bytes"
	"context"
	"io"
	"os"
	"regexp"
	"strings"

	"onemap/layers"
)

// MapInfo's tables come as .tab with .dat, .map and .id beside it, or as text in .mif with .mid.
var (
	mapInfoTAB = Format{
		Name: "tab", Title: "MapInfo TAB", Extensions: []string{".tab"}, driver: "MapInfo File", beside: []string{".dat", ".map", ".id", ".ind", ".fields.csv"},
		Is: func(_ string, head []byte) bool {
			return bytes.HasPrefix(bytes.ToLower(bytes.TrimSpace(head)), []byte("!table"))
		},
		open: func(ctx context.Context, in input) ([]*Source, error) { return in.openMapInfo(ctx, ".tab", ".dat") },
	}
	mapInfoMIF = Format{
		Name: "mif", Title: "MapInfo MIF", Extensions: []string{".mif"}, driver: "MapInfo File", beside: []string{".mid", ".fields.csv"},
		Is: func(_ string, head []byte) bool {
			lower := bytes.ToLower(head)
			return bytes.HasPrefix(lower, []byte("version ")) && (bytes.Contains(lower, []byte("columns")) || bytes.Contains(lower, []byte("charset")))
		},
		open: func(ctx context.Context, in input) ([]*Source, error) { return in.openMapInfo(ctx, ".mif", ".mid") },
	}
)

// charsets are MapInfo's names of encodings.
var charsets = map[string]string{
	"WINDOWSSIMPCHINESE": "GB18030", "WINDOWSTRADCHINESE": "Big5", "WINDOWSJAPANESE": "CP932", "WINDOWSKOREAN": "CP949",
	"WINDOWSLATIN1": "CP1252", "WINDOWSLATIN2": "CP1250", "WINDOWSCYRILLIC": "CP1251", "UTF-8": "UTF-8", "ISO8859_1": "ISO-8859-1",
	"WINDOWSGREEK": "CP1253", "WINDOWSTURKISH": "CP1254", "WINDOWSHEBREW": "CP1255", "WINDOWSARABIC": "CP1256", "WINDOWSBALTICRIM": "CP1257",
}

var charsetLine = regexp.MustCompile(`(?i)(charset\s+)("?)([A-Za-z0-9_-]+)("?)`)

// mapInfoHead is how much of a .mif is its header, or of a .tab all of it.
const mapInfoHead = 1 << 20

// openMapInfo settles the encoding itself: the file is given to GDAL with a header that says Latin-1.
func (in input) openMapInfo(ctx context.Context, ext, data string) ([]*Source, error) {
	if in.beside[data] == "" {
		return nil, refuse("the %s that belongs to it is missing", "缺少与之配套的 %s 文件", data)
	}
	head, err := firstBytes(in.path, mapInfoHead)
	if err != nil {
		return nil, err
	}
	header := head
	if i := bytes.Index(bytes.ToLower(head), []byte("\ndata")); ext == ".mif" && i >= 0 {
		header = head[:i]
	}
	var claims []claim
	if m := charsetLine.FindSubmatch(header); m != nil {
		if name := charsets[strings.ToUpper(string(m[3]))]; name != "" {
			claims = append(claims, claim{name, "its header says " + string(m[3])})
		}
	}
	e, notes, err := decide(in.hints.Encoding, claims, func(w *witness) error {
		for line := range bytes.Lines(header) {
			if !mangled(line) {
				w.see(line)
			}
		}
		if ext == ".tab" {
			return seeCells(ctx, in.beside[data], tableTypes(header), w)
		}
		return seeFile(ctx, in.beside[data], w)
	})
	if err != nil {
		return nil, err
	}
	plain := in
	plain.path = in.folder.name(ext)
	if err := copyWithHeader(plain.path, in.path, charsetLine.ReplaceAll(header, []byte(`${1}${2}ISO8859_1${4}`)), len(header)); err != nil {
		return nil, err
	}
	sources, err := plain.viaGDAL(ctx, gdalWay{driver: "MapInfo File", ext: ext, crs: "the MapInfo file", carried: &e, firstFID: 1})
	for _, s := range sources {
		s.Encoding, s.Notes = e.said(), append(s.Notes, notes...)
		for _, f := range s.Fields {
			if mangled([]byte(f.Name)) {
				s.Notes = append(s.Notes, Note{Rule: "encoding.broken", Severity: Warning, Field: f.Name, Words: layers.Say(
					"the program that wrote the file replaced bytes in the name of field %s: give it a name by the mapping",
					"写出文件的软件损坏了字段名“%s”，请在字段映射中另行命名", f.Name)})
			}
		}
	}
	return sources, err
}

// mangled tells of a name in which bytes beyond ASCII stand beside _: GDAL writes it for those that are no letter of
// Latin-1, and tears characters of two bytes and more apart.
func mangled(name []byte) bool {
	for i, c := range name {
		if c == '_' && (i > 0 && name[i-1] >= 0xc0 || i+1 < len(name) && name[i+1] >= 0xc0) {
			return true
		}
	}
	return false
}

var (
	tableFields = regexp.MustCompile(`(?is)\bfields\s+\d+\s*\n(.*)`)
	tableField  = regexp.MustCompile(`^\s*\S+\s+([A-Za-z]+)`)
)

// tableTypes are the types of the fields that the header of a .tab has, in their order and in small letters.
func tableTypes(header []byte) (types []string) {
	m := tableFields.FindSubmatch(header)
	if m == nil {
		return nil
	}
	for line := range bytes.Lines(m[1]) {
		f := tableField.FindSubmatch(line)
		if f == nil || !bytes.Contains(line, []byte(";")) {
			break
		}
		types = append(types, strings.ToLower(string(f[1])))
	}
	return types
}

// seeCells shows the witness the text fields of a .dat, which is a dBASE table but for its numbers: it calls them text and
// has them in binary. Which are text the .tab says.
func seeCells(ctx context.Context, path string, types []string, w *witness) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	d, err := readDBF(f)
	if err != nil {
		return seeFile(ctx, path, w)
	}
	for i := range d.fields {
		if i < len(types) && types[i] != "char" {
			d.fields[i].kind = 0
		}
	}
	_, _, err = d.texts(f, w.see)
	return err
}

// copyWithHeader copies a file with another header in place of its first bytes.
func copyWithHeader(to, from string, header []byte, instead int) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if _, err := in.Seek(int64(instead), io.SeekStart); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err = out.Write(header); err == nil {
		_, err = io.Copy(out, in)
	}
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	return err
}
