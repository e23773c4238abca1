package format

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"onemap/layers"
)

// A dBASE table is a header of 32 bytes, 32 bytes per field and a terminator, then records of fixed width.
const (
	dbfHeader   = 32
	dbfField    = 32
	dbfLanguage = 29 // LDID: the code page, by a number
)

// dbf is the attribute table of a shapefile, as far as its header goes.
type dbf struct {
	header []byte // all of it, fields and terminator included
	record int    // bytes per record
	fields []dbfColumn
}

type dbfColumn struct {
	name  []byte // as in the file, up to 10 bytes in its encoding, maybe cut within a character
	kind  byte   // C N F D L …
	at    int    // offset within the record
	width int
}

// readDBF reads the header. It returns layers.ErrInvalid when it is not one.
func readDBF(r io.Reader) (*dbf, error) {
	head := make([]byte, dbfHeader)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, fmt.Errorf("%w: the .dbf ends within its header", layers.ErrInvalid)
	}
	size := int(binary.LittleEndian.Uint16(head[8:]))
	d := &dbf{record: int(binary.LittleEndian.Uint16(head[10:]))}
	if size <= dbfHeader || d.record == 0 {
		return nil, fmt.Errorf("%w: the .dbf has no fields", layers.ErrInvalid)
	}
	d.header = append(head, make([]byte, size-dbfHeader)...)
	if _, err := io.ReadFull(r, d.header[dbfHeader:]); err != nil {
		return nil, fmt.Errorf("%w: the .dbf ends within its header", layers.ErrInvalid)
	}
	at := 1 // the first byte of a record tells whether it is deleted
	for off := dbfHeader; off+dbfField <= size && d.header[off] != '\r'; off += dbfField {
		f := d.header[off : off+dbfField]
		c := dbfColumn{kind: f[11], at: at, width: int(f[16])}
		if c.kind == 'C' { // long text keeps the high byte of its width where numbers keep decimals
			c.width += int(f[17]) << 8
		}
		c.name = bytes.TrimRight(bytes.SplitN(f[:11], []byte{0}, 2)[0], " ")
		at += c.width
		if at > d.record {
			return nil, fmt.Errorf("%w: the .dbf says its records have %d bytes, but its fields need more", layers.ErrInvalid, d.record)
		}
		d.fields = append(d.fields, c)
	}
	return d, nil
}

// texts gives every text value of the records that follow the header, in bytes without the padding.
func (d *dbf) texts(r io.Reader, each func(value []byte)) error {
	return d.records(r, func(rec []byte) error {
		for _, f := range d.fields {
			if f.kind == 'C' {
				each(bytes.TrimRight(rec[f.at:f.at+f.width], " \x00"))
			}
		}
		return nil
	})
}

func (d *dbf) records(r io.Reader, each func(rec []byte) error) error {
	buf := bufio.NewReaderSize(r, 1<<20)
	rec := make([]byte, d.record)
	for {
		_, err := io.ReadFull(buf, rec)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil // the last byte is an end mark; a cut record is GDAL's to report
		}
		if err != nil {
			return err
		}
		if err := each(rec); err != nil {
			return err
		}
	}
}

// plain writes the table again with fields called F1, F2 …, no code page number, and text that ends where its last
// whole character does. It returns how many values were cut within a character.
func (d *dbf) plain(r io.Reader, path string, e encoding) (mended int, err error) {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := bufio.NewWriterSize(out, 1<<20)
	header := bytes.Clone(d.header)
	header[dbfLanguage] = 0
	for i := range d.fields {
		name := header[dbfHeader+i*dbfField:][:11]
		clear(name)
		copy(name, "F"+strconv.Itoa(i+1))
	}
	w.Write(header)
	err = d.records(r, func(rec []byte) error {
		for _, f := range d.fields {
			if f.kind != 'C' {
				continue
			}
			value := bytes.TrimRight(rec[f.at:f.at+f.width], " \x00")
			if whole := e.whole(value); whole < len(value) {
				copy(value[whole:], bytes.Repeat([]byte{' '}, len(value)-whole))
				mended++
			}
		}
		_, err := w.Write(rec)
		return err
	})
	if err != nil {
		return mended, err
	}
	w.WriteByte(0x1a)
	return mended, w.Flush()
}

// titles are the field names for people.
func (d *dbf) titles(e encoding) []string {
	var names []string
	for i, f := range d.fields {
		name := strings.TrimSpace(e.text(f.name[:e.whole(f.name)]))
		if name == "" {
			name = "字段" + strconv.Itoa(i+1)
		}
		names = append(names, name)
	}
	return names
}
