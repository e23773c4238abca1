package format

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"onemap/layers"
)

// target is where an export goes: a file, a file and its siblings, a directory, or an archive of any of them.
type target struct {
	dir, base, stem, ext string // ext is that of the format's main file
	zipped               bool
	overwrite            bool
	main                 string // extension of the main file as it is written
	siblings             []string
}

// newTarget looks at what is there. It returns layers.ErrConflict for files that would be overwritten unasked, and
// ErrInvalid for a directory that is not there.
func newTarget(file string, f Format, overwrite bool) (*target, error) {
	if file == "" {
		return nil, layers.Refuse(layers.ErrInvalid, "no file to write to was given", "未指定写出的文件")
	}
	t := &target{dir: filepath.Dir(file), base: filepath.Base(file), ext: f.Extensions[0], main: f.Extensions[0], overwrite: overwrite, siblings: f.Writing.siblings}
	name := t.base
	if strings.EqualFold(filepath.Ext(name), ".zip") {
		t.zipped, name = true, name[:len(name)-len(".zip")]
	} else if f.Writing.siblings == nil {
		t.ext = filepath.Ext(name)
	}
	t.stem = strings.TrimSuffix(name, filepath.Ext(name))
	if info, err := os.Stat(t.dir); err != nil || !info.IsDir() {
		return nil, layers.Refuse(layers.ErrInvalid, "there is no directory %s to write to", "写出目录 %s 不存在", t.dir)
	}
	if t.stem == "" {
		return nil, layers.Refuse(layers.ErrInvalid, "%s is no name for a file", "%s 不能作为文件名", file)
	}
	for _, name := range t.names() {
		if err := t.free(name); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// names are the files that will surely be written.
func (t *target) names() []string {
	names := []string{t.base}
	if !t.zipped && t.siblings != nil {
		names = []string{t.stem + t.ext}
		for _, ext := range t.siblings {
			names = append(names, t.stem+ext)
		}
	}
	return names
}

func (t *target) free(name string) error {
	if _, err := os.Lstat(filepath.Join(t.dir, name)); err == nil && !t.overwrite {
		return layers.Refuse(layers.ErrConflict, "there is a file %s already; choose another name, or overwrite it", "文件 %s 已存在；请换用其他名称，或选择覆盖", filepath.Join(t.dir, name))
	}
	return nil
}

// place moves what lies in the directory out to where it is to be, all of it or nothing, and tells the report.
func (t *target) place(out string, report *ExportReport, listed bool) error {
	if listed {
		if err := t.list(out, report); err != nil {
			return err
		}
	}
	if t.zipped {
		archive := out + ".zip"
		if err := pack(archive, out); err != nil {
			return err
		}
		return t.moveAll(report, map[string]string{t.base: archive}, []string{t.base})
	}
	entries, err := os.ReadDir(out)
	if err != nil {
		return err
	}
	from, names := map[string]string{}, []string{}
	for _, e := range entries {
		name := e.Name()
		if len(entries) == 1 {
			name = t.base
		}
		from[name] = filepath.Join(out, e.Name())
		names = append(names, name)
	}
	return t.moveAll(report, from, names)
}

// list puts a list of the fields beside each main file, where an import takes it for a part of it.
func (t *target) list(out string, report *ExportReport) error {
	entries, err := os.ReadDir(out)
	if err != nil {
		return err
	}
	stems := []string{}
	for _, e := range entries {
		if stem, ok := strings.CutSuffix(e.Name(), t.main); ok {
			stems = append(stems, stem)
		}
	}
	if len(stems) == 0 { // a table without geometry is a .dbf alone
		stems = []string{t.stem}
	}
	for _, stem := range stems {
		if err := writeFieldList(filepath.Join(out, stem+".fields.csv"), report); err != nil {
			return err
		}
	}
	return nil
}

// moveAll moves files into place; those that were moved before an error go away again.
func (t *target) moveAll(report *ExportReport, from map[string]string, names []string) error {
	for _, name := range names {
		if err := t.free(name); err != nil {
			return err
		}
	}
	for i, name := range names {
		to := filepath.Join(t.dir, name)
		if err := move(from[name], to); err != nil {
			for _, done := range names[:i] {
				err = errors.Join(err, os.RemoveAll(filepath.Join(t.dir, done)))
			}
			return fmt.Errorf("write %s: %w", to, err)
		}
		report.Files = append(report.Files, File{Name: to, Bytes: size(to), Format: report.Format})
	}
	return nil
}

// move renames, or copies beside and renames where the job's folder is on another disk. A directory that is there
// makes room first.
func move(from, to string) error {
	if info, err := os.Lstat(to); err == nil && info.IsDir() {
		if err := os.Rename(to, from+".old"); err != nil {
			return err
		}
	}
	err := os.Rename(from, to)
	if !errors.Is(err, syscall.EXDEV) {
		return err
	}
	beside, err := os.MkdirTemp(filepath.Dir(to), ".onemap-export-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(beside)
	if err := os.CopyFS(beside, os.DirFS(filepath.Dir(from))); err != nil {
		return err
	}
	return os.Rename(filepath.Join(beside, filepath.Base(from)), to)
}

func size(path string) (sum int64) {
	filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	return sum
}

// pack makes a zip archive of what lies in a directory.
func pack(archive, dir string) error {
	file, err := os.OpenFile(archive, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	z := zip.NewWriter(file)
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return packOne(z, dir, path)
	})
	if err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return file.Sync()
}

func packOne(z *zip.Writer, dir, path string) error {
	name, err := filepath.Rel(dir, path)
	if err != nil {
		return err
	}
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := z.CreateHeader(&zip.FileHeader{Name: filepath.ToSlash(name), Method: zip.Deflate, Modified: time.Now()})
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return err
}

// writeFieldList writes what became what as a CSV that Excel opens.
func writeFieldList(path string, r *ExportReport) error {
	b := []byte("\ufefffield,type,property,title,note\r\n")
	for _, f := range r.Fields {
		note := ""
		for _, n := range r.Notes {
			if n.Field == f.Name {
				note += fmt.Sprintf("%s (%d) ", n.Words.Zh, n.Count)
			}
		}
		for i, value := range []string{f.Name, f.Written, f.Property, f.Title, strings.TrimSpace(note)} {
			if i > 0 {
				b = append(b, ',')
			}
			if value != "" {
				b = appendCSV(b, value)
			}
		}
		b = append(b, "\r\n"...)
	}
	return os.WriteFile(path, b, 0o644)
}
