package layers

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

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

// featureColumns is how many columns selection.columns lists before the properties: id, geometry, version.
const featureColumns = 3

// feature reads what selection.columns lists, from a column on.
func (r *rowReader) feature(l *Layer, at int) (f Feature, err error) {
	f.ID = string(r.raw[at])
	if f.Geometry, err = decodeGeometry(r.raw[at+1], r.kept); err != nil {
		return f, err
	}
	if v, err := r.value(at + 2); err != nil {
		return f, err
	} else if v != nil {
		f.Version = v.(int64) // the column is a bigint
	}
	if f.Properties = r.properties; f.Properties == nil {
		f.Properties = make([]any, len(l.Properties))
	}
	for i := range f.Properties {
		if f.Properties[i], err = r.value(at + featureColumns + i); err != nil {
			return f, err
		}
	}
	return f, nil
}

// plain turns what the driver made of a value into one of the kinds that Feature promises.
func plain(v any) any {
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
		return v.In(Zone).Format(time.RFC3339Nano)
	case pgtype.InfinityModifier:
		return fmt.Sprint(v)
	}
	return v
}
