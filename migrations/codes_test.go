package migrations_test

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/migrations"
	"onemap/migrations/dbtest"
)

// count answers a question whose answer is one number.
func count(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// list answers a question whose answers are texts.
func list(t *testing.T, pool *pgxpool.Pool, sql string) []string {
	t.Helper()
	rows, err := pool.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestCodeListsAreComplete(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	for _, c := range []struct {
		what, where string
		want        int
	}{
		{"planning classes, level 1", "scheme = 'ydyhfl' and length(code) = 2", 24},
		{"planning classes, level 2", "scheme = 'ydyhfl' and length(code) = 4", 111},
		{"planning classes, level 3", "scheme = 'ydyhfl' and length(code) = 6", 40},
		{"survey classes, level 1", "scheme = 'dlbm' and length(code) = 2", 13},
		{"survey classes convertible to farmland", "scheme = 'dlbm' and code like '%K' and properties->'convertible' = 'true'", 9},
		{"survey classes without a super-class", "scheme = 'dlbm' and length(code) > 2 and not properties ? 'super'", 0},
		{"survey classes that map to a planning leaf and are in doubt too", "scheme = 'dlbm' and properties ? 'ydyh' and properties ? 'refine'", 0},
		{"pipe classes", "scheme = 'pipe_class'", 8},
		{"pipe sub-classes", "scheme = 'pipe_subclass'", 37},
		{"towns", "scheme = 'xzqdm' and parent = '370832'", 14},
		{"themes", "scheme = 'theme'", 10},
	} {
		if n := count(t, pool, "select count(*) from onemap.code where "+c.where); n != c.want {
			t.Errorf("%s: %d, want %d", c.what, n, c.want)
		}
	}
	for _, s := range strings.Fields(`theme grade sharing update_cycle dlbm ydyhfl plan_zone pipe_class pipe_subclass pipe_feature
		pipe_subsid pipe_material pipe_embed pipe_status feature_code ps_kind ps_material ps_status road_class river_class facility_class
		place_class qsxz czcsxm urban_rural xzq_level grid_kind shelter_status transfer_mode flood_zone cul_level eco_type czkf_zone xzqdm`) {
		if count(t, pool, "select count(*) from onemap.code where scheme = $1", s) == 0 {
			t.Errorf("code list %s is missing or empty", s)
		}
	}
}

func TestCodeListsAreSound(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	for _, c := range []struct{ what, sql string }{
		{"has no English name", `select scheme || ' ' || code from onemap.code where name_en = '' or name = ''`},
		{"has no English title", `select scheme from onemap.scheme where title_en = ''`},
		{"has no such parent", `select c.scheme || ' ' || c.code from onemap.code c where parent is not null
			and not exists (select from onemap.code p where p.scheme = c.scheme and p.code = c.parent)`},
		{"does not begin with its parent", `select scheme || ' ' || code from onemap.code
			where scheme in ('ydyhfl', 'dlbm', 'xzqdm', 'czcsxm') and parent is not null and not starts_with(code, parent)
			and not (scheme = 'dlbm' and parent = '00')`}, // wetlands kept the digits of the classes they came from
		{"has no colour", `select scheme || ' ' || code from onemap.code
			where scheme in ('ydyhfl', 'dlbm', 'theme', 'pipe_class', 'pipe_subclass', 'ps_kind', 'road_class') and colour is null`},
		{"is loud though no standard asks for it", `select scheme || ' ' || code from onemap.code where scheme not in ('ydyhfl')
			and upper(colour) ~ '^#(00|FF|80)(00|FF|80)(00|FF|80)$'`},
		{"maps to a planning class that is not there", `select code from onemap.code d where scheme = 'dlbm' and properties ? 'ydyh'
			and not exists (select from onemap.code y where y.scheme = 'ydyhfl' and y.code = d.properties->>'ydyh')`},
		{"names a candidate that is not there", `select d.code from onemap.code d, jsonb_array_elements_text(d.properties->'candidates') k
			where not exists (select from onemap.code y where y.scheme = 'ydyhfl' and y.code = k)`},
		{"has the wrong class number", `select s.code from onemap.code s join onemap.code c on c.scheme = 'pipe_class' and c.code = s.properties->>'class'
			join onemap.code f on f.scheme = 'feature_code' and f.properties->>'subclass' = s.code
			where s.scheme = 'pipe_subclass' and f.code not like '5' || (c.properties->>'number') || (s.properties->>'number') || '%'`},
	} {
		for _, found := range list(t, pool, c.sql) {
			t.Errorf("%s %s", found, c.what)
		}
	}
	for _, name := range list(t, pool, "select name from onemap.code where scheme = 'xzqdm'") {
		if !regexp.MustCompile(`(县|街道|镇|乡)$`).MatchString(name) {
			t.Errorf("%s is neither county, subdistrict, town nor township", name)
		}
	}
}

// Starting again must not undo what an administrator did to a list, and must bring what a newer onemap says.
func TestCodeListsKeepAdministratorsRows(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	ctx := context.Background()
	exec := func(sql string) {
		t.Helper()
		if _, err := pool.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	exec(`update onemap.code set name = '水稻田' where scheme = 'dlbm' and code = '0101'`)  // changed
	exec(`delete from onemap.code where scheme = 'dlbm' and code = '0203'`)              // taken away
	exec(`insert into onemap.code (scheme, code, name) values ('dlbm', '9999', '本县自用')`) // added
	// An older onemap had shipped another colour, and nobody has touched it since.
	exec(`update onemap.code set colour = '#111111' where scheme = 'dlbm' and code = '0102'`)
	exec(`update onemap.code_shipped set row = row || '{"colour": "#111111"}' where scheme = 'dlbm' and code = '0102'`)

	for range 2 {
		if err := migrations.Up(ctx, dbtest.URL(t)); err != nil {
			t.Fatal(err)
		}
	}
	var got string
	err := pool.QueryRow(ctx, `select jsonb_object_agg(code, name || coalesce(colour, '')) from onemap.code
		where scheme = 'dlbm' and code in ('0101', '0102', '0203', '9999')`).Scan(&got)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"0101":"水稻田#F8D072","0102":"水浇地#FCEA9E","9999":"本县自用"}`
	if !sameJSON(t, got, want) {
		t.Errorf("after starting again: %s\nwant %s", got, want)
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y map[string]string
	for s, v := range map[string]*map[string]string{a: &x, b: &y} {
		if err := json.Unmarshal([]byte(s), v); err != nil {
			t.Fatal(err)
		}
	}
	if len(x) != len(y) {
		return false
	}
	for k := range x {
		if x[k] != y[k] {
			return false
		}
	}
	return true
}
