package cql_test

import (
	"encoding/json"
	"strings"
	"testing"

	"onemap/layers"
	"onemap/layers/cql"
)

// What the standard's annex A expects of its classes beyond the basic ones: countries, places and rivers of Natural Earth.
var classes = map[string]map[string]int64{
	"ne_110m_admin_0_countries": {
		`S_INTERSECTS(geom, BBOX(0, 40, 10, 50))`: 8, `S_INTERSECTS(geom,BBOX(150,-90,-150,90))`: 10, `S_INTERSECTS(geom,POINT(7.02 49.92))`: 1,
		`S_INTERSECTS(geom,LINESTRING(0 40,10 50))`: 4, `S_INTERSECTS(geom,LINESTRING(-180 -45,0 -45))`: 2,
		`s_intersects(geom,MULTILINESTRING((-180 -45,0 -45),(0 45,180 45)))`:                                                                                       14,
		`S_INTERSECTS(geom,POLYGON((-180 -90,-90 -90,-90 90,-180 90,-180 -90),(-120 -50,-100 -50,-100 -40,-120 -40,-120 -50)))`:                                    8,
		`S_INTERSECTS(geom,MULTIPOLYGON(((-180 -90,-90 -90,-90 90,-180 90,-180 -90),(-120 -50,-100 -50,-100 -40,-120 -40,-120 -50)),((0 0,10 0,10 10,0 10,0 0))))`: 15,
		`S_INTERSECTS(geom,GEOMETRYCOLLECTION(POINT(7.02 49.92),POLYGON((0 0,10 0,10 10,0 10,0 0))))`:                                                              8,
		`S_DISJOINT(geom,BBOX(0,40,10,50))`: 169, `S_DISJOINT(geom,LINESTRING(0 40,10 50))`: 173, `S_DISJOINT(geom,POINT(7.02 49.92))`: 176,
		`S_TOUCHES(geom,POINT(6.043073357781111 50.128051662794235))`: 3, `S_TOUCHES(geom,POINT(6.242751092156993 49.90222565367873))`: 2,
		`S_TOUCHES(geom,LINESTRING(6.043073357781111 50.128051662794235,6.242751092156993 49.90222565367873))`: 3,
		`S_WITHIN(geom,BBOX(-180,-90,0,90))`: 44, `S_CONTAINS(geom,BBOX(7,50,8,51))`: 1, `S_CONTAINS(geom,LINESTRING(7 50,8 51))`: 1, `S_CONTAINS(geom,POINT(7.02 49.92))`: 1,
		`S_OVERLAPS(geom,BBOX(-180,-90,0,90))`: 11,
	},
	"ne_110m_rivers_lake_centerlines": {
		`S_INTERSECTS(geom,BBOX(-180,-90,0,90))`: 4, `S_INTERSECTS(geom,LINESTRING(-60 -90,-60 90))`: 2, `S_DISJOINT(geom,BBOX(-180,-90,0,90))`: 9,
		`S_CROSSES(geom,BBOX(0,40,10,50))`: 1, `S_CROSSES(geom,LINESTRING(-60 -90,-60 90))`: 2, `S_WITHIN(geom,BBOX(-180,-90,0,90))`: 4,
	},
	"ne_110m_populated_places_simple": {
		`S_INTERSECTS(geom,BBOX(0,40,10,50))`: 7, `S_DISJOINT(geom,BBOX(0,40,10,50))`: 236, `S_EQUALS(geom,POINT(6.1300028 49.6116604))`: 1, `S_WITHIN(geom,BBOX(-180,-90,0,90))`: 74,

		`CASEI(name)=casei('KIEV')`: 1, `CASEI(name)=casei('kiev')`: 1, `CASEI(name)=casei('KØBENHAVN')`: 1, `CASEI(name)=casei('københavn')`: 1, `CASEI(name) LIKE casei('b_r%')`: 3,
		`CASEI(name) IN (casei('Kiev'),casei('kobenhavn'),casei('Berlin'),casei('athens'),casei('foo'))`: 3, `casei(name) NOT IN (casei('KIEV'))`: 242,
		`ACCENTI(name)=accenti('Chișinău')`: 1, `ACCENTI(name)=accenti('Chisinau')`: 1, `ACCENTI(name) LIKE accenti('Chi%')`: 2, `ACCENTI(name) LIKE accenti('Chí%')`: 2, `ACCENTI(CASEI(name)) LIKE accenti(casei('cHis%'))`: 1,
		`CASEI(ACCENTI(name)) = 'kobenhavn'`: 1, `ACCENTI(name) = ACCENTI(nameascii)`: 243,

		`pop_other=1038280+8`: 1, `pop_other>=1038290-2*2^0`: 123, `pop_other>1038290-20/10`: 122, `pop_other>1038290-21 div 10`: 122, `pop_other>1038290-5%2`: 122,
		`pop_other<=1038200+8*11`: 121, `pop_other<1038280+2^3`: 120, `pop_other between 4000000/4 and (3*(900000+100000))`: 75, `pop_other between 4000000 / 4 and 3 * (9e5 + 1e5)`: 75,
		`pop_other / 0 > 1`: 0, `(pop_other / 0) IS NULL`: 243, `pop_other % 0 = 0 OR pop_other DIV 0 = 0`: 0, `0 ^ -1 = 1`: 0, `(0-8) ^ 0.5 > 0`: 0, `10 ^ 300 > pop_other`: 243, `10 ^ 400 > pop_other`: 0, `1e308 * 1e308 > pop_other`: 243, `fid > 200 AND fid <= 203`: 3, `10 ^ 1e10 > 0`: 0,
		`-pop_other < 0`: 215, `pop_other - 1 - 1 = 1038286`: 1, `2 ^ 0.5 * 2 ^ 0.5 > 1.99999`: 243, `7 / 2 = 3.5`: 243, `7 div 2 = 3`: 243, `-7 % 3 = -1`: 243,

		`name=nameascii`: 230, `name<>nameascii`: 13, `name>nameascii`: 13, `name<nameascii`: 0, `pop_min=pop_max`: 27, `pop_min<pop_max`: 216, `start<"end"`: 3, `start>="end"`: 0,
		`pop_other between pop_min and pop_max`: 94, `pop_other not between pop_min and pop_max`: 149, `'København'<=name`: 137, `'København' LIKE 'K_benhavn'`: 243, `'København' IS NOT NULL`: 243,

		`T_AFTER("date",DATE('2022-04-16'))`: 1, `T_BEFORE("date",DATE('2022-04-16'))`: 1, `T_DISJOINT("date",DATE('2022-04-16'))`: 2, `T_EQUALS("date",DATE('2022-04-16'))`: 1, `T_INTERSECTS("date",DATE('2022-04-16'))`: 1,
		`T_AFTER("date",INTERVAL('2022-01-01','2022-12-31'))`: 1, `T_BEFORE("date",INTERVAL('2022-01-01','2022-12-31'))`: 1, `T_DISJOINT("date",INTERVAL('2022-01-01','2022-12-31'))`: 2,
		`T_EQUALS("date",INTERVAL('2022-01-01','2022-12-31'))`: 0, `T_INTERSECTS("date",INTERVAL('2022-01-01','2022-12-31'))`: 1,
		`T_AFTER(start,INTERVAL('2022-01-01T00:00:00Z','2022-12-31T23:59:59Z'))`: 0, `T_BEFORE(start,INTERVAL('2022-01-01T00:00:00Z','2022-12-31T23:59:59Z'))`: 1,
		`T_DISJOINT(start,INTERVAL('2022-01-01T00:00:00Z','2022-12-31T23:59:59Z'))`: 1, `T_EQUALS(start,INTERVAL('2022-01-01T00:00:00Z','2022-12-31T23:59:59Z'))`: 0,
		`T_INTERSECTS(start,INTERVAL('2022-01-01T00:00:00Z','2022-12-31T23:59:59Z'))`: 2, `T_INTERSECTS(start,INTERVAL('2022-01-01','2022-12-31'))`: 2,
		`T_AFTER(INTERVAL(start,"end"),INTERVAL('..','2022-04-16T10:13:19Z'))`: 1, `T_BEFORE(INTERVAL(start,"end"),INTERVAL('2023-01-01T00:00:00Z','..'))`: 2,
		`T_DISJOINT(INTERVAL(start,"end"),INTERVAL('2022-04-16T10:13:19Z','2022-04-16T10:15:09Z'))`: 1, `T_INTERSECTS(INTERVAL(start,"end"),INTERVAL('2022-04-16T10:13:19Z','2022-04-16T10:15:09Z'))`: 2,
		`T_EQUALS(INTERVAL(start,"end"),INTERVAL('2021-04-16T10:15:59Z','2022-04-16T10:16:06Z'))`: 1, `T_CONTAINS(INTERVAL(start,"end"),INTERVAL('2022-04-16T10:13:19Z','2022-04-16T10:15:10Z'))`: 1,
		`T_DURING(INTERVAL(start,"end"),INTERVAL('2022-01-01T00:00:00Z','2022-12-31T23:59:59Z'))`: 1, `T_FINISHES(INTERVAL(start,"end"),INTERVAL('2020-04-16T10:13:19Z','2022-04-16T10:16:06Z'))`: 1,
		`T_FINISHEDBY(INTERVAL(start,"end"),INTERVAL('2022-04-16T10:13:19Z','2022-04-16T10:16:06Z'))`: 1, `T_MEETS(INTERVAL(start,"end"),INTERVAL('2022-04-16T10:13:19Z','2022-04-16T10:15:10Z'))`: 0,
		`T_METBY(INTERVAL(start,"end"),INTERVAL('2022-04-16T10:13:19Z','2022-04-16T10:15:10Z'))`: 1, `T_OVERLAPPEDBY(INTERVAL(start,"end"),INTERVAL('2020-04-16T10:13:19Z','2022-04-16T10:15:10Z'))`: 2,
		`T_OVERLAPS(INTERVAL(start,"end"),INTERVAL('2022-04-16T10:13:19Z','2023-04-16T10:15:10Z'))`: 1, `T_STARTEDBY(INTERVAL(start,"end"),INTERVAL('2022-04-16T10:13:19Z','2022-04-16T10:15:10Z'))`: 1,
		`T_STARTS(INTERVAL(start,"end"),INTERVAL('2022-04-16T10:13:19Z','2022-04-16T10:15:10Z'))`: 0,

		// Beside a timestamp a date is its whole day; compared, it is the day's first moment.
		`T_INTERSECTS(start, DATE('2022-04-16'))`: 2, `T_AFTER(start, DATE('2022-04-16'))`: 0, `T_EQUALS(start, DATE('2022-04-16'))`: 0, `start > DATE('2022-04-16')`: 2, `"date" < TIMESTAMP('2022-04-16T00:00:00Z')`: 2,
		`start = TIMESTAMP('2022-04-16T18:13:19.000+08:00')`: 1, `start < timestamp('2022-04-16T10:13:19.000001Z')`: 2, `T_BEFORE(TIMESTAMP('2022-04-16T10:13:18.999Z'), start)`: 2,
		`T_DURING(INTERVAL(start, start), INTERVAL('2022-01-01', '..'))`: 2, `T_STARTS(INTERVAL('..', start), INTERVAL('..', "end"))`: 3, `INTERVAL(start, "end") IS NULL`: 240, `NOT T_AFTER(start, DATE('2020-01-01'))`: 0,

		`(name = 'Kiev') IS NULL`: 0, `(start > DATE('2020-01-01')) IS NULL`: 240, `(start > DATE('2020-01-01') AND FALSE) IS NULL`: 0, `(start > DATE('2020-01-01') OR TRUE) IS NOT NULL`: 243, `NOT (boolean = TRUE) OR boolean IS NULL`: 241,
		`(boolean = TRUE) = TRUE`: 2, `geom IS NULL`: 0, `geometry IS NOT NULL`: 243, `CASEI(name) IS NULL`: 0, `geometryType(geom) = 'Point'`: 243, `upper(name) = 'KIEV'`: 1, `length(name) > 12 AND substring(name, 1, 3) = 'San'`: 2,
		`year(start) = 2022`: 2, `concat(name, '!') LIKE 'Kiev_'`: 1, `sqrt(pop_other - pop_other - 1) IS NULL`: 243, `dwithin(geom, POINT(6.13 49.6), 50000)`: 1, `NOT dwithin(geom, POINT(6.13 49.6), 50000)`: 242,
		`dwithin(POINT(179.9 -18), geom, 300000)`: 1, `S_EQUALS(centroid(geom), geom)`: 243, `max(pop_min, pop_max) = pop_max`: 243, `round(2.5) = 3 AND ceil(1.2) = floor(2.9) AND abs(-2) = 2`: 243, `trim(' x ') = 'x'`: 243,
	},
}

