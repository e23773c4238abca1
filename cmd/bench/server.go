package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// server is one or several processes that answer on a port of this machine, started and ended by the measurement.
type server struct {
	name  string
	port  string
	ready string // path that answers 200 when it can serve; "" = an open port is enough
	make  func() ([]*exec.Cmd, error)
	log   string // file of what they say
	cmds  []*exec.Cmd
	ended []chan error
}

// freePort is one that nobody listens on.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// start starts the processes and waits until they serve.
func (s *server) start(ctx context.Context) error {
	cmds, err := s.make()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	for _, cmd := range cmds {
		cmd.Stdout, cmd.Stderr = log, log
		if err := cmd.Start(); err != nil {
			return errors.Join(fmt.Errorf("start %s: %w", s.name, err), s.stop())
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		s.cmds, s.ended = append(s.cmds, cmd), append(s.ended, ended)
	}
	if err := s.await(ctx); err != nil {
		said, _ := os.ReadFile(s.log)
		return errors.Join(fmt.Errorf("start %s: %w\n%s", s.name, err, said[max(0, len(said)-2000):]), s.stop())
	}
	return nil
}

// await waits until the server serves, at most a minute.
func (s *server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		if s.serves(ctx) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-s.ended[0]:
			s.ended[0] <- err
			return cmp.Or(err, errors.New("it has ended"))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *server) serves(ctx context.Context) bool {
	if s.ready == "" {
		conn, err := net.Dial("tcp", "127.0.0.1:"+s.port)
		if err == nil {
			_ = conn.Close() // it was to see that it opens
		}
		return err == nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+s.port+s.ready, nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// stop ends the processes, the last one first.
func (s *server) stop() (err error) {
	for i := len(s.cmds) - 1; i >= 0; i-- {
		_ = s.cmds[i].Process.Signal(os.Interrupt) // it may have ended
		select {
		case <-s.ended[i]:
		case <-time.After(15 * time.Second):
			err = errors.Join(err, s.cmds[i].Process.Kill())
			<-s.ended[i]
		}
	}
	s.cmds, s.ended = nil, nil
	return err
}

func (s *server) restart(ctx context.Context) error {
	return errors.Join(s.stop(), s.start(ctx))
}

func (s *server) pids() (pids []int) {
	for _, cmd := range s.cmds {
		pids = append(pids, cmd.Process.Pid)
	}
	return pids
}

// newServer returns one that is not started.
func newServer(dir, name, ready string, cmds func(port string) ([]*exec.Cmd, error)) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &server{name: name, port: port, ready: ready, log: filepath.Join(dir, name+".log")}
	s.make = func() ([]*exec.Cmd, error) { return cmds(port) }
	return s, nil
}

// target is how the server is measured; path is that of its tiles.
func (s *server) target(path string) *target {
	return &target{name: s.name, template: "http://127.0.0.1:" + s.port + path, restart: s.restart, pids: s.pids}
}

// onemapServer is ours.
func onemapServer(b *bed, arguments ...string) (*server, error) {
	return newServer(b.dir, "onemap", "/readyz", func(port string) ([]*exec.Cmd, error) {
		args := append([]string{"serve", "--listen", "127.0.0.1:" + port, "--demo", "none", "--imports", "off", "--log-level", "warn",
			"--database-url", b.server.URL()}, arguments...)
		return []*exec.Cmd{exec.Command(b.onemap, args...)}, nil
	})
}

// program finds a program: where it was said to be, or on PATH; "" = it is not there.
func program(said, name string) string {
	path, err := exec.LookPath(cmp.Or(said, name))
	if err != nil {
		return ""
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return ""
	}
	return path
}

// fill writes one of the configurations in peers into the run's directory, its words replaced.
func fill(dir, name string, words map[string]string) (string, error) {
	text, err := peerFiles.ReadFile("peers/" + name)
	if err != nil {
		return "", err
	}
	var pairs []string
	for word, value := range words {
		pairs = append(pairs, "@"+word+"@", value)
	}
	path := filepath.Join(dir, name)
	return path, os.WriteFile(path, []byte(strings.NewReplacer(pairs...).Replace(string(text))), 0o644)
}

// number is for the words of a configuration.
func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
