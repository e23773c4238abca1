package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"onemap/migrations/postgres"
)

// owner, set in the environment, makes the test binary another process that owns or shares a server until killed.
const owner = "ONEMAP_TEST_OWNER"

func TestMain(m *testing.M) {
	how, data, ok := strings.Cut(os.Getenv(owner), ":")
	if !ok {
		os.Exit(m.Run())
	}
	begin := postgres.Start
	if how == "share" {
		begin = postgres.Share
	}
	s, err := begin(context.Background(), options(data))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(s.URL())
	io.Copy(io.Discard, os.Stdin)
	if err := s.Stop(); err != nil {
		panic(err)
	}
}

func options(data string) postgres.Options {
	return postgres.Options{Data: data, Throwaway: true, Log: slog.New(slog.DiscardHandler)}
}

func TestRestartKeepsDataAndLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	s := start(t, data)
	query(t, s.URL(), "create table kept as select 7 as seven")
	query(t, s.URL(), "create extension postgis")
	pid := postmaster(t, data)
	stop(t, s)
	if running(pid) {
		t.Fatalf("process %d runs after Stop", pid)
	}
	s = start(t, data)
	if got := query(t, s.URL(), "select seven from kept"); got != "7" {
		t.Fatalf("after a restart: %q, want 7", got)
	}
	stop(t, s)
	stop(t, s) // and once more does no harm
}

func TestServerListensOnItsSocketOnly(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	s := start(t, data)
	if got := query(t, s.URL(), "select current_setting('listen_addresses') || current_user || current_database()"); got != "onemaponemap" {
		t.Errorf("listens on, as, in: %q", got)
	}
	if got := query(t, s.URL(), "select lower('É') || ('梁山' ~ '^\\w+$')"); got != "étrue" {
		t.Errorf("letters beyond ASCII are not letters: %q", got)
	}
	info, err := os.Stat(filepath.Join(data, "socket"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("socket directory: %v %v, want mode 0700", info, err)
	}
}

func TestServerNeverRunsAsRoot(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root has another user to become")
	}
	data := dataDir(t)
	start(t, data)
	info, err := os.Stat(fmt.Sprintf("/proc/%d", postmaster(t, data)))
	if err != nil {
		t.Fatal(err)
	}
	if uid := info.Sys().(*syscall.Stat_t).Uid; uid == 0 {
		t.Fatal("PostgreSQL runs as root")
	}
}

func TestKilledOwnerLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	first := spawn(t, "start", data)
	query(t, first.url, "create table kept as select 7 as seven")
	query(t, first.url, "checkpoint")
	pid := postmaster(t, data)
	first.kill(t)
	await(t, "the server to end with its owner", func() bool { return !running(pid) })

	second := spawn(t, "start", data)
	if got := query(t, second.url, "select seven from kept"); got != "7" {
		t.Fatalf("after kill -9: %q, want 7", got)
	}
	second.kill(t)
	s := start(t, data) // at once: the watchdog may not have finished
	if got := query(t, s.URL(), "select seven from kept"); got != "7" {
		t.Fatalf("after kill -9 and no pause: %q, want 7", got)
	}
}

func TestOwnerKilledWhileStartingLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	for _, pause := range []time.Duration{20, 100, 300, 600} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), owner+"=start:"+data)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(pause * time.Millisecond) // the moment is what varies
		cmd.Process.Kill()
		cmd.Wait()
	}
	s := start(t, data)
	query(t, s.URL(), "select 1")
	stop(t, s)
	await(t, "all servers of the directory to end", func() bool {
		return !strings.Contains(processes(t), data+"/postgres")
	})
}

func TestSecondOwnerIsRefused(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	first := spawn(t, "start", data)
	_, err := postgres.Start(t.Context(), options(data))
	if !errors.Is(err, postgres.ErrInUse) || !strings.Contains(err.Error(), strconv.Itoa(first.cmd.Process.Pid)) {
		t.Fatalf("got %v, want ErrInUse naming process %d", err, first.cmd.Process.Pid)
	}
	attached, err := postgres.Attach(t.Context(), options(data))
	if err != nil {
		t.Fatal(err)
	}
	stop(t, attached)
	if got := query(t, first.url, "select 1"); got != "1" || attached.URL() != first.url {
		t.Fatalf("the owner's server after Attach and Stop: %q at %s, attached to %s", got, first.url, attached.URL())
	}
}

func TestAttachStartsWhereNothingRuns(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	s, err := postgres.Attach(t.Context(), options(data))
	if err != nil {
		t.Fatal(err)
	}
	query(t, s.URL(), "select 1")
	pid := postmaster(t, data)
	stop(t, s)
	if running(pid) {
		t.Fatal("the server that Attach started runs after Stop")
	}
}

func TestStalePidFileIsCleared(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	s := start(t, data)
	file := filepath.Join(data, "postgres", "postmaster.pid")
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	stop(t, s)
	_, rest, _ := bytes.Cut(body, []byte("\n"))
	stranger := exec.Command("sleep", "60") // has got the number that the server had before the crash
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	defer stranger.Wait()
	defer stranger.Process.Kill()
	for name, pid := range map[string]int{"dead": 2147483640, "another's": stranger.Process.Pid} {
		stale := append([]byte(strconv.Itoa(pid)+"\n"), rest...)
		if err := os.WriteFile(file, stale, 0o600); err != nil {
			t.Fatal(err)
		}
		if who := ownerOf(t, filepath.Dir(file)); who != nil {
			if err := os.Chown(file, int(who.Uid), int(who.Gid)); err != nil {
				t.Fatal(err)
			}
		}
		again, err := postgres.Start(t.Context(), options(data))
		if err != nil {
			t.Fatalf("pid file with a number that is %s: %v", name, err)
		}
		stop(t, again)
	}
	if !running(stranger.Process.Pid) {
		t.Fatal("a process that is no PostgreSQL was killed")
	}
}

// The worst case: owner and watchdog both gone.
func TestRunningStaleServerIsReplaced(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	stop(t, start(t, data))
	bin := serverBin(t)
	cluster := filepath.Join(data, "postgres")
	cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", cluster, "-p", "5432", "-c", "listen_addresses=", "-c", "unix_socket_directories="+cluster)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: ownerOf(t, cluster)}
	cmd.Dir = "/"
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	await(t, "the stale server", func() bool { return postmasterOf(data) == cmd.Process.Pid })
	s := start(t, data)
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("the stale server was not stopped")
	}
	query(t, s.URL(), "select 1")
}

func TestLongDataPath(t *testing.T) {
	t.Parallel()
	data := filepath.Join(dataDir(t), strings.Repeat("long/", 20), "目录 with 'quotes', commas")
	s := start(t, data)
	query(t, s.URL(), "select 1")
	pid := postmaster(t, data)
	stop(t, s)
	if running(pid) {
		t.Fatal("runs after Stop")
	}
}
