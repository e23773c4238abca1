package postgres

import (
	"fmt"
	"os"
	"strings"
)

const megabyte = 1 << 20

// memory is what this machine or its container has, in bytes; 4 GB where it cannot be told.
func memory() int64 {
	total := int64(4 << 30)
	if body, err := os.ReadFile("/proc/meminfo"); err == nil {
		var kilobytes int64
		if _, err := fmt.Sscanf(string(body), "MemTotal: %d kB", &kilobytes); err == nil {
			total = kilobytes << 10
		}
	}
	if body, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		var limit int64
		if _, err := fmt.Sscanf(string(body), "%d", &limit); err == nil && limit > 0 {
			total = min(total, limit)
		}
	}
	return total
}

// settings is the configuration for a small machine (2 cores) that does other work too.
func settings(memory int64, throwaway bool) string {
	lines := []string{
		"max_connections = 60",
		size("shared_buffers", memory/8, 64, 512),
		size("effective_cache_size", memory/2, 256, 1<<20),
		size("work_mem", memory/128, 8, 32),
		size("maintenance_work_mem", memory/16, 64, 512),
		"min_wal_size = 256MB",
		"max_wal_size = 4GB",
		"checkpoint_timeout = 15min",
		// No replica hangs on a private server; so COPY into a new table and its indexes need not go through the log.
		"wal_level = minimal",
		"max_wal_senders = 0",
		"random_page_cost = 1.1",
		"jit = off", // compiling costs more than a map's short queries take
		// In files, not in /dev/shm: containers give that 64 MB, and systemd empties it when a user logs out (RemoveIPC).
		"dynamic_shared_memory_type = mmap",
		"timezone = 'Asia/Shanghai'", // what psql shows is what the page shows
		"log_timezone = 'UTC'",
		"log_line_prefix = '%m [%p] %a '",
		"log_checkpoints = off",
		"log_autovacuum_min_duration = -1",
		"synchronous_commit = on",
		"fsync = on",
	}
	if throwaway {
		lines = append(lines,
			"max_connections = 200", // packages are tested side by side
			"shared_buffers = 128MB",
			"synchronous_commit = off",
			"fsync = off",
			"full_page_writes = off",
			"autovacuum_naptime = 10min", // of short-lived databases it would only get in the way
		)
	}
	return "# Written by onemap at every start. To overrule a line: ALTER SYSTEM SET name = value.\n" + strings.Join(lines, "\n") + "\n"
}

func size(name string, bytes int64, least, most int64) string {
	return fmt.Sprintf("%s = %dMB", name, min(max(bytes/megabyte, least), most))
}
