//go:build !linux

package format

import "os/exec"

// grant is what a child process may touch. Paths are real ones, without symbolic links.
type grant struct {
	read  []string // files, and directories with all in them
	write []string // directories with all in them
}

// startConfined starts a child. Only Linux can confine it; elsewhere GDAL's own settings have to do.
func startConfined(cmd *exec.Cmd, g grant) (wait func() error, err error) {
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return cmd.Wait, nil
}
