package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// plainClient asks for answers as they are, not compressed.
var plainClient = &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}

// readWhole reads a whole layer to its end, and counts that it is whole.
func readWhole(ctx context.Context, address, what string, features int) (f featureFigure, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return f, err
	}
	begin := time.Now()
	answer, err := plainClient.Do(r)
	if err != nil {
		return f, err
	}
	defer answer.Body.Close()
	counted := &counter{mark: []byte(mark(what))}
	buf := make([]byte, 256<<10)
	for {
		n, err := answer.Body.Read(buf)
		if n > 0 && f.Bytes == 0 {
			f.FirstByte = milliseconds(time.Since(begin))
		}
		f.Bytes += int64(n)
		counted.add(buf[:n])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return f, err
		}
	}
	if answer.StatusCode != http.StatusOK || counted.n != features {
		return f, fmt.Errorf("%s: %s with %d features, want %d", address, answer.Status, counted.n, features)
	}
	f.Rate = float64(features) / time.Since(begin).Seconds()
	return f, nil
}

// counter counts a text in a stream.
type counter struct {
	mark []byte
	n    int
	rest []byte // the end of what has been, too short for the text
}

func (c *counter) add(part []byte) {
	keep := len(c.mark) - 1
	seam := append(c.rest, part[:min(keep, len(part))]...)
	c.n += bytes.Count(seam, c.mark) + bytes.Count(part, c.mark)
	if len(part) < keep {
		c.rest = seam[max(0, len(seam)-keep):]
		return
	}
	c.rest = append(c.rest[:0], part[len(part)-keep:]...)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
