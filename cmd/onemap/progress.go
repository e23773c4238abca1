package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

// newProgress returns a teller of what is being loaded: one line that is written over on a terminal, one line per layer
// elsewhere. It may be called from several goroutines.
func newProgress(to *os.File) func(layer string, rows int) {
	terminal := isTerminal(to)
	began := time.Now()
	var mu sync.Mutex
	var last string
	return func(layer string, rows int) {
		mu.Lock()
		defer mu.Unlock()
		seconds := time.Since(began).Seconds()
		switch {
		case layer == "":
			fmt.Fprintln(to, "generating the synthetic county …")
		case terminal:
			fmt.Fprintf(to, "\r\x1b[K%5.1f s  %-16s %9d rows", seconds, layer, rows)
			if layer != last && last != "" {
				fmt.Fprintln(to)
			}
		case layer != last:
			fmt.Fprintf(to, "%5.1f s  loading %s\n", seconds, layer)
		}
		last = layer
	}
}
