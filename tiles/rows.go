package tiles

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"onemap/tiles/mvt"
)

// rowReader returns what adds a row to a layer: its values are read where they lie, none is made an object of. Columns are
// those of select.sql: id, geometry, then properties of type text, bigint, float8 or boolean.
func rowReader(fields []pgconn.FieldDescription, layer *mvt.Layer) func(values [][]byte) error {
	set := make([]func(int, []byte), len(fields))
	for i := 2; i < len(fields); i++ {
		set[i] = setter(fields[i], layer)
	}
	return func(values [][]byte) error {
		id, wkb := int64(-1), values[1]
		if wkb == nil {
			return nil
		}
		if values[0] != nil {
			id = integer(fields[0], values[0])
		}
		for i := 2; i < len(values); i++ {
			if values[i] != nil {
				set[i](i-2, values[i])
			}
		}
		if _, err := layer.Add(id, wkb); err != nil {
			return fmt.Errorf("geometry of feature %d: %w", id, err)
		}
		return nil
	}
}

// setter sets a property of a type.
func setter(f pgconn.FieldDescription, layer *mvt.Layer) func(int, []byte) {
	switch f.DataTypeOID {
	case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID:
		return func(key int, v []byte) { layer.Integer(key, integer(f, v)) }
	case pgtype.Float8OID:
		return func(key int, v []byte) {
			if f.Format == pgx.BinaryFormatCode {
				layer.Number(key, math.Float64frombits(binary.BigEndian.Uint64(v)))
			} else if n, err := strconv.ParseFloat(string(v), 64); err == nil {
				layer.Number(key, n)
			}
		}
	case pgtype.BoolOID:
		return func(key int, v []byte) { layer.Boolean(key, v[0] == 1 || v[0] == 't') }
	}
	return layer.Text
}

func integer(f pgconn.FieldDescription, v []byte) int64 {
	if f.Format == pgx.BinaryFormatCode && len(v) == 8 {
		return int64(binary.BigEndian.Uint64(v))
	}
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil {
		return -1 // all of the columns are cast to bigint
	}
	return n
}
