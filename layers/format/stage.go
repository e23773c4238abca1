package format

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
)

// stage is the staging table of one import, onemap.import_<id>: unlogged, and gone with the import. An advisory lock on
// its id, held by the import's own connection, tells the living from the left over.
type stage struct {
	conn *pgx.Conn
	name string
}

const stageLock = 0x696d70 // first key of the advisory locks; the second is the id

// newStage chooses an id, and takes away what imports that were killed have left.
func newStage(ctx context.Context, conn *pgx.Conn) (*stage, error) {
	if _, err := conn.Exec(ctx, "set client_min_messages = error; set jit = off"); err != nil {
		return nil, err
	}
	if err := sweep(ctx, conn); err != nil {
		return nil, fmt.Errorf("sweep staging tables: %w", err)
	}
	var id [4]byte
	if _, err := rand.Read(id[:]); err != nil {
		return nil, err
	}
	id[0] &= 0x7f
	s := &stage{conn: conn, name: "import_" + hex.EncodeToString(id[:])}
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1::int, ('x' || $2)::bit(32)::int)", stageLock, hex.EncodeToString(id[:])); err != nil {
		return nil, fmt.Errorf("lock staging table: %w", err)
	}
	return s, nil
}

// sweep drops the staging tables nobody works on.
func sweep(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `select substr(c.relname, 8) from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = 'onemap' and c.relkind = 'r' and c.relname ~ '^import_[0-9a-f]{8}$'`)
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, id := range ids {
		var free bool
		err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1::int, ('x' || $2)::bit(32)::int)", stageLock, id).Scan(&free)
		if err != nil {
			return err
		}
		if !free {
			continue
		}
		// A child of the killed import may still hold the table: do not wait, the next sweep takes it.
		_, err = conn.Exec(ctx, "begin; set local lock_timeout = '1s'; drop table if exists onemap.import_"+id+"; commit")
		if err != nil {
			if _, err := conn.Exec(ctx, "rollback"); err != nil {
				return err
			}
		}
		if _, err := conn.Exec(ctx, "select pg_advisory_unlock($1::int, ('x' || $2)::bit(32)::int)", stageLock, id); err != nil {
			return err
		}
	}
	return nil
}

// drop takes the table away; a failure leaves it to the next sweep.
func (s *stage) drop(ctx context.Context) {
	_, _ = s.conn.Exec(ctx, "drop table if exists onemap."+s.name)
}

func (s *stage) database() string { return s.conn.Config().Database }

// environment tells libpq in the child where the database is, so that no password stands on a command line.
func (s *stage) environment() []string {
	c := s.conn.Config()
	env := []string{"PGHOST=" + c.Host, "PGPORT=" + strconv.Itoa(int(c.Port)), "PGUSER=" + c.User, "PGPASSWORD=" + c.Password,
		"PGAPPNAME=onemap import", "PGCLIENTENCODING=UTF8", "PGOPTIONS=-c client_min_messages=error"}
	if u, err := url.Parse(c.ConnString()); err == nil {
		for param, name := range map[string]string{"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"} {
			if v := u.Query().Get(param); v != "" {
				env = append(env, name+"="+v)
			}
		}
	}
	return env
}

// shape is what the geometries of the staging table are like.
type shape struct {
	rows, null, repaired int64
	kind                 string // type of the layer; "" = no geometries
	z                    bool
	bounds               *layers.Bounds
	mean                 float64 // size of one feature in degrees: the longer side of its bounds, on average
	warnings             []string
}

