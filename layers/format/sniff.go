package format

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"onemap/layers"
)

// headBytes is how much of a file tells what it is.
const headBytes = 4096

// signatures are what other files begin with, for telling a person what a file is that we do not read.
var signatures = []struct {
	prefix string
	words  layers.Words
}{
	{"version https://git-lfs.github.com/", layers.Say("a Git LFS pointer: the file itself was not fetched (git lfs pull)", "Git LFS 指针文件，真正的数据未下载（请先执行 git lfs pull）")},
	{"\x89PNG", layers.Say("a PNG picture", "PNG 图片")},
	{"\xff\xd8\xff", layers.Say("a JPEG picture", "JPEG 图片")},
	{"GIF8", layers.Say("a GIF picture", "GIF 图片")},
	{"II*\x00", layers.Say("a TIFF picture; pictures are not read here", "TIFF 影像，本功能不读取影像")},
	{"MM\x00*", layers.Say("a TIFF picture; pictures are not read here", "TIFF 影像，本功能不读取影像")},
	{"%PDF", layers.Say("a PDF document", "PDF 文档")},
	{"AC10", layers.Say("an AutoCAD DWG drawing: save it as DXF", "AutoCAD DWG 图形，请另存为 DXF 再导入")},
	{"Rar!", layers.Say("a RAR archive: pack it as ZIP", "RAR 压缩包，请改用 ZIP 格式")},
	{"7z\xbc\xaf\x27\x1c", layers.Say("a 7z archive: pack it as ZIP", "7z 压缩包，请改用 ZIP 格式")},
	{"BZh", layers.Say("a bzip2 archive: pack it as ZIP", "bzip2 压缩包，请改用 ZIP 格式")},
	{"\xfd7zXZ", layers.Say("an xz archive: pack it as ZIP", "xz 压缩包，请改用 ZIP 格式")},
	{"\x28\xb5\x2f\xfd", layers.Say("a Zstandard archive: pack it as ZIP", "Zstandard 压缩包，请改用 ZIP 格式")},
	{"\xd0\xcf\x11\xe0", layers.Say("an old Office document (.xls, .doc): save it as .xlsx or .csv", "旧版 Office 文档（.xls、.doc），请另存为 .xlsx 或 .csv")},
	{"\x7fELF", layers.Say("a program", "可执行程序")},
	{"MZ", layers.Say("a program", "可执行程序")},
	{"\x00\x01\x00\x00Standard Jet DB", layers.Say("an Access database (.mdb): save its layers as shapefiles or a file geodatabase", "Access 数据库（.mdb），请转为 Shapefile 或文件地理数据库")},
	{"\x00\x01\x00\x00Standard ACE DB", layers.Say("an Access database (.accdb): save its layers as shapefiles or a file geodatabase", "Access 数据库（.accdb），请转为 Shapefile 或文件地理数据库")},
	{"SQLite format 3\x00", layers.Say("an SQLite database that is no GeoPackage", "不是 GeoPackage 的 SQLite 数据库")},
	{"PAR1", layers.Say("a Parquet table", "Parquet 数据表")},
	{"fgb\x03", layers.Say("FlatGeobuf", "FlatGeobuf")},
	{"PK\x03\x04", layers.Say("a ZIP archive", "ZIP 压缩包")},
	{"\x1f\x8b", layers.Say("a gzip archive", "gzip 压缩包")},
	{"\x00\x00\x27\x0a", layers.Say("a shapefile", "Shapefile 文件")},
}

