package format

import (
	"context"
	"os"
	"path/filepath"
)

// fileGDB is ESRI's file geodatabase: a directory, mostly in a zip. Open knows it by its name.
var fileGDB = Format{
	Name: "gdb", Title: "File Geodatabase", Extensions: []string{".gdb"}, driver: "OpenFileGDB",
	Is: func(string, []byte) bool { return false },
	open: func(ctx context.Context, in input) ([]*Source, error) {
		dir, read, err := in.placeDirectory(".gdb")
		if err != nil {
			return nil, err
		}
		return in.sourcesOf(ctx, gdalWay{driver: "OpenFileGDB", crs: "the geodatabase", firstFID: 1}, dir, read)
	},
}

// placeDirectory makes the regular files of a directory known in one of ours.
func (in input) placeDirectory(ext string) (dir string, read []string, err error) {
	if dir, err = in.folder.subdir(ext); err != nil {
		return "", nil, err
	}
	entries, err := os.ReadDir(in.path)
	if err != nil {
		return "", nil, err
	}
	read = []string{dir}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		real, err := filepath.EvalSymlinks(filepath.Join(in.path, e.Name()))
		if err != nil {
			return "", nil, err
		}
		if real, err = filepath.Abs(real); err != nil {
			return "", nil, err
		}
		if err := os.Symlink(real, filepath.Join(dir, e.Name())); err != nil {
			return "", nil, err
		}
		read = append(read, real)
	}
	return dir, read, nil
}
