package postgres

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

//go:embed watch.sh
var watch string

// start brings up the server of a data directory that is ours. The watchdog ends it when the last copy of lifeline's
// writing end is closed; that end passes to the Server, or is closed if there will be none.
func start(ctx context.Context, opt Options, lifeline, write *os.File) (*Server, error) {
	s, err := launch(ctx, opt, lifeline)
	if err != nil {
		write.Close()
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	s.lifeline = write
	if err := s.ready(ctx, opt); err != nil {
		s.Stop()
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	return s, nil
}

// launch prepares directories and cluster and runs the server; it does not wait for it.
func launch(ctx context.Context, opt Options, lifeline *os.File) (*Server, error) {
	cluster := filepath.Join(opt.Data, "postgres")
	found, err := find(opt.Installed, major(cluster))
	if err != nil {
		return nil, err
	}
	who, err := accountFor(cluster)
	if err != nil {
		return nil, err
	}
	if err := who.reaches(opt.Data); err != nil {
		return nil, err
	}
	socket, err := socketDir(opt, who)
	if err != nil {
		return nil, err
	}
	if err := clear(opt, cluster, socket); err != nil {
		return nil, err
	}
	if major(cluster) == 0 {
		opt.Log.Info("making the database cluster", "dir", cluster, "version", found.major, "user", who.name)
		if err := makeCluster(ctx, opt, found, who); err != nil {
			return nil, err
		}
	}
	if err := configure(opt, who); err != nil {
		return nil, err
	}
	log, err := openLog(opt.Data)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	logged, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("/bin/sh", "-s", cluster, filepath.Join(opt.Data, "share"),
		filepath.Join(found.bin, "postgres"), "-D", cluster, "-p", port,
		"-c", "listen_addresses=", "-c", "unix_socket_directories="+socket, "-c", "unix_socket_permissions=0700")
	who.become(cmd)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(watch), log, log
	cmd.ExtraFiles = []*os.File{lifeline}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &Server{socket: socket, log: opt.Log, process: cmd.Process, exited: make(chan struct{}), logged: logged}
	go func() {
		cmd.Wait()
		close(s.exited)
	}()
	return s, nil
}

// openLog opens the server's log, which keeps one predecessor.
func openLog(data string) (*os.File, error) {
	path := filepath.Join(data, "postgres.log")
	if info, err := os.Stat(path); err == nil && info.Size() > 8<<20 {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
}

// ready waits until the server accepts connections and makes the database if it is not there.
func (s *Server) ready(ctx context.Context, opt Options) error {
	began := time.Now()
	log := filepath.Join(opt.Data, "postgres.log")
	patience := time.NewTimer(3 * time.Second)
	defer patience.Stop()
	for {
		file, err := readPidFile(filepath.Join(opt.Data, "postgres"))
		if err == nil && file.ready && file.pid == s.process.Pid {
			break
		}
		select {
		case <-s.exited:
			return fmt.Errorf("the server ended while starting; the end of %s:\n%s", log, tail(log, s.logged))
		case <-ctx.Done():
			return fmt.Errorf("%w; the end of %s:\n%s", ctx.Err(), log, tail(log, s.logged))
		case <-patience.C:
			opt.Log.Info("PostgreSQL is taking its time, perhaps recovering after a crash", "log", log)
		case <-time.After(10 * time.Millisecond):
		}
	}
	if err := s.makeDatabase(ctx); err != nil {
		return err
	}
	opt.Log.Info("PostgreSQL is ready", "pid", s.process.Pid, "socket", s.socket, "log", log, "took", time.Since(began).Round(time.Millisecond))
	return nil
}

func (s *Server) makeDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.DatabaseURL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var exists bool
	err = conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", Database).Scan(&exists)
	if err != nil || exists {
		return err
	}
	_, err = conn.Exec(ctx, "create database "+pgx.Identifier{Database}.Sanitize())
	return err
}

// clear removes what a dead owner left: a server still running on the cluster, a pid file whose number now belongs to
// another process, the socket. We hold the lock, so nothing of it has an owner.
func clear(opt Options, cluster, socket string) error {
	file, err := readPidFile(cluster)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err == nil && file.alive(cluster):
		opt.Log.Warn("stopping the server that an ended onemap left behind", "pid", file.pid)
		if err := terminateStale(file, cluster); err != nil {
			return err
		}
	default:
		if err := disown(cluster); err != nil {
			return err
		}
	}
	for _, name := range []string{".s.PGSQL." + port, ".s.PGSQL." + port + ".lock"} {
		if err := os.Remove(filepath.Join(socket, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// escalation is how a server is asked to go, and how long each step may take: fast shutdown (it disconnects clients
// and writes a checkpoint), immediate shutdown (the next start recovers), and the end of all patience.
var escalation = []struct {
	signal syscall.Signal
	wait   time.Duration
}{{syscall.SIGINT, time.Minute}, {syscall.SIGQUIT, 10 * time.Second}, {syscall.SIGKILL, 10 * time.Second}}

// terminate ends our own child.
func terminate(process *os.Process, exited <-chan struct{}) error {
	for _, step := range escalation {
		if err := process.Signal(step.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stop PostgreSQL: %w", err)
		}
		select {
		case <-exited:
			return nil
		case <-time.After(step.wait):
		}
	}
	return fmt.Errorf("stop PostgreSQL: process %d does not end", process.Pid)
}

// terminateStale ends a server that is not our child, and waits for it.
func terminateStale(file pidFile, cluster string) error {
	for _, step := range escalation {
		if err := syscall.Kill(file.pid, step.signal); err != nil && err != syscall.ESRCH {
			return fmt.Errorf("stop the old PostgreSQL (process %d): %w", file.pid, err)
		}
		for end := time.Now().Add(step.wait); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			if !file.alive(cluster) {
				return nil
			}
		}
	}
	return fmt.Errorf("stop the old PostgreSQL: process %d does not end", file.pid)
}
