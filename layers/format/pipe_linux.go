package format

import (
	"os"

	"golang.org/x/sys/unix"
)

// widen lets the writer of a pipe go on for a megabyte while its reader is busy; 64 KB are some hundred rows. Where that
// is not allowed the pipe stays as it is.
func widen(pipe *os.File) {
	raw, err := pipe.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, 1<<20) })
}
