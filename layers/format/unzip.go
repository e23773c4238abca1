package format

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"unicode/utf8"

	"onemap/layers"
)

// isWorkbook tells a spreadsheet of Office Open XML from other zips.
func isWorkbook(path string) bool {
	z, err := zip.OpenReader(path)
	if err != nil {
		return false
	}
	defer z.Close()
	for _, e := range z.File {
		if e.Name == "xl/workbook.xml" {
			return true
		}
	}
	return false
}

// zip unpacks a zip. Names in it decide what belongs together and what people read, never where anything is written.
func (g *gatherer) zip(path, name string, depth int) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		g.skip(name, 0, layers.Say("the ZIP archive is damaged or was cut off (%s)", "ZIP 压缩包已损坏或不完整（%s）", err))
		return nil
	}
	defer z.Close()
	names, err := entryNames(z.File)
	if err != nil {
		return err
	}
	if promised(z.File) > uint64(g.folder.limits.Unpacked) {
		return g.tooLarge()
	}
	for i, e := range z.File {
		if err := g.ctx.Err(); err != nil {
			return err
		}
		if strings.HasSuffix(names[i], "/") || clutter(names[i]) {
			continue
		}
		if err := g.countFile(); err != nil {
			return err
		}
		inner := name + "/" + names[i]
		if why := refusedEntry(e, names[i]); why != nil {
			g.skip(inner, int64(e.UncompressedSize64), *why)
			continue
		}
		in, err := e.Open()
		if err == nil {
			err = g.entry(in, inner, int64(e.CompressedSize64), depth)
			in.Close()
		}
		if err := g.entryFailed(err, inner); err != nil {
			return err
		}
	}
	return nil
}

// promised is how many bytes entries unpack to by their own account.
func promised(files []*zip.File) (bytes uint64) {
	for _, e := range files {
		if bytes += e.UncompressedSize64; bytes < e.UncompressedSize64 {
			return math.MaxUint64
		}
	}
	return bytes
}

func (g *gatherer) tooLarge() error {
	return refuse("the archive unpacks to more than %d MB", "压缩包解压后超过 %d MB", g.folder.limits.Unpacked>>20)
}

// refusedEntry says why an entry is not unpacked, nil if it is.
func refusedEntry(e *zip.File, name string) *layers.Words {
	if w := refusedName(name); w != nil {
		return w
	}
	switch {
	case e.Flags&1 != 0:
		return &layers.Words{En: "it is encrypted: pack it without a password", Zh: "已加密，请去除密码后重新压缩"}
	case !e.Mode().IsRegular():
		return &layers.Words{En: "a symbolic link or device, which is not followed", Zh: "符号链接或设备文件，不予读取"}
	case e.Method != zip.Store && e.Method != zip.Deflate:
		return &layers.Words{En: "it is packed by a method that is not read: pack it as an ordinary ZIP", Zh: "压缩方式不受支持，请用普通 ZIP 重新压缩"}
	}
	return nil
}

// refusedName says why an entry with such a name is not unpacked. Its name would not decide where it is written; but
// who writes such names means no good.
func refusedName(name string) *layers.Words {
	bad := strings.HasPrefix(name, "/") || len(name) > 1 && name[1] == ':' || strings.ContainsRune(name, 0)
	for part := range strings.SplitSeq(name, "/") {
		bad = bad || part == ".."
	}
	if !bad {
		return nil
	}
	return &layers.Words{En: "its name points outside the archive", Zh: "文件名指向压缩包之外，不予读取"}
}

// entryFailed skips an entry that is damaged; limits and errors of ours end all.
func (g *gatherer) entryFailed(err error, name string) error {
	if err == nil || errors.Is(err, layers.ErrInvalid) || g.ctx.Err() != nil || errors.As(err, new(*os.PathError)) {
		return err
	}
	g.skip(name, 0, layers.Say("it can not be unpacked: damaged, or cut off (%s)", "无法解压：已损坏或不完整（%s）", err))
	return nil
}

// entry unpacks one file of an archive, if it may be of use, and looks at it.
func (g *gatherer) entry(in io.Reader, name string, packed int64, depth int) error {
	head, err := io.ReadAll(io.LimitReader(in, headBytes))
	if err != nil {
		return err
	}
	to, err := g.inGeodatabase(name)
	if err != nil {
		return err
	}
	inBase := to != ""
	if to == "" {
		if useless(head) {
			g.skip(name, 0, looksLike(head))
			return nil
		}
		to = g.folder.name("")
	}
	size, err := g.write(to, io.MultiReader(bytes.NewReader(head), in), packed)
	if err != nil {
		os.Remove(to)
		return err
	}
	if inBase {
		return nil
	}
	return g.file(to, name, size, depth)
}

// useless tells of content that is nothing to us whatever its name.
func useless(head []byte) bool {
	for _, s := range []string{"\x89PNG", "\xff\xd8\xff", "GIF8", "II*\x00", "MM\x00*", "%PDF", "\x7fELF", "MZ"} {
		if bytes.HasPrefix(head, []byte(s)) {
			return true
		}
	}
	return false
}

// write copies what comes to a new file, within the limits.
func (g *gatherer) write(to string, in io.Reader, packed int64) (size int64, err error) {
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		if errors.Is(err, os.ErrExist) {
			return 0, nil // the same name twice in a geodatabase: the first counts
		}
		return 0, err
	}
	l := &g.folder.limits
	buf := make([]byte, 256<<10)
	for err == nil {
		var n int
		n, err = in.Read(buf)
		if n > 0 {
			size += int64(n)
			if g.folder.unpacked.Add(int64(n)) > l.Unpacked {
				err = g.tooLarge()
			} else if size > 1<<20 && size > l.Ratio*max(packed, 1) {
				err = refuse("the archive unpacks to more than %d times its size: it is a bomb", "压缩包解压后超过原大小的 %d 倍，疑为压缩炸弹", l.Ratio)
			} else if g.ctx.Err() != nil {
				err = g.ctx.Err()
			} else if _, writeErr := out.Write(buf[:n]); writeErr != nil {
				err = writeErr
			}
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return size, errors.Join(err, out.Close())
}

// entryNames are the names of entries as people wrote them, with slashes. Where neither the flag for UTF-8 nor
// Info-ZIP's field for it is set, the encoding is found out by all names together; Chinese programs write GBK.
func entryNames(files []*zip.File) ([]string, error) {
	names := make([]string, len(files))
	var raw []int
	for i, e := range files {
		switch unicode := unicodeName(e.Extra); {
		case unicode != "":
			names[i] = unicode
		case e.Flags&0x800 != 0 && utf8.ValidString(e.Name):
			names[i] = e.Name
		default:
			raw = append(raw, i)
		}
	}
	e, _, err := decide("", nil, func(w *witness) error {
		for _, i := range raw {
			w.see([]byte(files[i].Name))
		}
		return nil
	})
	for _, i := range raw {
		names[i] = e.text([]byte(files[i].Name))
	}
	for i := range names {
		names[i] = strings.ReplaceAll(names[i], `\`, "/")
	}
	return names, err
}

// unicodeName is the name in Info-ZIP's extra field 0x7075: version, checksum of the other name, UTF-8.
func unicodeName(extra []byte) string {
	for len(extra) >= 4 {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; size > len(extra) {
			return ""
		}
		if id == 0x7075 && size > 5 && utf8.Valid(extra[5:size]) {
			return string(extra[5:size])
		}
		extra = extra[size:]
	}
	return ""
}
