package cql_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"onemap/layers"
	"onemap/layers/cql"
	"onemap/migrations/dbtest"
)

func TestFiltersAreWrittenInOneSpelling(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`use='01'`:                         `use = '01'`,
		` use  =  '01' `:                   `use = '01'`,
		`"use" = '01'`:                     `use = '01'`,
		`"地块 号"='甲''1'`:                    `"地块 号" = '甲''1'`,
		`地类 <> 'a\'b'`:                     `地类 <> 'a''b'`,
		`a=1 and b=2 and c=3`:              `a = 1 AND b = 2 AND c = 3`,
		`(a=1 and b=2) and c=3 or (d=4)`:   `a = 1 AND b = 2 AND c = 3 OR d = 4`,
		`a=1 AND (b=2 OR c=3)`:             `a = 1 AND (b = 2 OR c = 3)`,
		`not (a=1 or b=2)`:                 `NOT (a = 1 OR b = 2)`,
		`not not a=1`:                      `NOT NOT a = 1`,
		`not a in (1,2)`:                   `a NOT IN (1, 2)`,
		`a not in ('x') and b is not null`: `a NOT IN ('x') AND b IS NOT NULL`,
		`a between 1 and 2 and b=3`:        `a BETWEEN 1 AND 2 AND b = 3`,
		`a NOT BETWEEN -1.50 AND +2e3`:     `a NOT BETWEEN -1.5 AND 2000`,
		`a like 'x\_%'`:                    `a LIKE 'x\_%'`,
		`a = 100000000000000000000`:        `a = 1e+20`,
		`a = 9223372036854775807`:          `a = 9223372036854775807`,
		`a=.5`:                             `a = 0.5`,
		`a = -0`:                           `a = 0`,
		`TRUE`:                             `TRUE`,
		`false or true=listed`:             `FALSE OR TRUE = listed`,
		`date > date('2020-01-01')`:        `"date" > DATE('2020-01-01')`,
		`"and"=1`:                          `"and" = 1`,
		`"1a"=1`:                           `"1a" = 1`,
		`"a""b"=1`:                         `"a""b" = 1`,
		`t<=TIMESTAMP('2022-04-16T10:13:19.500Z')`: `t <= TIMESTAMP('2022-04-16T10:13:19.5Z')`,
		`5 < a`:       `5 < a`,
		"a = 'x\\ty'": "a = 'x\ty'",
		`a='x' AND NOT (b=1 AND c=2) OR NOT d='e%f'`: `a = 'x' AND NOT (b = 1 AND c = 2) OR NOT d = 'e%f'`,
	} {
		f, err := cql.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.String(); got != want {
			t.Errorf("%s is written %s, want %s", text, got, want)
		}
	}
}

func TestWhatIsWrongIsSaidWithItsPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		``: `0 empty`, `   `: `0 empty`,
		`use`:                                 `4 ends where one of =`,
		`use = `:                              `7 ends where a property or a value`,
		`use == '01'`:                         `6 "="`,
		`use != '01'`:                         `5 <>`,
		`use = '01`:                           `7 not closed`,
		`"use = 1`:                            `1 not closed`,
		`地类 = '01' 或 b = 1`:                   `11 "或" stands where AND, OR`,
		`(a=1`:                                `5 ends where )`,
		`a=1)`:                                `4 ")"`,
		`a=1 AND`:                             `8 ends`,
		`AND a=1`:                             `1 AND`,
		`a BETWEEN 1 OR 2`:                    `13 "OR" stands where AND`,
		`a IN ()`:                             `7 ")"`,
		`a IN 1`:                              `6 "1" stands where (`,
		`a IS 1`:                              `6 NULL`,
		`a = 1x`:                              `5 neither a number nor a name`,
		`a = 1e999`:                           `5 too large`,
		`a = $1`:                              `5 "$"`,
		`a = 1; drop table x`:                 `6 ";"`,
		`S_INTERSECTS(geom)`:                  `1 S_INTERSECTS has 1 arguments; want 2`,
		`CASEI() = 'x'`:                       `1 CASEI has 0 arguments`,
		`S_INTERSECTS(geom, POINT(90 180))`:   `20 not on the Earth`,
		`S_INTERSECTS(geom, POINT(1 2, 3 4))`: `29 "," stands where )`,
		`S_INTERSECTS(geom, LINESTRING(1 2))`: `20 two or more`,
		`S_INTERSECTS(geom, LINESTRING(1 2, 3 4 5))`:                             `20 all have two numbers`,
		`S_INTERSECTS(geom, POLYGON((0 0, 1 0, 1 1, 0 1)))`:                      `20 last equal to the first`,
		`S_INTERSECTS(geom, POINT EMPTY)`:                                        `26 "EMPTY"`,
		`S_INTERSECTS(geom, GEOMETRYCOLLECTION(GEOMETRYCOLLECTION(POINT(1 1))))`: `39 a geometry such as POINT`,
		`S_INTERSECTS(geom, BBOX(1, 2, 3))`:                                      `20 3 numbers`,
		`S_INTERSECTS(geom, BBOX(1, 5, 2, 3))`:                                   `20 south`,
		`T_AFTER(a, INTERVAL('2020-01-02', '2020-01-01'))`:                       `12 ends before`,
		`T_AFTER(a, INTERVAL('2020-01-02'))`:                                     `12 1 ends`,
		`T_AFTER(a, INTERVAL('2020', '..'))`:                                     `21 neither a date`,
		`a = DATE('2021-02-30')`:                                                 `10 is no date`,
		`a + 1`:                                                                  `6 ends where one of =`,
		`a IS NOT 1`:                                                             `10 NULL`,
		`a NOT = 1`:                                                              `7 LIKE, BETWEEN or IN`,
		`a = b = c`:                                                              `7 AND, OR or the end`,
		`(a + 1) AND b = 2`:                                                      `9 one of =`,
		`a = AND(b)`:                                                             `5 "AND"`,
		`2 ^ 3 ^ a = 1`:                                                          `7 "^" stands where one of =`,
		`a = DATE(2020)`:                                                         `10 quotes`,
		`a = DATE('2020-13-01')`:                                                 `10 is no date`,
		`a = TIMESTAMP('2020-01-01T00:00:00')`:                                   `15 is no timestamp`,
		strings.Repeat("(", 80) + "a=1" + strings.Repeat(")", 80):                `66 nested deeper`,
		strings.Repeat("NOT ", 80) + "a=1":                                       `261 nested deeper`,
		"a = 1" + strings.Repeat(" + 1", 80):                                     `5 nested deeper`,
		"a = '" + strings.Repeat("x", 100000) + "'":                              `0 100006 characters`,
		"a IN (1" + strings.Repeat(", 1", 10000) + ")":                           `0 10004 operators`,
		"S_WITHIN(geom, MULTIPOINT(1 1" + strings.Repeat(", 1 1", 10000) + "))": `0 10001 positions`,
		"a = '\xff'": `0 UTF-8`, "a = '\x00'": `0 UTF-8`,
	} {
		_, err := cql.Parse(text)
		var wrong *cql.Error
		if !errors.As(err, &wrong) || !errors.Is(err, layers.ErrInvalid) {
			t.Errorf("%s: %v", text, err)
			continue
		}
		column, says, _ := strings.Cut(want, " ")
		if fmt.Sprint(wrong.Column) != column || !strings.Contains(wrong.Words().En, says) || wrong.Words().Zh == "" || strings.Contains(wrong.Words().Zh, "%!") || strings.Contains(wrong.Words().En, "%!") {
			t.Errorf("%s: at %d %v, want %s", text, wrong.Column, wrong.Words(), want)
		}
	}
}

