package layers

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/twpayne/go-geom"
)

// Feature is one row of a layer.
type Feature struct {
	ID         string // the key as text; "" in a layer without a key
	Geometry   geom.T // x, y (, z) order, in the SRID asked for; nil when null
	Properties []any  // in the order of the layer's Properties, or of those asked for: nil, string, int64, float64, json.Number, bool or any JSON value
	Version    int64  // of the row; 0 where the layer keeps none
}

// Zone is the zone of times and days that name none, and that times are shown in; the county has one, without summer time.
var Zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// scanFeature reads a row of what selection.columns lists, and into more what comes behind it.
func scanFeature(row pgx.Row, l *Layer, more ...any) (Feature, error) {
	var r rowOf
	if err := row.Scan(append(r.dest(l), more...)...); err != nil {
		return Feature{}, err
	}
	return r.feature(l)
}

// rowOf is a feature as the driver reads it.
type rowOf struct {
	id         *string
	wkb        []byte
	version    *int64
	properties []any
}

// dest is where the driver puts what selection.columns lists.
func (r *rowOf) dest(l *Layer) []any {
	r.properties = make([]any, len(l.Properties))
	dest := make([]any, 0, len(r.properties)+3)
	dest = append(dest, &r.id, &r.wkb, &r.version)
	for i := range r.properties {
		dest = append(dest, &r.properties[i])
	}
	return dest
}

func (r *rowOf) feature(l *Layer) (f Feature, err error) {
	if r.id != nil {
		f.ID = *r.id
	}
	if r.version != nil {
		f.Version = *r.version
	}
	f.Properties = r.properties
	for i, p := range l.Properties {
		f.Properties[i] = plain(f.Properties[i], p.Type)
	}
	f.Geometry, err = decodeGeometry(r.wkb)
	return f, err
}

// plain turns what the driver made of a value into one of the kinds that Feature promises.
func plain(v any, t Type) any {
	switch v := v.(type) {
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case float32:
		return json.Number(strconv.FormatFloat(float64(v), 'g', -1, 32))
	case pgtype.Numeric:
		b, err := v.MarshalJSON()
		if err != nil || v.NaN || v.InfinityModifier != pgtype.Finite {
			return nil
		}
		return json.Number(b)
	case time.Time:
		if t == Date {
			return v.Format(time.DateOnly)
		}
		return v.In(Zone).Format(time.RFC3339Nano)
	case pgtype.InfinityModifier:
		return fmt.Sprint(v)
	}
	return v
}
