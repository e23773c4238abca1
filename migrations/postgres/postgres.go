// Package postgres starts and stops a private PostgreSQL with PostGIS: for a one-box install, a developer, a test.
//
// It is the system's own PostgreSQL, run on a data directory of ours, reachable through a unix socket only. It lives as
// long as its owner: a watchdog (watch.sh) in a session of its own holds one end of a pipe, the owner the other, and
// when the owner is gone, however it went, the pipe closes and the watchdog shuts the server down.
//
// In the data directory: postgres/ (the cluster), socket/, postgres.log, onemap.lock (held by the owner).
package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Role and Database are what URL connects as and to. The role is a superuser; the socket's directory, which only the
// server's own user (and root) may enter, is what keeps others out.
const (
	Role     = "onemap"
	Database = "onemap"
)

// port only names the socket file; nothing listens on it.
const port = "5432"

// ErrInUse says that another process owns the data directory.
var ErrInUse = errors.New("data directory in use")

// Options say where a private server lives.
type Options struct {
	Data       string       // directory; made if missing
	Log        *slog.Logger // nil: silent
	Throwaway  bool         // for tests: nothing is flushed to disk, a crash of the machine may lose all
	Installed  []string     // directories of PostgreSQL binaries; nil: PATH and where Debian, RPM and Homebrew put them
	socketRoot []string     // where a socket goes when Data is too long; set by tests
}

// Server is a running private PostgreSQL, owned (Start), shared (Share) or merely used (Attach).
type Server struct {
	socket   string
	log      *slog.Logger
	process  *os.Process   // nil when another process started it
	exited   chan struct{} // closed when process is gone
	lifeline *os.File      // the watchdog has the other end; nil when attached
	lock     *os.File
	logged   int64 // where this server's part of the log begins
	shared   bool
	stop     sync.Once
}

// Start starts the private server on opt.Data, which it makes with initdb if need be, and returns when it accepts
// connections and has its database. A server that a dead owner left behind is stopped first.
// Errors are for the user: ErrInUse with the owner's process id, PostGIS missing with the line that installs it.
func Start(ctx context.Context, opt Options) (*Server, error) {
	if err := opt.complete(); err != nil {
		return nil, err
	}
	lock, err := lockData(opt.Data)
	if err != nil {
		return nil, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		unlock(lock)
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	defer read.Close()
	s, err := start(ctx, opt, read, write)
	if err != nil {
		unlock(lock)
		return nil, err
	}
	s.lock = lock
	return s, nil
}

// Attach uses the server that another onemap runs on opt.Data, waiting for it to be ready, or else starts one as Start
// does. Stop leaves another's server alone.
func Attach(ctx context.Context, opt Options) (*Server, error) {
	for {
		s, err := Start(ctx, opt)
		if !errors.Is(err, ErrInUse) {
			return s, err
		}
		if err := opt.complete(); err != nil {
			return nil, err
		}
		if s, ok := running(opt); ok {
			return s, nil
		}
		select { // the owner is still starting, or has just gone
		case <-ctx.Done():
			return nil, err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// running is the ready server of opt.Data, whoever started it.
func running(opt Options) (*Server, bool) {
	dir := filepath.Join(opt.Data, "postgres")
	pid, err := readPidFile(dir)
	if err != nil || !pid.ready || !pid.alive(dir) {
		return nil, false
	}
	return &Server{socket: pid.socket, log: opt.Log}, true
}

// URL is how pgx, psql and ogr2ogr reach the server's database.
func (s *Server) URL() string { return s.DatabaseURL(Database) }

// DatabaseURL is the URL of another database of the server.
func (s *Server) DatabaseURL(name string) string {
	query := url.Values{"host": {s.socket}, "port": {port}, "sslmode": {"disable"}}
	return "postgresql://" + Role + "@/" + url.PathEscape(name) + "?" + query.Encode()
}

// Done is closed when a server that this process started has ended; nil for one that another process started.
func (s *Server) Done() <-chan struct{} { return s.exited }

// Stop ends the server and returns when it is gone. Of a shared server it gives up this process's share, and on one
// that is another's it does nothing.
func (s *Server) Stop() error {
	var err error
	s.stop.Do(func() {
		if s.process != nil && !s.shared {
			err = terminate(s.process, s.exited)
		}
		if s.lifeline != nil {
			if !s.shared && err == nil {
				s.lifeline.WriteString("done\n")
			}
			s.lifeline.Close()
		}
		if s.process != nil && !s.shared {
			os.Remove(s.socket) // only if empty; matters where it is not in the data directory
		}
		if s.lock != nil {
			unlock(s.lock)
		}
	})
	return err
}

func (opt *Options) complete() error {
	if opt.Data == "" {
		return errors.New("start PostgreSQL: no data directory")
	}
	data, err := filepath.Abs(opt.Data)
	if err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	opt.Data = data
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.socketRoot == nil {
		opt.socketRoot = []string{os.TempDir(), "/tmp"}
	}
	return nil
}
