package layers

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// rowReader reads the rows of one answer off the driver's bytes: for the types that most columns have, what the driver does for
// any type costs more than all else that a feature takes.
type rowReader struct {
	rows    pgx.Rows
	types   *pgtype.Map
	columns []columnReader
	raw     [][]byte // of the row, good until the next

	// What features are made in one after the other, each good until the next; nil = each has its own.
	kept       *keptGeometry
	properties []any
}

// columnReader is a column of an answer.
type columnReader struct {
	oid    uint32
	format int16
	texts  texts
}

// next goes to the next row. After the last, and after an error, which rows.Err tells, it returns false.
func (r *rowReader) next() bool {
	if !r.rows.Next() {
		return false
	}
	if r.columns == nil {
		r.types = r.rows.Conn().TypeMap()
		for _, f := range r.rows.FieldDescriptions() {
			r.columns = append(r.columns, columnReader{oid: f.DataTypeOID, format: f.Format})
		}
	}
	r.raw = r.rows.RawValues()
	return true
}

// scan reads columns from one on as the driver does.
func (r *rowReader) scan(at int, into ...any) error {
	for i, to := range into {
		c := &r.columns[at+i]
		if err := r.types.Scan(c.oid, c.format, r.raw[at+i], to); err != nil {
			return fmt.Errorf("column %d: %w", at+i, err)
		}
	}
	return nil
}

// value reads a column as one of the kinds that Feature promises.
func (r *rowReader) value(at int) (any, error) {
	c, b := &r.columns[at], r.raw[at]
	switch {
	case b == nil:
		return nil, nil
	case c.oid == pgtype.TextOID:
		return c.texts.of(b), nil // the same in both formats
	case c.format == pgx.BinaryFormatCode && len(b) == sizeOf(c.oid):
		return binaryValue(c.oid, b), nil
	}
	var v any
	if err := r.scan(at, &v); err != nil {
		return nil, err
	}
	return plain(v), nil
}

// sizeOf is how many bytes a value takes of the types that binaryValue knows; −1 for others.
func sizeOf(oid uint32) int {
	switch oid {
	case pgtype.BoolOID:
		return 1
	case pgtype.Int2OID:
		return 2
	case pgtype.Int4OID, pgtype.DateOID:
		return 4
	case pgtype.Int8OID, pgtype.Float8OID, pgtype.TimestamptzOID:
		return 8
	}
	return -1
}

func binaryValue(oid uint32, b []byte) any {
	switch oid {
	case pgtype.BoolOID:
		return b[0] != 0
	case pgtype.Int2OID:
		return int64(int16(binary.BigEndian.Uint16(b)))
	case pgtype.Int4OID:
		return int64(int32(binary.BigEndian.Uint32(b)))
	case pgtype.DateOID:
		return date(int32(binary.BigEndian.Uint32(b)))
	case pgtype.Float8OID:
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	case pgtype.TimestamptzOID:
		return timestamp(int64(binary.BigEndian.Uint64(b)))
	}
	return int64(binary.BigEndian.Uint64(b))
}

// date is a day counted from the first of January 2000, as text.
func date(days int32) any {
	switch days {
	case math.MaxInt32:
		return "infinity"
	case math.MinInt32:
		return "-infinity"
	}
	return time.Date(2000, 1, 1+int(days), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// timestamp is a moment counted in microseconds from the beginning of the year 2000 (UTC), as text.
func timestamp(microseconds int64) any {
	switch microseconds {
	case math.MaxInt64:
		return "infinity"
	case math.MinInt64:
		return "-infinity"
	}
	const year2000 = 946_684_800 // seconds from 1970
	return time.Unix(year2000+microseconds/1e6, microseconds%1e6*1000).In(Zone).Format(time.RFC3339Nano)
}

// texts keeps the last texts of a column in the form that a feature has them in: most columns have the same few again and again,
// and one that has not is left alone soon.
type texts struct {
	kept      [64]any
	hit, miss int
}

// of is b as text.
func (t *texts) of(b []byte) any {
	if t.miss > 256+4*t.hit {
		return string(b)
	}
	h := uint32(len(b))
	for _, c := range b[max(0, len(b)-12):] { // the ends of codes and names differ
		h = h*31 + uint32(c)
	}
	kept := &t.kept[h%uint32(len(t.kept))]
	if s, ok := (*kept).(string); ok && s == string(b) {
		t.hit++
		return *kept
	}
	t.miss++
	*kept = string(b)
	return *kept
}
