package format

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// writeKMZ is KML in a zip, where it is called doc.kml (OGC 07-147r2, C.1).
func writeKMZ() *Writing {
	w := writeKML()
	w.MediaType, w.finish = "application/vnd.google-earth.kmz", finishKMZ
	inner := w.layout
	w.layout = func(j *job, p *part) layout {
		lay := inner(j, p)
		lay.ext = ".kml"
		return lay
	}
	return w
}

// finishKMZ puts the KML into the archive that stands for it.
func finishKMZ(_ *job, _ *part, stem string) (err error) {
	in, err := os.Open(stem + ".kml")
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(filepath.Clean(stem) + ".kmz")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	body, err := schemaWithin(in)
	if err != nil {
		return err
	}
	archive := zip.NewWriter(out)
	doc, err := archive.Create("doc.kml")
	if err != nil {
		return err
	}
	if _, err := io.Copy(doc, body); err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return os.Remove(in.Name())
}

// schemaWithin is the KML with its folder made a document, and the schema in that: in an archive GDAL, and so QGIS, looks for the
// fields of features in the document that is next around them, which is not where GDAL itself writes them.
func schemaWithin(in *os.File) (io.Reader, error) {
	const begin, end = "<Folder>", "</Folder>"
	info, err := in.Stat()
	if err != nil {
		return nil, err
	}
	last := make([]byte, min(info.Size(), 64))
	if _, err := in.ReadAt(last, info.Size()-int64(len(last))); err != nil {
		return nil, err
	}
	before, after, ok := strings.Cut(string(last), end)
	if !ok {
		return in, nil
	}
	lines, head := bufio.NewReader(in), ""
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("KML without a folder: %w", err)
		}
		if name, ok := strings.CutPrefix(line, begin); ok {
			at := int64(len(head) + len(line))
			document, schema := head, ""
			if i := strings.Index(head, "<Schema"); i >= 0 {
				document, schema = head[:i], head[i:]
			}
			rest := info.Size() - int64(len(last)) + int64(len(before)) - at
			return io.MultiReader(strings.NewReader(document+"<Document>"+name+schema), io.NewSectionReader(in, at, rest),
				strings.NewReader("</Document>"+after)), nil
		}
		head += line
	}
}
