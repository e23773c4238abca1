package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// lockData makes the data directory and takes it for this process. The kernel lets go of the lock when the process
// ends, so a crash leaves nothing to clear.
func lockData(data string) (*os.File, error) {
	if err := makeData(data); err != nil {
		return nil, err
	}
	file, err := flock(data, "onemap.lock", syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	if err := file.Truncate(0); err == nil {
		fmt.Fprintf(file, "%d\n", os.Getpid())
	}
	return file, nil
}

func flock(data, name string, how int) (*os.File, error) {
	path := filepath.Join(data, name)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("%w\nThe data directory belongs to another user: run onemap as that user, or give --data another directory", err)
	}
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB)
	if err == nil {
		return file, nil
	}
	holder, _ := os.ReadFile(path)
	file.Close()
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	by := "another onemap"
	if pid := strings.TrimSpace(string(holder)); pid != "" {
		by += " (process " + pid + ")"
	}
	return nil, fmt.Errorf("%w: %s is held by %s; stop it, or give --data another directory", ErrInUse, data, by)
}

// unlock lets go at once. Closing alone would not, while a child that another goroutine starts has a copy of the file.
func unlock(file *os.File) {
	syscall.Flock(int(file.Fd()), syscall.LOCK_UN)
	file.Close()
}

// await takes a lock that others hold for a short while.
func await(ctx context.Context, data, name string) (*os.File, error) {
	for {
		file, err := flock(data, name, syscall.LOCK_EX)
		if !errors.Is(err, ErrInUse) {
			return file, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", err, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
