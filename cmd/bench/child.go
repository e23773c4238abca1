package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// usage is what one run of a program took.
type usage struct {
	Seconds    float64 `json:"seconds"`
	CPU        float64 `json:"cpuSeconds"` // of it and its children, without the database
	PeakMB     float64 `json:"peakMB"`     // resident memory of the program itself
	ChildrenMB float64 `json:"childrenMB"` // of the largest of its children
}

// run runs a program to its end and watches its memory. Peaks are /proc's high-water marks, looked at often, so that
// only what is reached in the last moment of a life can be missed.
func run(ctx context.Context, name string, args ...string) (usage, error) {
	var u usage
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return u, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			u.PeakMB = max(u.PeakMB, peak(cmd.Process.Pid))
			u.ChildrenMB = max(u.ChildrenMB, peakBelow(cmd.Process.Pid))
		case err := <-ended:
			u.Seconds = time.Since(begin).Seconds()
			u.CPU = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
			if err != nil {
				return u, fmt.Errorf("%s: %w\n%s", name, err, said.String())
			}
			return u, nil
		}
	}
}

// peak is the most memory a process has had resident, MB; 0 when it is gone.
func peak(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes float64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		return 0
	}
	return kilobytes / 1024
}

// peakBelow is the largest peak among a process's descendants.
func peakBelow(pid int) float64 {
	most := 0.0
	for _, child := range children(pid) {
		most = max(most, peak(child), peakBelow(child))
	}
	return most
}
