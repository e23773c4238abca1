package format

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"strings"

	"onemap/layers"
)

// gzip unpacks a gzip: of one file, or of a tar.
func (g *gatherer) gzip(path, name string, depth int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return g.entryFailed(err, name)
	}
	in := bufio.NewReaderSize(z, headBytes)
	head, _ := in.Peek(headBytes) // what fails here fails again below
	if len(head) > 262 && string(head[257:262]) == "ustar" {
		return g.entryFailed(g.tar(in, name, info.Size(), depth), name)
	}
	lower := strings.ToLower(name)
	inner := name + "/" + baseName(name)
	if strings.HasSuffix(lower, ".gz") {
		inner = name + "/" + baseName(name[:len(name)-3])
	}
	if err := g.countFile(); err != nil {
		return err
	}
	return g.entryFailed(g.entry(in, inner, info.Size(), depth), inner)
}

func (g *gatherer) tarFile(path, name string, depth int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return g.entryFailed(g.tar(f, name, 0, depth), name)
}

// tar unpacks a tar; packed is the size of what it was packed in, 0 = it was not.
func (g *gatherer) tar(in io.Reader, name string, packed int64, depth int) error {
	t := tar.NewReader(in)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := g.ctx.Err(); err != nil {
			return err
		}
		inner := name + "/" + strings.ReplaceAll(h.Name, `\`, "/")
		if h.Typeflag == tar.TypeDir || clutter(inner) {
			continue
		}
		if err := g.countFile(); err != nil {
			return err
		}
		if why := refusedName(strings.ReplaceAll(h.Name, `\`, "/")); why != nil {
			g.skip(inner, h.Size, *why)
			continue
		}
		if h.Typeflag != tar.TypeReg {
			g.skip(inner, 0, layers.Say("a symbolic link or device, which is not followed", "符号链接或设备文件，不予读取"))
			continue
		}
		size := packed
		if size == 0 {
			size = h.Size
		}
		if err := g.entry(t, inner, size, depth); err != nil {
			return err
		}
	}
}