// inspect repairs invalid geometries in place and then measures. Repair keeps the dimension: what MakeValid makes of a
// polygon besides polygons is dust.
func (s *stage) inspect(ctx context.Context, geometry bool) (shape, error) {
	var sh shape
	table := "onemap." + s.name
	if !geometry {
		err := s.conn.QueryRow(ctx, "select count(*) from "+table).Scan(&sh.rows)
		return sh, err
	}
	tag, err := s.conn.Exec(ctx, `update `+table+` t set geom = r.g from (
			select ogc_fid, st_multi(st_collectionextract(st_makevalid(geom), st_dimension(geom) + 1)) as g
			from `+table+` where st_dimension(geom) < 3 and not st_isvalid(geom)) r
		where r.ogc_fid = t.ogc_fid and not st_isempty(r.g)`)
	if err != nil {
		return sh, fmt.Errorf("repair geometries: %w", err)
	}
	sh.repaired = tag.RowsAffected()
	var points, multipoints, lines, areas, others, heights, declared int64
	var box [4]*float64
	err = s.conn.QueryRow(ctx, `
		select count(*), count(*) filter (where geom is null or st_isempty(geom)),
		       count(*) filter (where k = 'ST_Point'), count(*) filter (where k = 'ST_MultiPoint' and st_numgeometries(geom) > 1),
		       count(*) filter (where k in ('ST_LineString', 'ST_MultiLineString', 'ST_CompoundCurve', 'ST_CircularString', 'ST_MultiCurve')),
		       count(*) filter (where k in ('ST_Polygon', 'ST_MultiPolygon', 'ST_CurvePolygon', 'ST_MultiSurface')),
		       count(*) filter (where k in ('ST_GeometryCollection', 'ST_Tin', 'ST_PolyhedralSurface', 'ST_Triangle')),
		       count(*) filter (where st_zmin(geom) <> 0 or st_zmax(geom) <> 0), count(*) filter (where st_zmflag(geom) in (2, 3)),
		       min(st_xmin(geom)), min(st_ymin(geom)), max(st_xmax(geom)), max(st_ymax(geom)),
		       coalesce(avg(greatest(st_xmax(geom) - st_xmin(geom), st_ymax(geom) - st_ymin(geom))), 0)
		from (select geom, st_geometrytype(geom) as k from `+table+`) g`).
		Scan(&sh.rows, &sh.null, &points, &multipoints, &lines, &areas, &others, &heights, &declared,
			&box[0], &box[1], &box[2], &box[3], &sh.mean)
	if err != nil {
		return sh, fmt.Errorf("look at geometries: %w", err)
	}
	sh.z = declared > 0 && heights > 0
	if box[0] != nil && box[1] != nil && box[2] != nil && box[3] != nil {
		sh.bounds = &layers.Bounds{*box[0], *box[1], *box[2], *box[3]}
	}
	sh.settle(points, multipoints, lines, areas, others)
	return sh, sh.plausible()
}

// settle chooses the layer's type: lines and areas are always Multi; several kinds share the type Geometry.
func (s *shape) settle(points, multipoints, lines, areas, others int64) {
	full := s.rows - s.null
	switch {
	case full == 0:
		s.kind, s.z = "Geometry", false
		s.warnings = append(s.warnings, "no feature has a geometry: there is nothing to draw")
	case lines == full:
		s.kind = "MultiLineString"
	case areas == full:
		s.kind = "MultiPolygon"
	case lines+areas+others == 0 && multipoints > 0:
		s.kind = "MultiPoint"
	case lines+areas+others == 0:
		s.kind = "Point"
	default:
		s.kind = "Geometry"
		s.warnings = append(s.warnings, fmt.Sprintf("the file mixes points, lines and areas (%d areas, %d lines, %d points, %d others): "+
			"they share one layer, but are better kept apart", areas, lines, full-areas-lines-others, others))
	}
}

// plausible refuses what can not be on the map: almost always a wrong coordinate system.
func (s *shape) plausible() error {
	b := s.bounds
	if b == nil {
		return nil
	}
	if b[0] < -180.000001 || b[2] > 180.000001 || b[1] < -85.06 || b[3] > 85.06 {
		return fmt.Errorf("%w: the features reach from %.6g, %.6g to %.6g, %.6g degrees, which is outside the map (±180, ±85.06): "+
			"either the coordinate system is another one (say it with --srid) or the file has stray points", layers.ErrInvalid, b[0], b[1], b[2], b[3])
	}
	return nil
}

// expression turns a geometry of the staging table into one of the layer's type.
func (s *shape) expression() string {
	g := "st_curvetoline(geom)"
	switch s.kind {
	case "Point":
		g = "st_geometryn(geom, 1)"
	case "Geometry":
	default:
		g = "st_multi(" + g + ")"
	}
	force := "st_force2d"
	if s.z {
		force = "st_force3dz"
	}
	return "case when not st_isempty(geom) then " + force + "(" + g + ") end"
}

// columns are the types of the staging table's columns.
func (s *stage) columns(ctx context.Context) (map[string]string, error) {
	rows, err := s.conn.Query(ctx, `select attname, format_type(atttypid, -1) from pg_attribute
		where attrelid = $1::text::regclass and attnum > 0 and not attisdropped`, "onemap."+s.name)
	if err != nil {
		return nil, err
	}
	kinds := map[string]string{}
	var name, kind string
	_, err = pgx.ForEachRow(rows, []any{&name, &kind}, func() error {
		kinds[name] = kind
		return nil
	})
	return kinds, err
}
