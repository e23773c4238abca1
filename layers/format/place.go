package format

import (
	"os"
	"path/filepath"
)

// place makes the file known in a directory of ours as in<ext>, and its parts beside it: no name of others reaches a
// child. It returns the path there, and what a child must be allowed to read.
func (in input) place(ext string) (path string, read []string, err error) {
	dir, err := in.folder.subdir("")
	if err != nil {
		return "", nil, err
	}
	read = []string{dir}
	link := func(from, ext string) error {
		real, err := filepath.EvalSymlinks(from)
		if err != nil {
			return err
		}
		if real, err = filepath.Abs(real); err != nil {
			return err
		}
		read = append(read, real)
		return os.Symlink(real, filepath.Join(dir, "in"+ext))
	}
	if err := link(in.path, ext); err != nil {
		return "", nil, err
	}
	for ext, part := range in.beside {
		if err := link(part, ext); err != nil {
			return "", nil, err
		}
	}
	return filepath.Join(dir, "in"+ext), read, nil
}
