package format

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
)

// textFile is a file of text whose encoding is settled. It is read as UTF-8, any number of times.
type textFile struct {
	path     string
	size     int64
	mark     int64 // bytes of the byte order mark
	encoding encoding
	notes    []Note
}

// The encodings that GDAL has no use for: UTF-16 in both orders.
var (
	utf16le = encoding{name: "UTF-16LE", code: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}
	utf16be = encoding{name: "UTF-16BE", code: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}
)

// openText settles the encoding of a file of text: as told, by its byte order mark, or by all of its text.
func openText(ctx context.Context, path, told string) (*textFile, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return nil, err
	}
	head := make([]byte, 4096)
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	t := &textFile{path: path, size: info.Size()}
	marked, mark := markedEncoding(head[:n])
	t.mark = int64(mark)
	switch {
	case told != "":
		if t.encoding, err = namedEncoding(told); err != nil {
			return nil, err
		}
		t.encoding.how = "as told"
	case marked.name != "":
		t.encoding = marked
	default:
		if err := t.findEncoding(ctx); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// markedEncoding tells UTF-8 and UTF-16 by their byte order mark and its length; UTF-16 without one by its many zeros.
func markedEncoding(head []byte) (e encoding, mark int) {
	for _, m := range []struct {
		mark string
		e    encoding
	}{{"\xef\xbb\xbf", utf8Text}, {"\xff\xfe", utf16le}, {"\xfe\xff", utf16be}} {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			m.e.how = "byte order mark"
			return m.e, len(m.mark)
		}
	}
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	switch few := len(head) / 8; {
	case zeros[1] > few && zeros[0] <= few/8:
		e = utf16le
	case zeros[0] > few && zeros[1] <= few/8:
		e = utf16be
	default:
		return e, 0
	}
	e.how = "every other byte is zero"
	return e, 0
}

// findEncoding reads the whole file.
func (t *textFile) findEncoding(ctx context.Context) (err error) {
	t.encoding, t.notes, err = decide("", nil, func(w *witness) error {
		in, err := os.Open(t.path)
		if err != nil {
			return err
		}
		defer in.Close()
		return seeLines(ctx, in, w)
	})
	return err
}

// seeLines shows the witness the text line by line, or in megabytes where lines are longer.
func seeLines(ctx context.Context, in io.Reader, w *witness) error {
	buffered := bufio.NewReaderSize(in, 1<<20)
	for ctx.Err() == nil {
		piece, err := buffered.Peek(buffered.Size())
		if len(piece) == 0 {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if end := bytes.LastIndexByte(piece, '\n'); end >= 0 {
			piece = piece[:end+1]
		}
		for line := range bytes.Lines(piece) {
			w.see(line)
		}
		if _, err := buffered.Discard(len(piece)); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// open returns the text as valid UTF-8 without its byte order mark. What is no character of the encoding is U+FFFD.
func (t *textFile) open() (io.ReadCloser, error) {
	in, err := os.Open(t.path)
	if err != nil {
		return nil, err
	}
	if _, err := in.Seek(t.mark, io.SeekStart); err != nil {
		in.Close()
		return nil, err
	}
	decode := transform.Transformer(runes.ReplaceIllFormed())
	if t.encoding.name != utf8Text.name {
		decode = transform.Chain(t.encoding.code.NewDecoder(), decode)
	}
	return struct {
		io.Reader
		io.Closer
	}{transform.NewReader(in, decode), in}, nil
}

// lineReader gives the lines of a text without their ends, one after the other in the same memory.
type lineReader struct {
	in     *bufio.Reader
	longer []byte
	number int // of the line last given, from 1
	limit  int // of a line, in bytes
}

func newLineReader(in io.Reader, limit int) *lineReader {
	return &lineReader{in: bufio.NewReaderSize(in, 64<<10), limit: limit}
}

// next returns the next line without its end, good until the one after it; io.EOF after the last.
func (r *lineReader) next() ([]byte, error) {
	line, err := r.whole()
	return bytes.TrimRight(line, "\r\n"), err
}

// whole returns the next line with its end.
func (r *lineReader) whole() ([]byte, error) {
	r.longer = r.longer[:0]
	r.number++
	for {
		piece, err := r.in.ReadSlice('\n')
		if len(r.longer)+len(piece) > r.limit {
			return nil, refuse("line %d is longer than %d bytes: this is no file of text lines", "第 %d 行超过 %d 字节，不是按行书写的文本文件", r.number, r.limit)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			r.longer = append(r.longer, piece...)
			continue
		}
		if len(r.longer) > 0 {
			r.longer = append(r.longer, piece...)
			piece = r.longer
		}
		if err != nil && (len(piece) == 0 || !errors.Is(err, io.EOF)) {
			return nil, err
		}
		return piece, nil
	}
}
