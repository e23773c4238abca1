package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Share joins the server on opt.Data or starts it. The server lives until the last process that shares it has ended or
// has called Stop, which need not be the one that started it. A directory is shared or owned (Start), never both.
//
// The lifeline of a shared server is a named pipe, and every sharer holds its writing end.
func Share(ctx context.Context, opt Options) (*Server, error) {
	if err := opt.complete(); err != nil {
		return nil, err
	}
	if err := makeData(opt.Data); err != nil {
		return nil, err
	}
	// One after the other: a sharer joins or starts while no other does.
	gate, err := await(ctx, opt.Data, "share.lock")
	if err != nil {
		return nil, err
	}
	defer unlock(gate)
	lock, err := flock(opt.Data, "onemap.lock", syscall.LOCK_SH)
	if err != nil {
		return nil, err
	}
	s, err := join(ctx, opt)
	if err != nil {
		s, err = startShared(ctx, opt)
	}
	if err != nil {
		unlock(lock)
		return nil, err
	}
	s.lock, s.shared = lock, true
	return s, nil
}

func pipePath(opt Options) string { return filepath.Join(opt.Data, "share", "lifeline") }

func startShared(ctx context.Context, opt Options) (*Server, error) {
	who, err := accountFor(filepath.Join(opt.Data, "postgres"))
	if err != nil {
		return nil, err
	}
	if err := who.own(filepath.Dir(pipePath(opt))); err != nil {
		return nil, err
	}
	if err := os.Remove(pipePath(opt)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := syscall.Mkfifo(pipePath(opt), 0o600); err != nil {
		return nil, fmt.Errorf("make %s: %w", pipePath(opt), err)
	}
	// Opening a pipe waits for the other side, except like this. The watchdog's end must block again when it reads.
	fd, err := syscall.Open(pipePath(opt), syscall.O_RDONLY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.SetNonblock(fd, false); err != nil {
		return nil, err
	}
	read := os.NewFile(uintptr(fd), pipePath(opt))
	defer read.Close()
	write, err := os.OpenFile(pipePath(opt), os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	return start(ctx, opt, read, write)
}

var joins atomic.Int64

// join takes a share in a running server. That the pipe can be opened is not enough: the watchdog may have seen the
// last sharer go a moment ago. It still watches if it answers, and having answered it sees that we hold the pipe.
func join(ctx context.Context, opt Options) (*Server, error) {
	fd, err := syscall.Open(pipePath(opt), syscall.O_WRONLY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, err // ENXIO: nobody reads
	}
	write := os.NewFile(uintptr(fd), pipePath(opt))
	word := strconv.Itoa(os.Getpid()) + "-" + strconv.FormatInt(joins.Add(1), 10)
	answer := filepath.Join(filepath.Dir(pipePath(opt)), word)
	defer os.Remove(answer)
	os.Remove(answer)
	err = handshake(ctx, write, word, answer)
	if err != nil {
		write.Close()
		return nil, err
	}
	s, ok := running(opt)
	if !ok {
		write.Close()
		return nil, errors.New("the shared server is not ready")
	}
	conn, err := pgx.Connect(ctx, s.URL())
	if err != nil {
		write.Close()
		return nil, err
	}
	s.lifeline = write
	return s, conn.Close(ctx)
}

func handshake(ctx context.Context, write *os.File, word, answer string) error {
	if _, err := write.WriteString(word + "\n"); err != nil {
		return err
	}
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(answer); err == nil {
			return nil
		}
	}
	return errors.New("the shared server's watchdog does not answer")
}
