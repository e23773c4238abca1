package postgres_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/migrations/postgres"
)

// dataDir is a data directory that the server's user can reach, also when the test's own directory is private.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "onemap-pg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "data")
}

func start(t *testing.T, data string) *postgres.Server {
	t.Helper()
	s, err := postgres.Start(t.Context(), options(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop() })
	return s
}

func stop(t *testing.T, s *postgres.Server) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
}

func ask(url, sql string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	rows, _ := conn.Query(ctx, sql, pgx.QueryExecModeSimpleProtocol)
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
		values, err := row.Values()
		return fmt.Sprint(values...), err
	})
	return strings.Join(found, "\n"), err
}

func query(t *testing.T, url, sql string) string {
	t.Helper()
	answer, err := ask(url, sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return answer
}

func postmasterOf(data string) int {
	body, _ := os.ReadFile(filepath.Join(data, "postgres", "postmaster.pid"))
	lines := strings.Split(string(body), "\n")
	if len(lines) < 8 || strings.TrimSpace(lines[7]) != "ready" {
		return 0
	}
	pid, _ := strconv.Atoi(lines[0])
	return pid
}

func postmaster(t *testing.T, data string) int {
	t.Helper()
	pid := postmasterOf(data)
	if pid == 0 {
		t.Fatal("no server is ready")
	}
	return pid
}

// running does not count a zombie, which some containers never clear.
func running(pid int) bool {
	state, err := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && !strings.HasPrefix(string(state), "Z")
}

func processes(t *testing.T) string {
	t.Helper()
	list, err := exec.Command("ps", "-eo", "args=").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(list)
}

func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("waited in vain for %s", what)
}

func serverBin(t *testing.T) string {
	t.Helper()
	program, err := postgres.Program("postgres")
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(program)
}

func ownerOf(t *testing.T, dir string) *syscall.Credential {
	t.Helper()
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		return nil
	}
	stat := info.Sys().(*syscall.Stat_t)
	return &syscall.Credential{Uid: stat.Uid, Gid: stat.Gid}
}

// process is another one that owns or shares a server.
type process struct {
	cmd *exec.Cmd
	url string
}

func spawn(t *testing.T, how, data string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), owner+"="+how+":"+data)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if p.url = strings.TrimSpace(line); err != nil || !strings.HasPrefix(p.url, "postgresql://") {
		t.Fatalf("the other process: %s (%v)", line, err)
	}
	return p
}

// kill ends the process and its whole group, as a closed container or an impatient person does.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	p.cmd.Wait()
}
