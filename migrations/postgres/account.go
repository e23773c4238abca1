package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the user PostgreSQL runs as; it refuses to run as root.
type account struct {
	uid, gid int
	name     string
	change   bool // we are root and become that user
}

// accountFor is ourselves, or when we are root: the owner of the cluster if there is one, else the user postgres, else
// nobody, else whoever called sudo.
func accountFor(cluster string) (account, error) {
	owner := -1
	if info, err := os.Stat(cluster); err == nil {
		owner = int(info.Sys().(*syscall.Stat_t).Uid)
	}
	if uid := os.Geteuid(); uid != 0 {
		if owner >= 0 && owner != uid {
			return account{}, fmt.Errorf("%s belongs to user %s: run onemap as that user, or give --data another directory", cluster, userName(owner))
		}
		return account{uid: uid, gid: os.Getegid(), name: userName(uid)}, nil
	}
	var found *user.User
	if owner > 0 {
		found, _ = user.LookupId(strconv.Itoa(owner))
	}
	for _, name := range []string{"postgres", "nobody"} {
		if found == nil {
			found, _ = user.Lookup(name)
		}
	}
	if found == nil {
		found, _ = user.LookupId(os.Getenv("SUDO_UID"))
	}
	if found == nil || found.Uid == "0" {
		return account{}, errors.New("PostgreSQL does not run as root, and this system has no user postgres: run onemap as an ordinary user")
	}
	uid, _ := strconv.Atoi(found.Uid)
	gid, _ := strconv.Atoi(found.Gid)
	return account{uid: uid, gid: gid, name: found.Username, change: true}, nil
}

func userName(uid int) string {
	if found, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return found.Username
	}
	return strconv.Itoa(uid)
}

// become lets a command run as the account, in a session of its own: Ctrl-C in our terminal does not reach it.
func (a account) become(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if a.change {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	cmd.Dir = "/"
	// Nothing of our environment is meant for the server: PGDATA, LC_ALL and their like would change what it does.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
}

// own makes a directory that only the account may enter.
func (a account) own(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	owner := int(info.Sys().(*syscall.Stat_t).Uid)
	if !info.IsDir() || owner != a.uid && owner != os.Geteuid() {
		return fmt.Errorf("%s belongs to user %s, not to us: remove it", dir, userName(owner))
	}
	if a.change {
		if err := os.Lchown(dir, a.uid, a.gid); err != nil {
			return err
		}
	}
	return os.Chmod(dir, 0o700)
}

// reaches makes sure that the account can come to dir from the root of the file system.
func (a account) reaches(dir string) error {
	if !a.change {
		return nil
	}
	cmd := exec.Command("/bin/sh", "-c", `cd "$1"`, "sh", dir)
	a.become(cmd)
	if cmd.Run() == nil {
		return nil
	}
	for up := dir; ; up = filepath.Dir(up) {
		if parent := filepath.Dir(up); parent != up && a.enters(parent) {
			return fmt.Errorf("PostgreSQL runs as user %s, who may not enter %s: run `chmod o+x %s`, or give --data another directory", a.name, up, up)
		}
		if up == filepath.Dir(up) {
			return fmt.Errorf("PostgreSQL runs as user %s, who may not enter %s: give --data another directory", a.name, dir)
		}
	}
}

func (a account) enters(dir string) bool {
	cmd := exec.Command("/bin/sh", "-c", `cd "$1"`, "sh", dir)
	a.become(cmd)
	return cmd.Run() == nil
}

// makeData makes the data directory. It is ours alone, but a server user must be able to pass through it.
func makeData(data string) error {
	mode := fs.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o711
	}
	if err := os.MkdirAll(filepath.Dir(data), 0o755); err != nil {
		return err
	}
	err := os.Mkdir(data, mode)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Stat(data)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a directory", data)
	}
	if missing := mode &^ info.Mode().Perm() & 0o011; missing != 0 {
		return os.Chmod(data, info.Mode().Perm()|missing)
	}
	return nil
}
