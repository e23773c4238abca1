package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// major is the PostgreSQL version that made a cluster, 0 if there is none yet.
func major(cluster string) int {
	body, err := os.ReadFile(filepath.Join(cluster, "PG_VERSION"))
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(body)))
	return n
}

// makeCluster runs initdb beside its final place and then renames: a cluster is whole or is not there.
func makeCluster(ctx context.Context, opt Options, found installation, who account) error {
	leftovers, _ := filepath.Glob(filepath.Join(opt.Data, "initdb-*"))
	for _, dir := range leftovers {
		os.RemoveAll(dir)
	}
	cluster := filepath.Join(opt.Data, "postgres")
	if _, err := os.Stat(cluster); err == nil {
		// initdb would refuse as well; an empty directory is somebody's mount point or preparation.
		if err := os.Remove(cluster); err != nil {
			return fmt.Errorf("%s is not empty and is no PostgreSQL cluster: remove it, or give --data another directory", cluster)
		}
	}
	dir := filepath.Join(opt.Data, "initdb-"+strconv.Itoa(os.Getpid()))
	defer os.RemoveAll(dir)
	var err error
	for _, ctype := range ctypes() {
		os.RemoveAll(dir)
		if err = who.own(dir); err != nil {
			return err
		}
		err = initdb(ctx, opt, found, who, dir, ctype)
		if err == nil || !strings.Contains(err.Error(), "locale") {
			break
		}
	}
	if err != nil {
		return err
	}
	return os.Rename(dir, cluster)
}

// ctypes are names for "UTF-8 letters are letters" (trigram search of Chinese names needs that), best first.
func ctypes() []string {
	if runtime.GOOS == "darwin" {
		return []string{"UTF-8", "en_US.UTF-8", "C"}
	}
	return []string{"C.UTF-8", "C.utf8", "en_US.UTF-8", "C"}
}

func initdb(ctx context.Context, opt Options, found installation, who account, dir, ctype string) error {
	args := []string{
		"--pgdata=" + dir, "--username=" + Role, "--encoding=UTF8",
		"--locale=C", "--lc-ctype=" + ctype, // order by code point: the same everywhere, and fast
		"--auth-local=trust", "--auth-host=reject", "--no-instructions",
	}
	if opt.Throwaway {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(found.bin, "initdb"), args...)
	who.become(cmd)
	output, err := cmd.CombinedOutput()
	if err == nil {
		file := filepath.Join(dir, "postgresql.conf")
		return appendLine(file, "include_if_exists = 'onemap.conf' # written by onemap at every start; to overrule it: ALTER SYSTEM")
	}
	if ctx.Err() != nil {
		return fmt.Errorf("initdb: %w", ctx.Err())
	}
	return fmt.Errorf("initdb in %s as user %s: %w\n%s", opt.Data, who.name, err, lastLines(output, 10))
}

func appendLine(path, line string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(file, line)
	return errors.Join(err, file.Close())
}

// configure writes our settings into the cluster.
func configure(opt Options, who account) error {
	path := filepath.Join(opt.Data, "postgres", "onemap.conf")
	os.Remove(path) // as root: never write through what the server's user may have put there
	if err := os.WriteFile(path, []byte(settings(memory(), opt.Throwaway)), 0o600); err != nil {
		return err
	}
	if who.change {
		return os.Lchown(path, who.uid, who.gid)
	}
	return nil
}

func lastLines(text []byte, n int) string {
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// tail is the end of a log that began at offset.
func tail(path string, offset int64) string {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	if err != nil {
		return err.Error()
	}
	defer file.Close()
	if size, err := file.Seek(0, 2); err == nil && size-offset > 16<<10 {
		offset = size - 16<<10
	}
	body := make([]byte, 16<<10)
	n, _ := file.ReadAt(body, offset)
	return lastLines(body[:n], 12)
}
