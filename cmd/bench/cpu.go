package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// cpuShare is what one request has cost, in milliseconds of a processor: at the server, at the database it asks, and at who
// asks it here. On few cores they share, a rate says less of a server than these do; and what asks must be the smallest.
type cpuShare struct {
	Server   float64 `json:"server"`
	Database float64 `json:"database"`
	Load     float64 `json:"load"`
}

// meter reads how much of the processors a target, the database and this process have had.
type meter struct {
	server, database []int
	at               [3]time.Duration
}

// newMeter begins to count; database is the process that started all that answer there, 0 = not to be seen.
func newMeter(t *target, database int) *meter {
	m := &meter{}
	if t.pids != nil {
		m.server = t.pids()
	}
	if database > 0 {
		m.database = []int{database}
	}
	m.at = m.read()
	return m
}

func (m *meter) read() [3]time.Duration {
	var own syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &own) // it can not fail
	return [3]time.Duration{cpuTime(m.server), cpuTime(m.database), time.Duration(own.Utime.Nano() + own.Stime.Nano())}
}

// share is what was used since the meter was made, for each of so many requests.
func (m *meter) share(requests int) cpuShare {
	now := m.read()
	each := func(i int) float64 {
		return float64((now[i] - m.at[i]).Microseconds()) / 1000 / float64(max(1, requests))
	}
	return cpuShare{each(0), each(1), each(2)}
}

// cpuTime is how long processes, and all below them, have run on a processor; of those that have ended nothing is known.
func cpuTime(pids []int) (sum time.Duration) {
	for _, pid := range family(pids) {
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
		for _, path := range threads {
			var ns int64
			if text, err := os.ReadFile(path); err == nil {
				_, _ = fmt.Sscan(string(text), &ns)
			}
			sum += time.Duration(ns)
		}
	}
	return sum
}

// postmaster is the process that has started a database's others, where it runs on this machine; 0 where not.
func postmaster(ctx context.Context, pool *pgxpool.Pool) int {
	var backend int
	if pool == nil || pool.QueryRow(ctx, "select pg_backend_pid()").Scan(&backend) != nil {
		return 0
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", backend))
	if err != nil {
		return 0
	}
	var pid, parent int
	var name, state string
	if _, err := fmt.Sscanf(string(stat), "%d %s %s %d", &pid, &name, &state, &parent); err != nil || name != "(postgres)" {
		return 0
	}
	return parent
}