// looksLike says in a few words what content is.
func looksLike(head []byte) layers.Words {
	if len(head) == 0 {
		return layers.Say("empty", "空文件")
	}
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.prefix)) {
			return s.words
		}
	}
	text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"))
	switch root := xmlRoot(head); {
	case root == "html" || bytes.HasPrefix(text, []byte("<!doctype html")) || bytes.HasPrefix(text, []byte("<html")):
		return layers.Say("a web page, maybe the error page of a download", "网页（可能是下载出错的页面）")
	case strings.Contains(strings.ToLower(root), "vrt"):
		return layers.Say("a GDAL VRT, which only refers to other files: give those", "GDAL VRT 文件，只是引用其他文件；请直接提供被引用的文件")
	case root != "":
		return layers.Say("XML with the root element <%s>", "根元素为 <%s> 的 XML 文件", shown(root))
	}
	if bytes.HasPrefix(text, []byte("{")) || bytes.HasPrefix(text, []byte("[")) {
		return layers.Say(`JSON that describes no features; GeoJSON has a "type": FeatureCollection, Feature or that of a geometry`,
			`JSON，但不是空间数据；GeoJSON 应有 "type"，值为 FeatureCollection、Feature 或几何类型`)
	}
	if plainText(head) {
		return layers.Say("plain text", "纯文本")
	}
	if wideText(head) {
		return layers.Say("plain text in UTF-16: save it as UTF-8", "UTF-16 编码的纯文本，请另存为 UTF-8")
	}
	if vectorTile(head) {
		return layers.Say("a vector tile, which is cut and simplified for drawing: give the data it was made of", "矢量瓦片，图形已被裁切和简化，仅供显示；请提供制作瓦片所用的原始数据")
	}
	return layers.Say("data of an unknown kind", "未知类型的数据")
}

// wideText tells UTF-16 by its mark, or by the zeros that letters and line ends have every second byte.
func wideText(head []byte) bool {
	if e, _ := markedEncoding(head); e.code != nil {
		return true
	}
	zeros := [2]int{}
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	return len(head)%2 == 0 && min(zeros[0], zeros[1]) == 0 && max(zeros[0], zeros[1]) > 2 && max(zeros[0], zeros[1])*3 >= len(head)/2
}

// vectorTile tells a Mapbox Vector Tile by its first message: a layer, of which the version or the name comes first.
func vectorTile(head []byte) bool {
	if len(head) < 8 || head[0] != 0x1a {
		return false
	}
	size, n := binary.Uvarint(head[1:])
	if n <= 0 || size < 4 || n+5 > len(head) {
		return false
	}
	layer := head[1+n:]
	return layer[0] == 0x78 && (layer[1] == 1 || layer[1] == 2) && layer[2] == 0x0a || layer[0] == 0x0a && layer[1] > 0 && layer[1] < 0x80
}

// plainText tells whether there are no bytes that text does not have.
func plainText(head []byte) bool {
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1a && c != 0x1e {
			return false
		}
	}
	return true
}

// xmlRoot is the name of the root element of XML, without prefix; "" if the head is no XML or ends before it.
func xmlRoot(head []byte) string {
	s := ofUTF16(head)
	for {
		s = bytes.TrimLeft(bytes.TrimPrefix(s, []byte("\xef\xbb\xbf")), " \t\r\n")
		if len(s) < 2 || s[0] != '<' {
			return ""
		}
		var end string
		switch {
		case bytes.HasPrefix(s, []byte("<!--")):
			end = "-->"
		case s[1] == '?':
			end = "?>"
		case s[1] == '!':
			end = ">"
			if open, close := bytes.IndexByte(s, '['), bytes.IndexByte(s, '>'); open >= 0 && open < close {
				end = "]>"
			}
		default:
			name := s[1:]
			if i := bytes.IndexAny(name, " \t\r\n/>"); i >= 0 {
				name = name[:i]
			}
			if i := bytes.IndexByte(name, ':'); i >= 0 {
				name = name[i+1:]
			}
			if !utf8.Valid(name) || len(name) > 100 {
				return ""
			}
			return string(name)
		}
		i := bytes.Index(s, []byte(end))
		if i < 0 {
			return ""
		}
		s = s[i+len(end):]
	}
}

// ofUTF16 makes ASCII of UTF-16 that begins with a byte order mark; other text stays.
func ofUTF16(b []byte) []byte {
	if !bytes.HasPrefix(b, []byte("\xff\xfe")) && !bytes.HasPrefix(b, []byte("\xfe\xff")) {
		return b
	}
	return bytes.ReplaceAll(b[2:], []byte{0}, nil)
}
