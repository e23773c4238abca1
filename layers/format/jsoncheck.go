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
)

// checkJSON reads a GeoJSON file once, without keeping it, and says where it is no JSON, or no GeoJSON by its structure
// (RFC 7946, 3). A value longer than limit bytes between two features, as of a file that never ends, is refused too.
func checkJSON(ctx context.Context, path string, limit int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	c := &jsonCheck{ctx: ctx, in: bufio.NewReaderSize(f, 1<<18), line: 1, limit: limit}
	if mark, _ := c.in.Peek(3); string(mark) == "\xef\xbb\xbf" {
		c.in.Discard(3) // three bytes that were peeked at
	}
	if err := c.value(0, ""); err != nil {
		return err
	}
	if b, err := c.next(); err == nil {
		return c.refuse("after the end of the object follows %q", "对象结束后还有多余内容 %q", string(rune(b)))
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// jsonCheck is a scanner of JSON that knows where it is.
type jsonCheck struct {
	ctx    context.Context
	in     *bufio.Reader
	offset int64
	line   int
	column int
	since  int64 // offset where the current feature began
	limit  int
	key    []byte
}

const jsonDepth = 200

func (c *jsonCheck) refuse(en, zh string, args ...any) error {
	w := Say(en, zh, args...)
	where := Say("line %d, column %d: ", "第 %d 行第 %d 列：", c.line, max(c.column, 1))
	return &refusal{Words{En: where.En + w.En, Zh: where.Zh + w.Zh}}
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
	if c.offset-c.since > int64(c.limit) {
		return 0, refuse("from line %d on one feature has more than %d MB: the file is damaged, or never ends", "第 %d 行起单个要素超过 %d MB：文件已损坏或没有结尾", c.line, c.limit>>20)
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
		return c.refuse("the file ends in the middle of the JSON; it was cut off", "文件在 JSON 中间结束，内容不完整")
	}
	return err
}

// value reads any value; key is the member it stands in.
func (c *jsonCheck) value(depth int, key string) error {
	b, err := c.must()
	if err != nil {
		return err
	}
	return c.valueFrom(b, depth, key)
}

func (c *jsonCheck) valueFrom(b byte, depth int, key string) error {
	if depth > jsonDepth {
		return c.refuse("values lie more than %d deep in each other", "嵌套超过 %d 层", jsonDepth)
	}
	switch {
	case b == '{':
		return c.object(depth)
	case b == '[':
		if key == "properties" && depth > 0 {
			return c.refuse(`"properties" must be an object, but is a list`, `"properties" 应为对象，却是数组`)
		}
		return c.array(depth, key)
	case b == '"':
		return c.text(nil)
	case b == '-' || b >= '0' && b <= '9' || b == 't' || b == 'f' || b == 'n' || b == 'N' || b == 'I':
		return c.word(b)
	}
	return c.refuse("%q is no JSON value", "%q 不是合法的 JSON 值", string(rune(b)))
}

func (c *jsonCheck) object(depth int) error {
	for first := true; ; first = false {
		b, err := c.must()
		if err != nil {
			return err
		}
		if b == '}' && first {
			return nil
		}
		if b != '"' {
			return c.refuse("a name in quotes is wanted, but there is %q", "此处应为带引号的名称，却是 %q", string(rune(b)))
		}
		c.key = c.key[:0]
		if err := c.text(&c.key); err != nil {
			return err
		}
		key := string(c.key)
		if b, err = c.must(); err != nil {
			return err
		}
		if b != ':' {
			return c.refuse("a colon is wanted after %q, but there is %q", "%q 之后应为冒号，却是 %q", key, string(rune(b)))
		}
		if err := c.value(depth+1, key); err != nil {
			return err
		}
		if b, err = c.must(); err != nil {
			return err
		}
		if b == '}' {
			return nil
		}
		if b != ',' {
			return c.refuse("a comma or } is wanted, but there is %q", "此处应为逗号或 }，却是 %q", string(rune(b)))
		}
	}
}

func (c *jsonCheck) array(depth int, key string) error {
	for first := true; ; first = false {
		if depth == 1 && key == "features" {
			c.since = c.offset
		}
		b, err := c.must()
		if err != nil {
			return err
		}
		if b == ']' && first {
			return nil
		}
		if err := c.valueFrom(b, depth+1, ""); err != nil {
			return err
		}
		if b, err = c.must(); err != nil {
			return err
		}
		if b == ']' {
			return nil
		}
		if b != ',' {
			return c.refuse("a comma or ] is wanted, but there is %q", "此处应为逗号或 ]，却是 %q", string(rune(b)))
		}
	}
}

// text reads on to the closing quote; to takes the bytes as they stand, if not nil.
func (c *jsonCheck) text(to *[]byte) error {
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
		if to != nil && len(*to) < 100 {
			*to = append(*to, b)
		}
	}
}

// word reads on to the end of a number, or of true, false, null; NaN and Infinity, which some write, are GDAL's to judge.
func (c *jsonCheck) word(b byte) error {
	word := []byte{b}
	for {
		next, err := c.in.Peek(1)
		if err != nil || strings.IndexByte(" \t\r\n,]}:", next[0]) >= 0 {
			break
		}
		if b, err = c.byte(); err != nil {
			return c.early(err)
		}
		if word = append(word, b); len(word) > 400 {
			break
		}
	}
	if json.Valid(word) || string(word) == "NaN" || strings.TrimLeft(string(word), "-") == "Infinity" {
		return nil
	}
	return c.refuse("%s is no JSON value", "%s 不是合法的 JSON 值", fmt.Sprintf("%q", shown(string(word))))
}