func classesOfTheStandard(t *testing.T, store *layers.Store) {
	for layer, predicates := range classes {
		for text, want := range predicates {
			f, err := cql.Parse(text)
			if err != nil {
				t.Errorf("%s: %v", text, err)
				continue
			}
			if got := matched(t, store, layer, f); got != want {
				t.Errorf("%s selects %d, want %d", text, got, want)
			}
			inJSON, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			again, err := cql.Read(cql.LangJSON, string(inJSON), cql.CRS84)
			if err != nil || again.String() != f.String() {
				t.Errorf("%s is %s in JSON, which reads as %v %v", f, inJSON, again, err)
			}
		}
	}
}

// Geometries of a filter are meant in its coordinates, in their order; the layer stays as it is.
func geometriesInOtherCoordinates(t *testing.T, store *layers.Store) {
	const countries = "ne_110m_admin_0_countries"
	for _, c := range []struct {
		crs  cql.CRS
		text string
		want int64
	}{
		{cql.CRS{SRID: 4326, NorthFirst: true}, `S_INTERSECTS(geom, POINT(49.92 7.02))`, 1},
		{cql.CRS{SRID: 4490, NorthFirst: true}, `S_INTERSECTS(geom, BBOX(40, 0, 50, 10))`, 8},
		{cql.CRS{SRID: 4326, NorthFirst: true}, `S_INTERSECTS(geom, BBOX(-90, 150, 90, -150))`, 10},
		{cql.CRS{SRID: 3857}, `S_INTERSECTS(geom, POINT(781462.83 6429955.2))`, 1},
		{cql.CRS{SRID: 3857}, `S_INTERSECTS(geom, BBOX(0, 4865942.279503176, 1113194.9079327357, 6446275.841017159))`, 8},
		{cql.CRS{SRID: 4548, NorthFirst: true}, `S_INTERSECTS(geom, POINT(3962000 430000))`, 1},
		{cql.CRS{SRID: 4548, NorthFirst: true}, `S_INTERSECTS(geom, POINT(430000 3962000))`, 0},
	} {
		f, err := cql.Read(cql.LangText, c.text, c.crs)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := matched(t, store, countries, f); got != c.want {
			t.Errorf("%s in %v selects %d, want %d", c.text, c.crs, got, c.want)
		}
	}
	f, err := cql.Read(cql.LangText, `S_INTERSECTS(geom, POINT(1e10 1e10))`, cql.CRS{SRID: 4548})
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Find(t.Context(), layers.Anonymous, countries, layers.Query{Filter: f})
	if err == nil || !strings.Contains(err.Error(), "invalid") {
		t.Errorf("a place that is nowhere: %v", err)
	}
}
