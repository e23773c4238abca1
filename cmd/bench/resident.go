package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// family are processes and all below them.
func family(pids []int) (all []int) {
	seen := map[int]bool{}
	var add func(pid int)
	add = func(pid int) {
		if seen[pid] {
			return
		}
		seen[pid] = true
		all = append(all, pid)
		for _, child := range children(pid) {
			add(child)
		}
	}
	for _, pid := range pids {
		add(pid)
	}
	return all
}

// residentPeak is the most memory that processes and all below them have had resident, MB. Pages they share count for
// each.
func residentPeak(pids []int) (megabytes float64) {
	for _, pid := range family(pids) {
		megabytes += peak(pid)
	}
	return megabytes
}

func children(pid int) (below []int) {
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, thread := range threads { // a child belongs to the thread that started it
		list, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, thread.Name()))
		for field := range strings.FieldsSeq(string(list)) {
			if child, err := strconv.Atoi(field); err == nil {
				below = append(below, child)
			}
		}
	}
	return below
}

// listeners are the processes that listen on a TCP port of this machine, as far as they may be seen.
func listeners(port string) (pids []int) {
	sockets := map[string]bool{}
	for _, path := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		table, _ := os.ReadFile(path)
		for line := range strings.Lines(string(table)) {
			f := strings.Fields(line)
			if len(f) < 10 || f[3] != "0A" { // listening
				continue
			}
			_, hex, _ := strings.Cut(f[1], ":")
			if n, err := strconv.ParseUint(hex, 16, 16); err == nil && strconv.FormatUint(n, 10) == port {
				sockets["socket:["+f[9]+"]"] = true
			}
		}
	}
	files, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	seen := map[int]bool{}
	for _, file := range files {
		if link, _ := os.Readlink(file); sockets[link] {
			pid, _ := strconv.Atoi(strings.Split(file, "/")[2])
			if !seen[pid] {
				seen[pid] = true
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
