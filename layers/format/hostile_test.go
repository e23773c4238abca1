package format_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onemap/layers"
	"onemap/layers/format"
)

// entry is one of an archive; its header may say what it likes.
type entry struct {
	header  zip.FileHeader
	content string
}

func archived(t *testing.T, name string, entries ...entry) string {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, e := range entries {
		e.header.Method = zip.Deflate
		w, err := z.CreateHeader(&e.header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, name, buf.String())
}

func called(name, content string) entry { return entry{zip.FileHeader{Name: name}, content} }

// lying is an archive that promises other sizes than it has.
func lying(t *testing.T, path string, size uint32) string {
	t.Helper()
	patch(t, path, func(raw []byte) []byte {
		at := bytes.LastIndex(raw, []byte("PK\x01\x02"))
		for i := range 4 {
			raw[at+24+i] = byte(size >> (8 * i))
		}
		return raw
	})
	return path
}

func TestHostileArchivesAreRefusedInWordsAndWriteNothingOutside(t *testing.T) {
	t.Parallel()
	limits := format.DefaultLimits()
	limits.Unpacked, limits.Files, limits.Ratio = 4<<20, 50, 100
	csv, zeros := "x,y\n116.1,35.8\n", strings.Repeat("0", 3<<20)
	link := zip.FileHeader{Name: "a.geojson"}
	link.SetMode(fs.ModeSymlink | 0o777)
	nested := archived(t, "a.zip", called("a.csv", csv))
	for range limits.Depth {
		raw, err := os.ReadFile(nested)
		if err != nil {
			t.Fatal(err)
		}
		nested = archived(t, "a.zip", called("a.zip", string(raw)))
	}
	var many []entry
	for i := range 60 {
		many = append(many, called(strings.Repeat("d/", i)+"a.csv", csv))
	}
	for what, c := range map[string]struct{ path, want string }{
		"names that climb":         {archived(t, "a.zip", called("../../evil.csv", csv), called(`..\evil.csv`, csv), called("a/../../evil.csv", csv)), "points outside the archive"},
		"names from the root":      {archived(t, "a.zip", called("/etc/evil.csv", csv), called(`C:\evil.csv`, csv)), "points outside the archive"},
		"links":                    {archived(t, "a.zip", entry{link, "/etc/passwd"}), "a symbolic link"},
		"archives in archives":     {nested, "deep in each other"},
		"too many files":           {archived(t, "a.zip", many...), "50 files"},
		"a bomb":                   {archived(t, "a.zip", called("a.csv", zeros)), "it is a bomb"},
		"a bomb that owns up":      {lying(t, archived(t, "a.zip", called("a.csv", csv)), 1<<31), "unpacks to more than 4 MB"},
		"a bomb that keeps silent": {lying(t, archived(t, "a.zip", called("a.csv", zeros)), 10), ""},
		"bombs that add up":        {archived(t, "a.zip", called("a.csv", noise(900_000)), called("b.csv", noise(900_000)), called("c.csv", noise(900_000)), called("d.csv", noise(900_000)), called("e.csv", noise(900_000))), "unpacks to more than 4 MB"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			parent := t.TempDir()
			f, err := format.NewFolder(parent, limits)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			_, err = format.Open(t.Context(), f, []string{c.path}, format.Hints{})
			if !errors.Is(err, layers.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if w := format.WordsOf(err); w.Zh == "" || w.Zh == w.En {
				t.Errorf("words %+v", w)
			}
			within(t, parent, f.Path(), limits.Unpacked)
		})
	}
}

// noise is text that packs badly.
func noise(n int) string {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = 'a' + byte(x>>24)%26
	}
	return string(b)
}

// within says that nothing but the folder is in its parent, and no more in it than the limit allows.
func within(t *testing.T, parent, folder string, most int64) {
	t.Helper()
	var bytes int64
	err := filepath.WalkDir(parent, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path != parent && path != folder && !strings.HasPrefix(path, folder+"/") {
			t.Errorf("%s was written", path)
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			bytes += info.Size()
		} else if err == nil && !info.IsDir() {
			t.Errorf("%s is a %s", path, info.Mode())
		}
		return nil
	})
	if err != nil || bytes > most+1<<20 {
		t.Errorf("%d bytes were written, %v", bytes, err)
	}
}