// places is a table of every kind of property.
func places(t *testing.T) (*layers.Store, *layers.Layer) {
	t.Helper()
	pool := dbtest.New(t)
	store := layers.New(pool)
	column := func(name string, kind layers.Type, sqlType string) layers.Column {
		return layers.Column{Property: layers.Property{Name: name, Title: name, Type: kind}, SQLType: sqlType}
	}
	def := layers.Definition{Layer: layers.Layer{Name: "place", Title: "地点", GeometryType: "Point", SRID: 4490, Writable: true, Tracked: true}, Columns: []layers.Column{
		column("name", layers.String, "text"), column("ascii", layers.String, "text"), column("people", layers.Integer, "bigint"), column("area", layers.Number, "double precision"),
		column("price", layers.Number, "numeric(12,2)"), column("listed", layers.Boolean, "boolean"), column("date", layers.Date, "date"),
		column("at", layers.DateTime, "timestamptz"), column("more", layers.JSON, "jsonb"), column("secret", layers.String, "text"), column(`select "x"; --`, layers.Integer, "integer"),
	}}
	def.Columns[9].Role = "hidden"
	if _, err := store.Create(t.Context(), layers.Anonymous, def); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `insert into layer.place (name, ascii, people, area, price, listed, date, at, more, secret, "select ""x""; --") values
		('København', 'Kobenhavn', 1085000, 1.5, 0.10, true, '2022-04-16', '2022-04-16T10:13:19Z', '{}', 's', 1),
		('Kiev', 'Kiev', 2709000, 2.5, 0.30, false, '2021-04-16', '2022-04-16T10:13:18Z', '{}', 's', 2),
		('Berlin', 'Berlin', 3406000, null, 100, true, '2022-04-18', '2022-04-16T10:13:20Z', null, 's', 3),
		('梁山', 'Liangshan', null, 1e300, null, null, null, null, null, null, null),
		('100%_x\y', '100', 9007199254740993, -1, -5.25, false, null, null, null, 's', 5)`); err != nil {
		t.Fatal(err)
	}
	l, err := store.Layer(t.Context(), layers.Anonymous, "place")
	if err != nil {
		t.Fatal(err)
	}
	return store, l
}

