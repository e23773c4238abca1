package format

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"onemap/layers"
)

// jsonCheck is a scanner of GeoJSON that keeps nothing but where it is and what is wrong. GDAL says neither: it leaves
// out a geometry that it does not understand.
type jsonCheck struct {
	ctx    context.Context
	in     *bufio.Reader
	offset int64
	line   int
	column int
	since  int64 // offset where the current feature began
	limit  int64
	text   []byte // of the string read last, its beginning

	features int64                  // so far
	faults   map[int64]layers.Words // of geometries, by the feature's place from 0
	ids      bool                   // features have numbers of their own
	strange  int64                  // members of "features" that are no features by their type
	where    layers.Words           // of the first of them
}

const (
	jsonDepth  = 200 // values in values
	jsonFaults = 10_000
)

// checkJSON reads a GeoJSON file once and says where it is no JSON, or no GeoJSON by its structure (RFC 7946, 3). One
// feature of more than limit bytes, as of a file that never ends, is refused too.
func checkJSON(ctx context.Context, path string, limit int) (*jsonCheck, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c := &jsonCheck{ctx: ctx, in: bufio.NewReaderSize(f, 1<<18), line: 1, limit: int64(limit), faults: map[int64]layers.Words{}}
	if mark, _ := c.in.Peek(3); string(mark) == "\xef\xbb\xbf" {
		c.in.Discard(3) // three bytes that were peeked at
	}
	b, err := c.must()
	if err != nil {
		return nil, err
	}
	if b != '{' {
		return nil, c.refuse("GeoJSON is an object, but this begins with %q", "GeoJSON 应为对象，此文件却以 %q 开头", string(rune(b)))
	}
	if err := c.object(roleRoot, 0); err != nil {
		return nil, err
	}
	if b, err := c.next(); err == nil {
		return nil, c.refuse("after the end of the object follows %q", "对象结束后还有多余内容 %q", string(rune(b)))
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return c, nil
}

// notes are about the file as a whole.
func (c *jsonCheck) notes() []Note {
	if c.strange == 0 {
		return nil
	}
	return []Note{{Rule: "json.feature", Severity: Warning, Words: layers.Words{
		En: fmt.Sprintf(`%d members of "features" are no features as they should be; the first: %s`, c.strange, c.where.En),
		Zh: fmt.Sprintf(`"features" 中有 %d 项不是规范的要素；第一处：%s`, c.strange, c.where.Zh),
	}}}
}

// instead is what was found wrong, where GDAL could not read the file and says less.
func (c *jsonCheck) instead(err error) error {
	if !errors.Is(err, layers.ErrInvalid) {
		return err
	}
	if c.strange > 0 {
		return layers.Refused(layers.ErrInvalid, c.where)
	}
	for _, w := range c.faults {
		return layers.Refused(layers.ErrInvalid, w)
	}
	return err
}

// refuse is an error with line and column.
func (c *jsonCheck) refuse(en, zh string, args ...any) error {
	return layers.Refused(layers.ErrInvalid, c.here(en, zh, args...))
}

func (c *jsonCheck) here(en, zh string, args ...any) layers.Words {
	where, what := layers.Say("line %d, column %d: ", "第 %d 行第 %d 列：", c.line, max(c.column, 1)), layers.Say(en, zh, args...)
	return layers.Words{En: where.En + what.En, Zh: where.Zh + what.Zh}
}

// byte reads one byte.
func (c *jsonCheck) byte() (byte, error) {
	b, err := c.in.ReadByte()
	if err != nil {
		return 0, err
	}
	if c.offset++; c.offset&(1<<20-1) == 0 && c.ctx.Err() != nil {
		return 0, c.ctx.Err()
	}
	if c.offset-c.since > c.limit {
		return 0, refuse("up to line %d one feature has more than %d MB: the file is damaged, or never ends",
			"到第 %d 行为止单个要素超过 %d MB：文件已损坏或没有结尾", c.line, c.limit>>20)
	}
	if b == '\n' {
		c.line, c.column = c.line+1, 0
	} else {
		c.column++
	}
	return b, nil
}

// next is the next byte that is not space.
func (c *jsonCheck) next() (byte, error) {
	for {
		b, err := c.byte()
		if err != nil || b != ' ' && b != '\t' && b != '\n' && b != '\r' {
			return b, err
		}
	}
}

// must is next where the file must not end.
func (c *jsonCheck) must() (byte, error) {
	b, err := c.next()
	return b, c.early(err)
}

func (c *jsonCheck) early(err error) error {
	if errors.Is(err, io.EOF) {
		return c.refuse("the file ends in the middle of the JSON; it was cut off: get the whole file", "文件在 JSON 中间结束，内容不完整；请重新获取完整的文件")
	}
	return err
}

// string reads on to the closing quote and keeps the beginning in c.text.
func (c *jsonCheck) string() error {
	c.text = c.text[:0]
	for {
		b, err := c.byte()
		if err != nil {
			return c.early(err)
		}
		switch {
		case b == '"':
			return nil
		case b == '\\':
			if _, err := c.byte(); err != nil {
				return c.early(err)
			}
		}
		if len(c.text) < 100 {
			c.text = append(c.text, b)
		}
	}
}

// word reads on to the end of a number, or of true, false, null; NaN and Infinity, which some write, are GDAL's to judge.
func (c *jsonCheck) word(b byte) error {
	c.text = append(c.text[:0], b)
	for {
		next, err := c.in.Peek(1)
		if err != nil || strings.IndexByte(" \t\r\n,]}:", next[0]) >= 0 {
			break
		}
		if b, err = c.byte(); err != nil {
			return c.early(err)
		}
		if c.text = append(c.text, b); len(c.text) > 400 {
			break
		}
	}
	if isPlainNumber(c.text) || json.Valid(c.text) || string(c.text) == "NaN" || strings.TrimLeft(string(c.text), "-") == "Infinity" {
		return nil
	}
	return c.refuse("%q is not a JSON value", "%q 不是合法的 JSON 值", shown(string(c.text)))
}

// isPlainNumber is a quick yes for most numbers: digits, maybe a sign before and a point within.
func isPlainNumber(b []byte) bool {
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	point := false
	for i, c := range b {
		if c == '.' && !point && i > 0 && i < len(b)-1 {
			point = true
		} else if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0 && (b[0] != '0' || len(b) == 1 || b[1] == '.')
}
