package format

import (
	"context"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"onemap/layers"
)

// found is a file, or a directory that is one thing, that may be a source or part of one.
type found struct {
	name  string // as people know it
	path  string // where it lies
	bytes int64
	head  []byte
	dir   bool // a file geodatabase
	part  bool // it belongs to another
}

// gatherer collects what was given: files, what directories hold, what archives hold.
type gatherer struct {
	ctx     context.Context
	folder  *Folder
	found   []*found
	skipped []File
	bases   map[string]*found // file geodatabases in archives, by their name
}

// give takes a path that a person named. Its siblings, which may be parts of it, are looked at too.
func (g *gatherer) give(file string) error {
	info, err := os.Stat(file)
	if errors.Is(err, os.ErrNotExist) {
		return &missing{file}
	}
	if err != nil {
		return err
	}
	name := filepath.Base(filepath.Clean(file))
	if info.IsDir() {
		return g.directory(file, name, 0)
	}
	if !info.Mode().IsRegular() {
		g.skip(name, 0, layers.Say("no regular file", "不是普通文件"))
		return nil
	}
	if err := g.file(file, name, info.Size(), 0); err != nil {
		return err
	}
	return nil
}

// missing is the error for a file that is not there.
type missing struct{ file string }

func (m *missing) Error() string { return layers.ErrNotFound.Error() + ": there is no file " + m.file }
func (m *missing) Unwrap() error { return layers.ErrNotFound }

func (g *gatherer) skip(name string, bytes int64, why layers.Words) {
	g.skipped = append(g.skipped, File{Name: printable(name), Bytes: bytes, Skipped: &why})
}

// printable is a name as it can be shown: without what terminals and pages would obey.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u202e' || r == '\u202d' {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(shown(name), "\uFFFD"))
}

// directoryDepth is how deep directories may lie in each other.
const directoryDepth = 16

// clutter are files that systems put beside those of people.
func clutter(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		lower := strings.ToLower(part)
		if part == "__MACOSX" || strings.HasPrefix(part, "._") || lower == ".ds_store" || lower == "thumbs.db" || lower == "desktop.ini" {
			return true
		}
	}
	return false
}

// directory takes all that lies in a directory, or the directory as a whole where it is a file geodatabase.
func (g *gatherer) directory(dir, name string, depth int) error {
	if isGeodatabase(dir) {
		g.found = append(g.found, &found{name: name, path: dir, dir: true, bytes: sizeOf(dir)})
		return nil
	}
	if depth > directoryDepth {
		g.skip(name, 0, layers.Say("directories lie more than %d deep", "目录嵌套超过 %d 层", directoryDepth))
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := g.ctx.Err(); err != nil {
			return err
		}
		inner, path := name+"/"+e.Name(), filepath.Join(dir, e.Name())
		info, err := os.Lstat(path)
		switch {
		case clutter(e.Name()) || err != nil:
		case info.IsDir():
			err = g.directory(path, inner, depth+1)
		case !info.Mode().IsRegular():
			g.skip(inner, 0, layers.Say("a symbolic link or device, which is not followed", "符号链接或设备文件，不予读取"))
		default:
			if err = g.countFile(); err == nil {
				err = g.file(path, inner, info.Size(), 0)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isGeodatabase tells by the system tables that every file geodatabase has.
func isGeodatabase(dir string) bool {
	for _, name := range []string{"a00000001.gdbtable", "gdb"} {
		if info, err := os.Lstat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}

func sizeOf(dir string) (size int64) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			size += info.Size()
		}
	}
	return size
}

// file takes one file: an archive is unpacked, all else kept for later.
func (g *gatherer) file(path, name string, size int64, depth int) error {
	head, err := headOf(path)
	if err != nil {
		return err
	}
	f := &found{name: printable(name), path: path, bytes: size, head: head}
	unpack := g.archive(head, path)
	if unpack == nil {
		g.found = append(g.found, f)
		return nil
	}
	if depth >= g.folder.limits.Depth {
		g.skip(name, size, layers.Say("archives lie more than %d deep in each other", "压缩包嵌套超过 %d 层", g.folder.limits.Depth))
		return nil
	}
	return unpack(path, name, depth+1)
}

// archive is how a file is unpacked; nil = it is none, or one that is a format of its own.
func (g *gatherer) archive(head []byte, path string) func(path, name string, depth int) error {
	switch {
	case strings.HasPrefix(string(head), "PK\x03\x04"), strings.HasPrefix(string(head), "PK\x05\x06"):
		if isWorkbook(path) {
			return nil
		}
		return g.zip
	case strings.HasPrefix(string(head), "\x1f\x8b"):
		return g.gzip
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return g.tarFile
	}
	return nil
}

// countFile counts one more file, and refuses too many.
func (g *gatherer) countFile() error {
	if g.folder.files.Add(1) > int64(g.folder.limits.Files) {
		return refuse("there are more than %d files in it", "其中文件超过 %d 个", g.folder.limits.Files)
	}
	return nil
}

func headOf(path string) ([]byte, error) { return firstBytes(path, headBytes) }

func firstBytes(path string, n int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, int64(n)))
}

// baseName is the last element of a name as people know it.
func baseName(name string) string { return path.Base(filepath.ToSlash(name)) }

// stem is what files that belong together have in common: the directory and the name before the extension, in small letters.
func stem(name, ext string) string { return strings.ToLower(name[:len(name)-len(ext)]) }

var geodatabaseEntry = regexp.MustCompile(`(?i)^(.*\.gdb)/([A-Za-z0-9][A-Za-z0-9_.-]{0,100})$`)

// inGeodatabase keeps the place for a file of a file geodatabase within an archive; "" = it is none.
func (g *gatherer) inGeodatabase(name string) (to string, err error) {
	m := geodatabaseEntry.FindStringSubmatch(name)
	if m == nil {
		return "", nil
	}
	base := g.bases[m[1]]
	if base == nil {
		dir, err := g.folder.subdir(".gdb")
		if err != nil {
			return "", err
		}
		base = &found{name: printable(m[1]), path: dir, dir: true}
		if g.bases == nil {
			g.bases = map[string]*found{}
		}
		g.bases[m[1]] = base
		g.found = append(g.found, base)
	}
	return filepath.Join(base.path, m[2]), nil
}

// siblings adds to the parts of a file that a person named those that lie beside it on the disk.
func siblings(f *found, exts []string, parts map[string]string) {
	dir, base := filepath.Split(f.path)
	entries, err := os.ReadDir(filepath.Clean(dir + "."))
	if err != nil {
		return
	}
	own := base[:len(base)-len(filepath.Ext(base))]
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	for _, e := range entries {
		for _, ext := range exts {
			name := e.Name()
			if parts[ext] == "" && len(name) == len(own)+len(ext) && strings.EqualFold(name, own+ext) {
				parts[ext] = filepath.Join(dir, name)
			}
		}
	}
}
