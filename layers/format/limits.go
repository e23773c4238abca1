package format

import "time"

// Limits bound what files of strangers can cost.
type Limits struct {
	Unpacked int64 // bytes that archives may unpack to, all together
	Ratio    int64 // bytes that one packed byte may unpack to, once an entry is beyond a megabyte
	Files    int   // entries of archives, all together
	Depth    int   // archives in archives
	Row      int   // bytes of one row
	Fields   int   // of one source

	Memory int64         // address space of a child process
	CPU    time.Duration // of a child process
	Wall   time.Duration // of a child process, by the clock
	Output int64         // bytes of one file that a child process writes
}

// DefaultLimits are wide enough for what a county has, and too narrow for a bomb.
func DefaultLimits() Limits {
	return Limits{
		Unpacked: 8 << 30, Ratio: 1000, Files: 10_000, Depth: 4, Row: 32 << 20, Fields: 2000,
		Memory: 4 << 30, CPU: time.Hour, Wall: 2 * time.Hour, Output: 8 << 30,
	}
}
