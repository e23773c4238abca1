package layers

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// copying is one COPY in PostgreSQL's binary format (its manual, COPY, "Binary Format"). It does what pgx.CopyFrom does,
// with two differences: values of the usual types are written without asking a type map about each, which was half of
// the time that a load took of us, and rows may be frozen.
type copying struct {
	rows    pgx.CopyFromSource
	columns []copyColumn
	version []byte // of a last column, the same in all rows; nil = there is none
	row     int64  // that is being taken, from 1
	buf     []byte
	at      int // of buf, what was read
	ended   bool
	err     error
}

// copyColumn is a column that values are written for.
type copyColumn struct {
	types *pgtype.Map
	oid   uint32
	as    copiedAs
}

// copiedAs is how the usual values of a column are written.
type copiedAs uint8

const (
	copyOther copiedAs = iota // as the driver does
	copyText
	copyBytes // of a type that takes them as they are: geometry
	copyFloat8
	copyInt8
	copyInt4
)

func newCopyColumn(types *pgtype.Map, oid uint32) copyColumn {
	c := copyColumn{types: types, oid: oid}
	switch oid {
	case pgtype.TextOID, pgtype.VarcharOID:
		c.as = copyText
	case pgtype.Float8OID:
		c.as = copyFloat8
	case pgtype.Int8OID:
		c.as = copyInt8
	case pgtype.Int4OID:
		c.as = copyInt4
	default:
		if t, known := types.TypeForOID(oid); !known || t.Name == "geometry" {
			c.as = copyBytes
		}
	}
	return c
}

// copySignature opens the stream: a signature, no flags, no extension.
const copySignature = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// copyOptions say how rows are copied.
type copyOptions struct {
	version int64 // written to column version; 0 = the column's default
	freeze  bool  // rows of a table made in this transaction: nobody has to look at them again to know that they are there
}

// copyRows is COPY. A value that is none of its column's type is ErrInvalid with the row, from 1.
func copyRows(ctx context.Context, tx pgx.Tx, table pgx.Identifier, columns []string, rows pgx.CopyFromSource, opt copyOptions) (int64, error) {
	c := &copying{rows: rows, buf: []byte(copySignature)}
	quoted := make([]string, len(columns), len(columns)+1)
	for i, column := range columns {
		quoted[i] = ident(column)
	}
	described, err := tx.Prepare(ctx, "", fmt.Sprintf("select %s from %s", strings.Join(quoted, ", "), table.Sanitize()))
	if err != nil {
		return 0, err
	}
	for _, f := range described.Fields {
		c.columns = append(c.columns, newCopyColumn(tx.Conn().TypeMap(), f.DataTypeOID))
	}
	if opt.version != 0 {
		quoted = append(quoted, "version")
		c.version = binary.BigEndian.AppendUint64([]byte{0, 0, 0, 8}, uint64(opt.version))
	}
	how := "format binary"
	if opt.freeze {
		how += ", freeze"
	}
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, c, fmt.Sprintf("copy %s (%s) from stdin (%s)", table.Sanitize(), strings.Join(quoted, ", "), how))
	var pg *pgconn.PgError
	if c.err != nil && errors.As(err, &pg) && pg.Code == "57014" { // PostgreSQL only repeats why we gave up
		err = c.err
	}
	return tag.RowsAffected(), err
}

// Read gives the next bytes of the stream.
func (c *copying) Read(p []byte) (int, error) {
	for c.at == len(c.buf) {
		if c.ended {
			return 0, io.EOF
		}
		if c.err = c.fill(len(p)); c.err != nil {
			return 0, c.err
		}
	}
	n := copy(p, c.buf[c.at:])
	c.at += n
	return n, nil
}

// fill writes rows until so many bytes are there, or no more rows.
func (c *copying) fill(enough int) error {
	c.buf, c.at = c.buf[:0], 0
	for len(c.buf) < enough {
		c.row++
		if !c.rows.Next() {
			c.buf, c.ended = append(c.buf, 0xff, 0xff), true
			return c.rows.Err()
		}
		values, err := c.rows.Values()
		if err != nil {
			return err
		}
		if len(values) != len(c.columns) {
			return fmt.Errorf("row %d has %d values for %d columns", c.row, len(values), len(c.columns))
		}
		if err := c.add(values); err != nil {
			return err
		}
	}
	return nil
}

// add writes a row.
func (c *copying) add(values []any) (err error) {
	n := len(values)
	if c.version != nil {
		n++
	}
	c.buf = binary.BigEndian.AppendUint16(c.buf, uint16(n))
	for i, v := range values {
		if c.buf, err = c.columns[i].append(c.buf, v); err != nil {
			return Refuse(ErrInvalid, "row %d: %v", "第 %d 行：%v", c.row, err)
		}
	}
	c.buf = append(c.buf, c.version...)
	return nil
}

// append appends a value, its length before it. What it does not know the driver writes.
func (c copyColumn) append(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return binary.BigEndian.AppendUint32(b, null), nil
	case string:
		if c.as == copyText {
			return append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...), nil
		}
	case []byte:
		if c.as == copyBytes && v != nil {
			return append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...), nil
		}
	case float64:
		if c.as == copyFloat8 {
			return binary.BigEndian.AppendUint64(append(b, 0, 0, 0, 8), math.Float64bits(v)), nil
		}
	case int64:
		switch {
		case c.as == copyInt8:
			return binary.BigEndian.AppendUint64(append(b, 0, 0, 0, 8), uint64(v)), nil
		case c.as == copyInt4 && v == int64(int32(v)):
			return binary.BigEndian.AppendUint32(append(b, 0, 0, 0, 4), uint32(v)), nil
		}
	}
	return c.encode(b, v)
}

// null is the length of what is not there.
const null = math.MaxUint32

// encode has the driver write a value: as it is or, as text is given for all sorts of things, by way of text.
func (c copyColumn) encode(b []byte, v any) ([]byte, error) {
	start := len(b)
	written, err := c.types.Encode(c.oid, pgtype.BinaryFormatCode, v, append(b, 0, 0, 0, 0))
	if err != nil {
		text, ok := v.(string)
		var read any
		if !ok || c.types.Scan(c.oid, pgtype.TextFormatCode, []byte(text), &read) != nil {
			return nil, err
		}
		if written, err = c.types.Encode(c.oid, pgtype.BinaryFormatCode, read, append(b, 0, 0, 0, 0)); err != nil {
			return nil, err
		}
	}
	if written == nil {
		return binary.BigEndian.AppendUint32(b, null), nil
	}
	binary.BigEndian.PutUint32(written[start:], uint32(len(written)-start-4))
	return written, nil
}
