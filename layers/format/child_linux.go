package format

import (
	"os/exec"
	"syscall"
)

// endWithUs has the kernel end the child when we are killed.
func endWithUs(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
