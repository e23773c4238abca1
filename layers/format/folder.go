package format

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// Folder is where one import keeps its files: what it unpacked, what child processes write, its spool. Nothing is written
// outside it. It goes with Close; what a killed process left, the next NewFolder in the same parent takes away.
type Folder struct {
	dir    string
	work   string // directory in it that child processes may write to
	lock   *os.File
	limits Limits

	made     atomic.Int64 // names given out
	unpacked atomic.Int64 // bytes
	files    atomic.Int64 // entries of archives
}

const (
	folderPrefix = "onemap-import-"
	folderLock   = "lock"
)

// NewFolder makes a folder in parent, which only we may enter; "" is the system's directory for temporary files.
func NewFolder(parent string, limits Limits) (*Folder, error) {
	if parent == "" {
		parent = os.TempDir()
	}
	sweep(parent)
	dir, err := os.MkdirTemp(parent, folderPrefix) // with mode 0700
	if err != nil {
		return nil, fmt.Errorf("make the folder of an import: %w", err)
	}
	// The lock gets its name when it is held: who sees it can tell the living from the dead.
	lock, err := os.OpenFile(filepath.Join(dir, folderLock+".new"), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		if _, err = tryLock(lock); err == nil {
			err = os.Rename(lock.Name(), filepath.Join(dir, folderLock))
		}
	}
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir) // rules of the sandbox are about real paths
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the folder of an import: %w", err), os.RemoveAll(dir))
	}
	f := &Folder{dir: dir, work: filepath.Join(dir, "work"), lock: lock, limits: limits}
	return f, os.Mkdir(f.work, 0o700)
}

// Path is the folder's directory.
func (f *Folder) Path() string { return f.dir }

// Close takes the folder and all in it away.
func (f *Folder) Close() error {
	err := os.RemoveAll(f.dir)
	return errors.Join(err, f.lock.Close())
}

// name gives a path in the folder that nobody has yet. ext is ours, never from a file of others.
func (f *Folder) name(ext string) string {
	return filepath.Join(f.dir, fmt.Sprintf("f%d%s", f.made.Add(1), ext))
}

// subdir makes a directory in the folder.
func (f *Folder) subdir(ext string) (string, error) {
	dir := f.name(ext)
	return dir, os.Mkdir(dir, 0o700)
}

// sweep takes away the folders of processes that are no more: their lock can be had. What it can not take away, others'
// folders for one, it leaves.
func sweep(parent string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), folderPrefix) {
			sweepOne(filepath.Join(parent, e.Name()))
		}
	}
}

func sweepOne(dir string) {
	lock, err := os.OpenFile(filepath.Join(dir, folderLock), os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		info, err := os.Stat(dir)
		if err == nil && time.Since(info.ModTime()) > time.Minute { // died before it could lock
			os.RemoveAll(dir)
		}
		return
	}
	if err != nil {
		return
	}
	defer lock.Close()
	if free, err := tryLock(lock); err == nil && free {
		os.RemoveAll(dir)
	}
}
