package format

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// grant is what a child process may touch. Paths are real ones, without symbolic links.
type grant struct {
	read  []string // files, and directories with all in them
	write []string // directories with all in them
}

// systemPaths is what programs of the system need to run at all; what is not there is passed over.
var systemPaths = []string{
	"/usr", "/lib", "/lib64", "/bin", "/opt", "/nix", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
	"/etc/localtime", "/etc/ssl/openssl.cnf", "/dev/null", "/dev/zero", "/dev/urandom", "/proc/meminfo", "/proc/cpuinfo",
}

// startConfined starts a child that ends with us and can touch nothing but what is granted: Landlock, as far as this
// kernel has it, forbids all else, and TCP. wait must be called once; it returns what cmd.Wait does.
//
// A thread confines itself and then starts the child, which inherits its chains. The thread is given back to nobody:
// it waits for the child, whose death signal hangs on it, and ends.
func startConfined(cmd *exec.Cmd, g grant) (wait func() error, err error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	started, ended := make(chan error, 1), make(chan error, 1)
	var run func()
	run = func() {
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() { // the first thread can not end: keep it whole and take another
			again := make(chan struct{})
			go func() { defer close(again); run() }()
			<-again
			runtime.UnlockOSThread()
			return
		}
		if err := confine(g); err != nil {
			started <- err
			return
		}
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		ended <- cmd.Wait()
	}
	go run()
	if err := <-started; err != nil {
		return nil, err
	}
	return func() error { return <-ended }, nil
}

const (
	fsRead = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	// What may be asked of a file; the other rights are about directories, and a rule of a file with them is refused.
	fsOfFiles = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_EXECUTE |
		unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
)

// confine puts the calling thread into a Landlock domain of the grant. A kernel without Landlock is no error.
// See landlock(7); each version of the interface knows more rights.
func confine(g grant) error {
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return nil
	}
	attr := unix.LandlockRulesetAttr{Handled_access_fs: 1<<13 - 1}
	if abi >= 2 {
		attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if abi >= 3 {
		attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if abi >= 4 {
		attr.Handled_access_net = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	}
	if abi >= 5 {
		attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	}
	size := unsafe.Offsetof(attr.Scoped)
	if abi >= 6 {
		attr.Scoped = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
		size = unsafe.Offsetof(attr.Quiet_access_fs)
	}
	rules, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), size, 0)
	if errno != 0 {
		return fmt.Errorf("confine a child process: %w", errno)
	}
	defer unix.Close(int(rules))
	handled := attr.Handled_access_fs
	for _, r := range []struct {
		paths  []string
		rights uint64
		must   bool
	}{
		{systemPaths, fsRead | unix.LANDLOCK_ACCESS_FS_EXECUTE, false},
		{[]string{"/dev/null"}, unix.LANDLOCK_ACCESS_FS_WRITE_FILE, false},
		{g.read, fsRead, true},
		{g.write, handled &^ unix.LANDLOCK_ACCESS_FS_EXECUTE, true},
	} {
		for _, path := range r.paths {
			if err := allow(int(rules), path, r.rights&handled); err != nil && (r.must || !errors.Is(err, os.ErrNotExist)) {
				return fmt.Errorf("confine a child process: %s: %w", path, err)
			}
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("confine a child process: %w", err)
	}
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, rules, 0, 0); errno != 0 {
		return fmt.Errorf("confine a child process: %w", errno)
	}
	return nil
}

// allow adds a rule: rights on a file, or on a directory and all beneath it.
func allow(rules int, path string, rights uint64) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return err
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		rights &= fsOfFiles
	}
	attr := unix.LandlockPathBeneathAttr{Allowed_access: rights, Parent_fd: int32(fd)}
	if _, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(rules), unix.LANDLOCK_RULE_PATH_BENEATH,
		uintptr(unsafe.Pointer(&attr)), 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
