package format

import (
	"bufio"
	"bytes"
	"errors"
	"html"
	"io"
	"strconv"
	"strings"
)

// xmlTokens goes through the XML of office documents, which is simple: no document type, no processing. It holds one tag or
// one text at a time, neither longer than a limit, and knows only the five entities and characters by number.
type xmlTokens struct {
	in    *bufio.Reader
	limit int
	text  []byte
	tag   []byte
}

// xmlToken is a tag or the text between two; good until the next.
type xmlToken struct {
	name  string // of a tag, without its prefix; "" = text
	end   bool   // </name>; what is <name/> comes as both
	empty bool   // <name/>
	raw   []byte // attributes of a tag; a text
}

const xmlMaxToken = 1 << 20

func newXMLTokens(in io.Reader) *xmlTokens {
	return &xmlTokens{in: bufio.NewReaderSize(in, 64<<10), limit: xmlMaxToken}
}

// next returns the next token; io.EOF after the last.
func (x *xmlTokens) next() (xmlToken, error) {
	for {
		text, err := x.until('<', x.text[:0])
		x.text = text
		if len(text) > 0 {
			if err == nil {
				err = x.in.UnreadByte() // the tag is for the next call
			}
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return xmlToken{raw: text}, err
		}
		if err != nil {
			return xmlToken{}, err
		}
		if token, ok, err := x.readTag(); ok || err != nil {
			return token, err
		}
	}
}

// readTag reads what stands between < and >; not ok where it says nothing.
func (x *xmlTokens) readTag() (token xmlToken, ok bool, err error) {
	if x.tag, err = x.until('>', x.tag[:0]); err != nil {
		return token, false, cutOff(err)
	}
	tag := x.tag
	switch {
	case bytes.HasPrefix(tag, []byte("!--")):
		return token, false, x.comment(tag)
	case bytes.HasPrefix(tag, []byte("![CDATA[")):
		return x.cdata(tag)
	case bytes.HasPrefix(tag, []byte("!")):
		return token, false, refuse("the document declares a document type or entities, which no office program writes", "文档声明了 DTD 或实体，办公软件不会写出此类内容，已拒绝读取")
	case bytes.HasPrefix(tag, []byte("?")):
		return token, false, nil
	}
	if tag, token.end = bytes.CutPrefix(tag, []byte("/")); !token.end {
		tag, token.empty = bytes.CutSuffix(tag, []byte("/"))
	}
	name, attributes := tag, []byte(nil)
	if i := bytes.IndexAny(tag, " \t\r\n"); i >= 0 {
		name, attributes = tag[:i], tag[i:]
	}
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	token.name, token.raw = internName(name), attributes
	return token, true, nil
}

// cutOff says so where the end came too early; other errors are as they are.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return refuse("the document is cut off", "文档不完整，内容中断")
	}
	return err
}

// internName spares the names that sheets are full of an allocation.
func internName(name []byte) string {
	for _, known := range [...]string{"c", "v", "row", "t", "is", "f", "si", "r"} {
		if string(name) == known {
			return known
		}
	}
	return string(name)
}

func (x *xmlTokens) comment(tag []byte) (err error) {
	for !bytes.HasSuffix(tag, []byte("--")) || len(tag) < 5 {
		if x.tag, err = x.until('>', x.tag[:0]); err != nil {
			return cutOff(err)
		}
		tag = append([]byte("!--"), x.tag...)
	}
	return nil
}

func (x *xmlTokens) cdata(tag []byte) (xmlToken, bool, error) {
	for !bytes.HasSuffix(tag, []byte("]]")) {
		var err error
		if tag, err = x.until('>', append(tag, '>')); err != nil {
			return xmlToken{}, false, cutOff(err)
		}
	}
	x.tag = tag
	text := html.EscapeString(string(tag[len("![CDATA[") : len(tag)-len("]]")]))
	return xmlToken{raw: []byte(text)}, true, nil
}

// until adds what comes before the byte, which it goes over.
func (x *xmlTokens) until(end byte, b []byte) ([]byte, error) {
	for {
		piece, err := x.in.ReadSlice(end)
		if b = append(b, piece...); len(b) > x.limit {
			return b, refuse("the document has a text of more than %d bytes in one piece", "文档中有一段文本超过 %d 字节", x.limit)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return b, err
		}
		return b[:len(b)-1], nil
	}
}

// attribute returns a tag's attribute, by its name without prefix; "" = it has none.
func (t xmlToken) attribute(name string) string {
	rest := t.raw
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		equals := bytes.IndexByte(rest, '=')
		if equals < 0 {
			return ""
		}
		key := bytes.TrimRight(rest[:equals], " \t\r\n")
		rest = bytes.TrimLeft(rest[equals+1:], " \t\r\n")
		if len(rest) == 0 {
			return ""
		}
		close := bytes.IndexByte(rest[1:], rest[0])
		if close < 0 {
			return ""
		}
		if i := bytes.IndexByte(key, ':'); i >= 0 && string(key[:i]) != "xmlns" {
			key = key[i+1:]
		}
		if string(key) == name {
			return unescapeXML(rest[1 : 1+close])
		}
		rest = rest[close+2:]
	}
}

// unescapeXML resolves entities, by name the five of XML, and line ends.
func unescapeXML(b []byte) string {
	if bytes.IndexByte(b, '&') < 0 {
		return string(b)
	}
	var out strings.Builder
	for {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			out.Write(b)
			return out.String()
		}
		out.Write(b[:i])
		b = b[i:]
		end := bytes.IndexByte(b[:min(len(b), 12)], ';')
		if end < 0 {
			out.WriteByte('&')
			b = b[1:]
			continue
		}
		out.WriteString(entity(string(b[1:end])))
		b = b[end+1:]
	}
}

func entity(name string) string {
	switch name {
	case "amp":
		return "&"
	case "lt":
		return "<"
	case "gt":
		return ">"
	case "quot":
		return `"`
	case "apos":
		return "'"
	}
	if digits, ok := strings.CutPrefix(name, "#"); ok {
		base := 10
		if hex, ok := strings.CutPrefix(strings.ToLower(digits), "x"); ok {
			digits, base = hex, 16
		}
		if n, err := strconv.ParseUint(digits, base, 21); err == nil && n > 0 {
			return string(rune(n))
		}
	}
	return "\uFFFD"
}
