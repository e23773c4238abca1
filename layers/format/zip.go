package format

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"onemap/layers"
)

// Limits on what a zip may hold: a shapefile's parts have at most 2 GB each by their own format.
const (
	maxZipEntries = 1000
	maxZipBytes   = 8 << 30
)

// unzip takes the parts of the one shapefile out of a zip. Names inside decide nothing but which parts belong together:
// what is written is called zip.shp, zip.dbf … in dir.
func unzip(file, dir string) (map[string]string, error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is not a zip that can be read: %w", layers.ErrInvalid, file, err)
	}
	defer z.Close()
	if len(z.File) > maxZipEntries {
		return nil, fmt.Errorf("%w: the zip has %d entries; at most %d are read", layers.ErrInvalid, len(z.File), maxZipEntries)
	}
	var found []string
	stem := func(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }
	for _, e := range z.File {
		if strings.EqualFold(path.Ext(e.Name), ".shp") && !strings.HasPrefix(path.Base(e.Name), "._") {
			found = append(found, e.Name)
		}
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%w: the zip holds %d shapefiles, one is wanted: %s", layers.ErrInvalid, len(found), strings.ToValidUTF8(strings.Join(found, ", "), "?"))
	}
	parts, left := map[string]string{}, int64(maxZipBytes)
	for _, e := range z.File {
		ext := strings.ToLower(path.Ext(e.Name))
		known := ext == ".shp" || ext == ".shx" || ext == ".dbf" || ext == ".prj" || ext == ".cpg"
		if !known || !e.Mode().IsRegular() || !strings.EqualFold(stem(e.Name), stem(found[0])) || parts[ext] != "" {
			continue
		}
		parts[ext] = filepath.Join(dir, "zip"+ext)
		n, err := unpack(e, parts[ext], left)
		if err != nil {
			return nil, err
		}
		left -= n
	}
	return parts, nil
}

func unpack(e *zip.File, to string, limit int64) (n int64, err error) {
	in, err := e.Open()
	if err != nil {
		return 0, fmt.Errorf("%w: the zip can not be read: %w", layers.ErrInvalid, err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	n, err = io.Copy(out, io.LimitReader(in, limit+1))
	if err == nil && n > limit {
		err = fmt.Errorf("%w: the zip unpacks to more than %d GB", layers.ErrInvalid, maxZipBytes>>30)
	} else if err != nil {
		err = fmt.Errorf("%w: the zip can not be read: %w", layers.ErrInvalid, err)
	}
	return n, errors.Join(err, out.Close())
}