func TestFiltersSelect(t *testing.T) {
	t.Parallel()
	store, l := places(t)
	for text, want := range map[string]int{
		`name = 'København'`: 1, `name <> 'København'`: 4, `name > 'Kiev'`: 2, `name >= 'Kiev'`: 3, `name < 'Kiev'`: 2, `'Kiev' <= name`: 3,
		`name = ascii`: 2, `name <> ascii`: 3, `people > 2709000`: 2, `people >= 2709000`: 3, `people = 9007199254740993`: 1, `people = 9007199254740992`: 0,
		`people <> 1`: 4, `NOT people = 1`: 4, `people IS NULL`: 1, `people IS NOT NULL`: 4, `people BETWEEN 1085000 AND 2709000`: 2, `people NOT BETWEEN 1085000 AND 2709000`: 2,
		`people < 2e6`: 1, `people > 1.0850005e6`: 3, `area = 1.5`: 1, `area > 1e299`: 1, `area < 0`: 1, `area > 1e308`: 0, `area > -1e-320`: 3,
		`price = 0.1`: 1, `price = 0.30`: 1, `price IN (0.1, 100, 7)`: 2, `price NOT IN (0.1, 100)`: 2, `price > area`: 0, `price < area`: 3,
		`listed = TRUE`: 2, `listed = false`: 2, `listed <> true`: 2, `listed IS NULL`: 1, `listed IN (true)`: 2, `TRUE`: 5, `FALSE`: 0, `TRUE = listed`: 2,
		`date = DATE('2022-04-16')`: 1, `date > DATE('2021-04-16')`: 2, `date IN (DATE('2021-04-16'), DATE('2022-04-18'))`: 2, `date BETWEEN DATE('2022-01-01') AND DATE('2022-12-31')`: 2,
		`at >= TIMESTAMP('2022-04-16T10:13:19Z')`: 2, `at < TIMESTAMP('2022-04-16T10:13:19.001Z')`: 2,
		`name LIKE 'K%'`: 2, `name LIKE 'K_ev'`: 1, `name NOT LIKE 'K%'`: 3, `name LIKE '__'`: 1, `name LIKE '100\%\_x%'`: 1, `name LIKE '%\\y'`: 1, `'梁山' LIKE name`: -1,
		`name IN ('Kiev', '梁山', 'x')`: 2, `name = 'Kiev' OR name = 'Berlin' AND people > 5e9`: 1, `(name = 'Kiev' OR name = 'Berlin') AND people > 3e6`: 1,
		`NOT (name = 'Kiev' OR people > 3e6)`: 1, `"select ""x""; --" > 1`: 3, `name = 'x'' or 1=1 --'`: 0, `name = 'Kiev' AND FALSE`: 0,
	} {
		f, err := cql.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		page, err := store.Find(t.Context(), layers.Anonymous, l.Name, layers.Query{Filter: f, Count: true})
		if want < 0 {
			if !errors.Is(err, layers.ErrInvalid) {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		if err != nil || page.Matched != int64(want) || len(page.Features) != want {
			t.Errorf("%s: %+v, %v; want %d", text, page, err, want)
		}
		again, err := cql.Parse(f.String())
		if err != nil {
			t.Errorf("%s: %s: %v", text, f, err)
			continue
		}
		if page, err = store.Find(t.Context(), layers.Anonymous, l.Name, layers.Query{Filter: again}); err != nil || len(page.Features) != want {
			t.Errorf("%s: %s: %v, %v; want %d", text, again, page, err, want)
		}
	}
}

func TestFiltersFitTheLayer(t *testing.T) {
	t.Parallel()
	_, l := places(t)
	for text, want := range map[string]string{
		`nome = 'x'`:                                 `1 no property "nome"`,
		`name = 'x' AND Name='y'`:                    `16 no property "Name"`,
		`secret = 's'`:                               `1 no property`,
		`more = 'x'`:                                 `1 array is not compared so`,
		`people = '5'`:                               `10 number is compared with text`,
		`name = 5`:                                   `8 text is compared with number; a text is written`,
		`date = '2022-04-16'`:                        `8 DATE('2026-05-01')`,
		`at = '2022-04-16'`:                          `6 TIMESTAMP('`,
		`listed > true`:                              `1 no order`,
		`people LIKE '5%'`:                           `1 number stands where text`,
		`name LIKE ascii`:                            `11 pattern`,
		`name LIKE 'a\\\'`:                           `11`,
		`name LIKE '%a%b%c%d%e%f%g%h%i'`:             `11 more than 8`,
		`listed BETWEEN TRUE AND FALSE`:              `1 no order`,
		`S_INTERSECTS(name, geom)`:                   `14 text stands where geometry`,
		`geom = POINT(1 1)`:                          `1 geometry is not compared so`,
		`T_DURING(at, INTERVAL('2020-01-01', '..'))`: `10 T_DURING is for intervals`,
		`T_AFTER(name, DATE('2020-01-01'))`:          `9 text stands where a time`,
		`T_AFTER(INTERVAL(name, '..'), DATE('2020-01-01'))`: `18 text stands where a time`,
		`A_CONTAINS(name, ('a'))`:                           `12 text stands where array`,
		`A_CONTAINS(more, (POINT(1 1)))`:                    `19 geometry is not in an array`,
		`people + name > 1`:                                 `10 text stands where number`,
		`CASEI(people) = 'x'`:                               `7 number stands where text`,
		`Foo(name) = TRUE`:                                  `1 function Foo`,
		`lower(name, 'x') = 'x'`:                            `1 lower has 2 arguments; want 1`,
		`lower(people) = 'x'`:                               `7 number stands where text`,
		`dwithin(geom, POINT(1 1), people)`:                 `27 number of metres`,
		`name LIKE CASEI(ascii)`:                            `17 pattern`,
		`name IN ('a', 5)`:                                  `15 compared`,
		`people BETWEEN 1 AND 'b'`:                          `22 compared`,
	} {
		f, err := cql.Parse(text)
		if err == nil {
			err = f.Check(l)
		}
		var wrong *cql.Error
		if !errors.As(err, &wrong) {
			t.Errorf("%s: %v", text, err)
			continue
		}
		column, says, _ := strings.Cut(want, " ")
		if fmt.Sprint(wrong.Column) != column || !strings.Contains(wrong.Words().En, says) || strings.Contains(wrong.Words().Zh, "%!") || strings.Contains(wrong.Words().En, "%!") {
			t.Errorf("%s: at %d %v, want %s", text, wrong.Column, wrong.Words(), want)
		}
	}
}

// What is read is written so that it reads the same; nothing panics; SQL holds nothing of the sender's.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`a=1 AND (b<>'x''y' OR NOT c IN (1,2,-3.5e2)) AND d LIKE 'a\_%' OR e IS NOT NULL`, `"date" BETWEEN DATE('2020-01-01') AND "x""y"`, `TRUE = 地类`,
		`t > TIMESTAMP('2020-01-01T00:00:00Z')`, `not not not a=1`, `((a=1))`, "a='\\\\' or b='\\'", `a=.5e-3`, `a = 'é' and e\u0301 = 1`,
		`S_INTERSECTS(geom, POLYGON Z((0 0 1, 1 0 1, 1 1 1, 0 0 1))) AND S_WITHIN(geom, BBOX(170, -1, -170, 1))`, `S_DISJOINT(GEOMETRYCOLLECTION(POINT(1 2), MULTIPOINT((1 2), 3 4)), geom)`,
		`T_DURING(INTERVAL(a, '..'), INTERVAL('2020-01-01', '2021-01-01T00:00:00.5+08:00'))`, `A_CONTAINS(a, ('x', (1, TRUE), (a + 1) * 2, ()))`, `a + b * -c ^ 2 / (d - 1) % 3 div 4 > 0`,
		`CASEI(ACCENTI(a)) LIKE CASEI('%x')`, `(a = 1 OR b = 2) IS NOT NULL`, `Foo((a), ('x', 'y'), a = 1) = TRUE`, `lower(a) = 'x' and dwithin(geom, POINT(1 2), 5)`,
	} {
		f.Add(s)
	}
	l := &layers.Layer{Name: "l", SRID: 4490, Table: layers.Table{Geom: "geom"}}
	for _, n := range []string{"a", "b", "c", "d", "e"} {
		l.Properties = append(l.Properties, layers.Property{Name: n, Type: layers.String})
	}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := cql.Parse(text)
		if err != nil {
			if !errors.Is(err, layers.ErrInvalid) {
				t.Errorf("%q: %v is not for the sender", text, err)
			}
			return
		}
		once := filter.String()
		again, err := cql.Parse(once)
		if err != nil || again.String() != once {
			t.Fatalf("%q is written %q, which reads as %v %v", text, once, again, err)
		}
		n := 0
		sql, err := filter.SQL(l, func(string, string) string { n++; return "?" })
		rest := strings.NewReplacer("'-infinity'", "", "'infinity'", "", "'1 microsecond'", "", "'array'", "", "'ST_', ''", "").Replace(sql)
		if err == nil && strings.ContainsAny(rest, "';\\") {
			t.Errorf("%q: %s", text, sql)
		}
		fromJSON, err := json.Marshal(filter)
		if err != nil {
			t.Fatal(err)
		}
		if again, err = cql.Read(cql.LangJSON, string(fromJSON), cql.CRS84); err != nil || again.String() != once {
			t.Fatalf("%q is %s in JSON, which reads as %v %v", text, fromJSON, again, err)
		}
	})
}

// The grammar has "POINT" and "Z" as two words, and nothing that parts them.
func TestHeightsAreSaidInOneWordOrTwo(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"S_WITHIN(geom, POINTZ(1 2 3))", "S_WITHIN(geom, POINT Z(1 2 3))"},
		{"S_WITHIN(geom, linestringz(1 2 3, 4 5 6))", "S_WITHIN(geom, LINESTRING Z (1 2 3, 4 5 6))"},
		{"S_WITHIN(geom, GEOMETRYCOLLECTIONZ(POINTZ(1 2 3)))", "S_WITHIN(geom, GEOMETRYCOLLECTION Z(POINT Z(1 2 3)))"},
	} {
		one, err := cql.Parse(c[0])
		if err != nil {
			t.Error(err)
			continue
		}
		two, err := cql.Parse(c[1])
		if err != nil || one.String() != two.String() {
			t.Errorf("%s: %s, and as two words %s, %v", c[0], one, two, err)
		}
	}
}
