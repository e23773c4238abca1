package format

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"path/filepath"
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
	archive := zip.NewWriter(out)
	doc, err := archive.Create("doc.kml")
	if err != nil {
		return err
	}
	if _, err := io.Copy(doc, in); err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return os.Remove(in.Name())
}
