package imports

import (
	"bytes"
	"encoding/json"
	"iter"
)

const (
	mostPreview  = 2 << 20  // bytes that are kept
	mostBuffered = 16 << 20 // bytes that are taken to choose from
)

// preview takes a FeatureCollection as it is written and keeps as much of it as a page can bear: features that are too
// large for the room that is left are passed over.
type preview struct{ buffer bytes.Buffer }

// Write never fails: what is too much is not kept.
func (p *preview) Write(b []byte) (int, error) {
	p.buffer.Write(b[:min(len(b), max(0, mostBuffered-p.buffer.Len()))])
	return len(b), nil
}

// bytes is the preview as it is stored; nil = there was none.
func (p *preview) bytes() []byte {
	if p.buffer.Len() == 0 {
		return nil
	}
	if p.buffer.Len() <= mostPreview && json.Valid(p.buffer.Bytes()) {
		return p.buffer.Bytes()
	}
	const begin, end = `{"type":"FeatureCollection","features":[`, `]}`
	out := []byte(begin)
	for feature := range features(p.buffer.Bytes()) {
		if len(out)+len(feature)+len(end)+1 > mostPreview {
			continue
		}
		if len(out) > len(begin) {
			out = append(out, ',')
		}
		out = append(out, feature...)
	}
	return append(out, end...)
}

// features yields the features of a collection as far as it is whole.
func features(collection []byte) iter.Seq[json.RawMessage] {
	return func(yield func(json.RawMessage) bool) {
		_, rest, _ := bytes.Cut(collection, []byte(`"features"`))
		d := json.NewDecoder(bytes.NewReader(bytes.TrimLeft(rest, ": \t\r\n")))
		if open, err := d.Token(); err != nil || open != json.Delim('[') {
			return
		}
		for d.More() {
			var feature json.RawMessage
			if err := d.Decode(&feature); err != nil || !yield(feature) {
				return
			}
		}
	}
}
