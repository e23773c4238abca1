package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

// newProgress returns a teller of what is being loaded: one line that is written over on a terminal, one line per layer
// elsewhere. It may be called from several goroutines; also, if not nil, is told the layer and the rows of all layers.
func newProgress(to *os.File, also func(layer string, all int)) func(layer string, rows int) {
	terminal, began := isTerminal(to), time.Now()
	var mu sync.Mutex
	var last string
	loaded, all := map[string]int{}, 0
	return func(layer string, rows int) {
		mu.Lock()
		defer mu.Unlock()
		seconds := time.Since(began).Seconds()
		switch {
		case layer == "":
			fmt.Fprintln(to, "generating the synthetic county …")
		case terminal && layer != last && last != "":
			fmt.Fprintf(to, "\n%5.1f s  %-16s %9d rows", seconds, layer, rows)
		case terminal:
			fmt.Fprintf(to, "\r\x1b[K%5.1f s  %-16s %9d rows", seconds, layer, rows)
		case layer != last:
			fmt.Fprintf(to, "%5.1f s  loading %s\n", seconds, layer)
		}
		last = layer
		all += rows - loaded[layer]
		loaded[layer] = rows
		if also != nil {
			also(layer, all)
		}
	}
}
