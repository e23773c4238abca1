package postgres

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// pidFile is what a postmaster writes about itself into its cluster (src/include/utils/pidfile.h).
type pidFile struct {
	pid    int
	socket string // directory
	ready  bool
}

func readPidFile(cluster string) (pidFile, error) {
	body, err := os.ReadFile(filepath.Join(cluster, "postmaster.pid"))
	if err != nil {
		return pidFile{}, err
	}
	lines := strings.Split(string(body), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil {
		return pidFile{}, fmt.Errorf("postmaster.pid: %w", err)
	}
	file := pidFile{pid: pid}
	if len(lines) > 4 {
		file.socket = strings.TrimSpace(lines[4])
	}
	if len(lines) > 7 {
		file.ready = strings.TrimSpace(lines[7]) == "ready"
	}
	return file, nil
}

// alive tells whether the process of the file is really the postmaster of this cluster: after a crash its number may
// have passed to any other. A postmaster's working directory is its cluster.
func (f pidFile) alive(cluster string) bool {
	if f.pid <= 0 || f.pid == os.Getpid() || syscall.Kill(f.pid, 0) == syscall.ESRCH {
		return false
	}
	if _, err := os.Stat("/proc/self/cwd"); err == nil {
		dir, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", f.pid))
		real, _ := filepath.EvalSymlinks(cluster)
		return err == nil && (dir == cluster || dir == real)
	}
	command, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(f.pid)).Output()
	return err == nil && strings.Contains(string(command), cluster)
}

// disown makes the pid file name a process that cannot exist, so that PostgreSQL sees at once that it is stale. The
// file itself must stay: it also names the shared memory in which orphaned backends may still be at work.
func disown(cluster string) error {
	path := filepath.Join(cluster, "postmaster.pid")
	body, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(body), "\n")
	return os.WriteFile(path, []byte("2147483646\n"+rest), 0o600)
}
