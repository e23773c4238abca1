package format

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
)

// xmlProlog is how far definitions of XML are looked for: they must come before the root element.
const xmlProlog = 1 << 20

// plainXML refuses XML that defines entities: nobody needs them for features, and they can make a gigabyte of a line or
// read other files.
func plainXML(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, xmlProlog))
	if err != nil {
		return err
	}
	if upper := bytes.ToUpper(ofUTF16(head)); bytes.Contains(upper, []byte("<!ENTITY")) || bytes.Contains(bytes.ReplaceAll(upper, []byte{0}, nil), []byte("<!ENTITY")) {
		return refuse("the XML defines entities (<!ENTITY …>), which is not allowed: they can refer to other files or grow without bound",
			"XML 中定义了实体（<!ENTITY …>），出于安全考虑不予读取")
	}
	return nil
}

// viaXML is viaGDAL for formats of XML.
func viaXML(w gdalWay) func(context.Context, input) ([]*Source, error) {
	return func(ctx context.Context, in input) ([]*Source, error) {
		if err := plainXML(in.path); err != nil {
			return nil, err
		}
		sources, err := in.viaGDAL(ctx, w)
		return withRows(sources), err
	}
}

// withRows leaves out the layers that a format always has, where they hold nothing and others do.
func withRows(sources []*Source) []*Source {
	var full []*Source
	for _, s := range sources {
		if s.Count != 0 {
			full = append(full, s)
		}
	}
	if len(full) == 0 {
		return sources
	}
	return full
}

// isXML makes a test for XML with one of the root elements.
func isXML(roots ...string) func(string, []byte) bool {
	return func(_ string, head []byte) bool {
		root := xmlRoot(head)
		for _, r := range roots {
			if root != "" && strings.EqualFold(root, r) {
				return true
			}
		}
		return false
	}
}
