package tiles

import (
	"sync"

	"onemap/tiles/mvt"
)

// sample is how much of a large body is compressed to learn how large all of it would be.
const sample = 128 << 10

// fit compresses the layers of a part: a layer, and its labels if it has any. Where that is more than MostBytes, the
// smallest features go. How many is decided by their sizes alone, which are the same in every tile that has them.
func fit(ls []*mvt.Layer) ([]byte, error) {
	memory := plains.Get().(*[]byte)
	defer plains.Put(memory)
	for {
		plain := appendAll((*memory)[:0], ls)
		*memory = plain
		share, err := fits(plain)
		if err != nil {
			return nil, err
		}
		if share >= 1 {
			body, err := deflate(plain)
			if err != nil || len(body) <= MostBytes {
				return body, err
			}
			share = float64(MostBytes) / float64(len(body))
		}
		step, ok := ls[0].Step(share)
		if !ok { // better one that is large than nothing
			return deflate(plain)
		}
		ls[0].Thin(step)
		for _, l := range ls[1:] {
			l.Among(ls[0])
		}
	}
}

// fits is how much of a body there may be, about, as a part of it; 1 and more is all of it.
func fits(plain []byte) (share float64, err error) {
	if len(plain) <= MostBytes+4*sample {
		return 1, nil
	}
	some := make([]byte, 0, sample)
	const piece = sample / 8
	for i := range 8 {
		from := i * (len(plain) - piece) / 7
		some = append(some, plain[from:from+piece]...)
	}
	body, err := deflate(some)
	return float64(MostBytes) / float64(len(body)) * sample / float64(len(plain)), err
}

// plains are memory for bodies that are not compressed yet.
var plains = sync.Pool{New: func() any { return new([]byte) }}

func appendAll(plain []byte, ls []*mvt.Layer) []byte {
	for _, l := range ls {
		plain = l.AppendTo(plain)
	}
	return plain
}
