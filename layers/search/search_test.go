package search_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
	"onemap/layers/search"
	"onemap/migrations/dbtest"
)

// county is a made-up one, of a few layers, followed as in the product.
type county struct {
	*testing.T
	pool  *pgxpool.Pool
	store *layers.Store
	index *search.Index
}

func property(name, role, scheme string) layers.Column {
	return layers.Column{Property: layers.Property{Name: name, Title: name, Type: layers.String, Role: role, Scheme: scheme}, SQLType: "text"}
}

// newCounty has its layers and rows; where keep says so its index is made and kept.
func newCounty(t *testing.T, keep bool) *county { return newCountyOf(t, keep, 2500) }

// newCountyOf is one of so many parcels, numbered up to 2500.
func newCountyOf(t *testing.T, keep bool, parcels int) *county {
	t.Helper()
	c := &county{T: t, pool: dbtest.New(t)}
	c.store = layers.New(c.pool)
	c.index = search.New(c.pool, c.store)
	for _, d := range []layers.Definition{
		{Layer: layers.Layer{Name: "place", Theme: "base", GeometryType: "Point", LabelField: "name"}, Columns: []layers.Column{property("name", "search", ""), property("town", "", "xzqdm")}},
		{Layer: layers.Layer{Name: "road", Theme: "base", GeometryType: "MultiLineString", LabelField: "name"}, Columns: []layers.Column{property("name", "search", "")}},
		{Layer: layers.Layer{Name: "school", Theme: "facility", GeometryType: "Point", LabelField: "name"}, Columns: []layers.Column{property("name", "", ""), property("town", "", "xzqdm")}},
		{Layer: layers.Layer{Name: "parcel", Theme: "landuse", GeometryType: "MultiPolygon", LabelField: "class", IDField: "bsm"}, Columns: []layers.Column{property("bsm", "search", ""), property("class", "", "")}},
		{Layer: layers.Layer{Name: "pipe", Theme: "pipeline", GeometryType: "MultiLineString", IDField: "no"}, Columns: []layers.Column{property("no", "search", ""), property("address", "search", "")}},
	} {
		d.Title, d.SRID, d.Writable, d.Tracked = d.Name, 4490, true, true
		if _, err := c.store.Create(t.Context(), layers.Anonymous, d); err != nil {
			t.Fatal(err)
		}
	}
	c.exec(`insert into onemap.scheme (scheme, title) values ('xzqdm', '行政区划') on conflict do nothing`)
	c.exec(`insert into onemap.code (scheme, code, name) values ('xzqdm', 't1', '寿张集镇'), ('xzqdm', 't2', '水泊街道') on conflict do nothing`)
	c.exec(`insert into layer.place (name, town, geom) values ('梁山县', null, 'SRID=4490;POINT(116.09 35.80)'), ('寿张集镇', 't1', 'SRID=4490;POINT(116.0 35.9)'),
		('寿张集村', 't1', 'SRID=4490;POINT(116.01 35.91)'), ('李庄', 't1', 'SRID=4490;POINT(116.02 35.92)'), ('李庄', 't2', 'SRID=4490;POINT(116.12 35.80)'),
		('重庆村', 't2', 'SRID=4490;POINT(116.11 35.81)'), ('长清村', 't2', null)`)
	c.exec(`insert into layer.road (name, geom) select case when i % 50 = 0 then '梁山东路' else '梁山路' end,
		st_setsrid(st_multi(st_makeline(st_makepoint(116.1 + i * 0.001, 35.8), st_makepoint(116.101 + i * 0.001, 35.8))), 4490) from generate_series(1, 300) i`)
	c.exec(`insert into layer.school (name, town, geom) values ('寿张集镇中心小学', 't1', 'SRID=4490;POINT(116.001 35.901)'), ('李庄小学', 't1', 'SRID=4490;POINT(116.02 35.921)'),
		('梁山一中', 't2', 'SRID=4490;POINT(116.1 35.8)')`)
	c.exec(`insert into layer.parcel (bsm, class, geom) select '3708321000' || lpad(i::text, 8, '0'), case when i % 3 = 0 then '旱地' else '水浇地' end,
		st_multi(st_makeenvelope(116 + 0.001 * (i % 60), 35.7 + 0.001 * (i / 60), 116.001 + 0.001 * (i % 60), 35.701 + 0.001 * (i / 60), 4490)) from generate_series($1 + 1, 2500) i`, 2500-parcels)
	c.exec(`insert into layer.pipe (no, address, geom) select 'YS' || i / 10 || '-' || i % 10, '梁山路' || i || '号',
		st_setsrid(st_multi(st_makeline(st_makepoint(116.1 + i * 0.001, 35.8), st_makepoint(116.101 + i * 0.001, 35.8))), 4490) from generate_series(1, 200) i`)
	c.run(layers.NewSequencer(c.store, slog.New(slog.NewTextHandler(io.Discard, nil))).Run)
	if keep {
		c.run(c.index.Keep)
		c.ready()
	}
	return c
}

func (c *county) exec(sql string, args ...any) {
	c.Helper()
	if _, err := c.pool.Exec(c.Context(), sql, args...); err != nil {
		c.Fatal(err)
	}
}

// run runs what follows the log until the test ends.
func (c *county) run(f func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(c.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := f(ctx); err != nil && ctx.Err() == nil {
			c.Error(err)
		}
	}()
	stop = func() { cancel(); <-done }
	c.Cleanup(stop)
	return stop
}

// ready waits until the index has everything.
func (c *county) ready() {
	c.Helper()
	pos, err := c.store.Settle(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		var ready bool
		if err := c.pool.QueryRow(c.Context(), `select position >= $1 and (select count(*) > 0 and bool_and(since is null and not gone) from onemap.search_index)
			from onemap.search_state`, pos).Scan(&ready); err != nil {
			c.Fatal(err)
		}
		if ready {
			return
		}
		if time.Now().After(end) {
			c.Fatal("the index is not made")
		}
	}
}

func (c *county) search(r search.Request) *search.Answer {
	c.Helper()
	answer, err := c.index.Search(c.Context(), layers.Anonymous, r)
	if err != nil {
		c.Fatal(err)
	}
	return answer
}

// titles searches and tells "layer title" of the first hits.
func (c *county) titles(text string, n int) string {
	c.Helper()
	var got []string
	for _, h := range c.search(search.Request{Text: text, Limit: max(n, 20)}).Hits {
		got = append(got, h.Layer+" "+h.Title)
	}
	return strings.Join(got[:min(n, len(got))], ", ")
}

func TestWhatIsFoundFirst(t *testing.T) {
	t.Parallel()
	for _, keep := range []bool{true, false} { // without an index small layers are looked through: it must be the same
		t.Run(fmt.Sprintf("keep=%v", keep), func(t *testing.T) {
			t.Parallel()
			c := newCounty(t, keep)
			for _, test := range []struct {
				text string
				n    int
				want string
			}{
				{"寿张集镇", 2, "place 寿张集镇, school 寿张集镇中心小学"},
				{"张集", 3, "place 寿张集村, place 寿张集镇, school 寿张集镇中心小学"},
				{"szjc", 1, "place 寿张集村"},
				{"SZJ", 2, "place 寿张集村, place 寿张集镇"},
				{"shouzhang", 2, "place 寿张集村, place 寿张集镇"},
				{"chongqing", 5, "place 重庆村"},
				{"zhongqing", 5, "place 重庆村"},
				{"changqing", 5, "place 长清村"},
				{"梁山", 5, "place 梁山县, road 梁山路, school 梁山一中, road 梁山东路, pipe 梁山路1号"},
				{"梁山路", 2, "road 梁山路, pipe 梁山路1号"}, // three hundred of one name are one
				{"梁山路12号", 1, "pipe 梁山路12号"},
				{"１２号　梁山", 1, "pipe 梁山路12号"},
				{"梁山12", 1, "pipe 梁山路12号"},
				{"李庄", 3, "place 李庄, place 李庄, school 李庄小学"},
				{"小学 寿张集镇", 3, "school 寿张集镇中心小学, school 李庄小学"}, // the second is in that town
				{"ys12-3", 1, "pipe YS12-3"},
				{"YS12", 2, "pipe YS12-0, pipe YS12-1"},
				{"002345", 1, "parcel 370832100000002345"},
				{"370832100000002345", 5, "parcel 370832100000002345"},
				{"37083210000000234", 2, "parcel 370832100000002340, parcel 370832100000002341"},
				{"旱地", 5, ""}, // what hundreds of parcels are is no name
				{"没有这个地方", 5, ""},
				{"%", 5, ""},
				{"", 5, ""},
				{"'; drop table layer.place; --", 5, ""},
			} {
				if got := c.titles(test.text, test.n); got != test.want {
					t.Errorf("%q: %s; want %s", test.text, got, test.want)
				}
			}
		})
	}
}

func TestAHitSaysWhereAndWhy(t *testing.T) {
	t.Parallel()
	c := newCounty(t, true)
	h := c.search(search.Request{Text: "sz 村"}).Hits[0]
	if h.Title != "寿张集村" || h.Property != "name" || h.Match != "initials" || fmt.Sprint(h.Marks) != "[[0 2] [3 4]]" || h.Subtitle != "寿张集镇" {
		t.Errorf("hit %+v", h)
	}
	if *h.Point != [2]float64{116.01, 35.91} || *h.Bounds != (layers.Bounds{116.01, 35.91, 116.01, 35.91}) {
		t.Errorf("hit at %v, %v", h.Point, h.Bounds)
	}
	if h := c.search(search.Request{Text: "002345"}).Hits[0]; h.Subtitle != "水浇地" && h.Subtitle != "旱地" || h.Point == nil {
		t.Errorf("hit %+v", h)
	}
	if h := c.search(search.Request{Text: "长清村"}).Hits[0]; h.Point != nil || h.Bounds != nil {
		t.Errorf("what has no geometry is at %v", h.Point)
	}
	for near, want := range map[layers.Bounds]string{{116.12, 35.8, 116.12, 35.8}: "水泊街道", {116.02, 35.92, 116.02, 35.92}: "寿张集镇"} {
		if h := c.search(search.Request{Text: "李庄", Near: &near}).Hits[0]; h.Subtitle != want {
			t.Errorf("the first near %v is in %s, want %s", near, h.Subtitle, want)
		}
	}
	near := layers.Bounds{116.25, 35.79, 116.26, 35.81}
	if h := c.search(search.Request{Text: "梁山路", Near: &near}).Hits[0]; (*h.Bounds)[0] < 116.24 || (*h.Bounds)[0] > 116.27 {
		t.Errorf("of one road the part at %v, want one within %v", h.Bounds, near)
	}
	if hits := c.search(search.Request{Text: "梁山", Layers: []string{"school"}}).Hits; len(hits) != 1 || hits[0].Layer != "school" {
		t.Errorf("of schools: %+v", hits)
	}
	if hits := c.search(search.Request{Text: "3708", Limit: 7}).Hits; len(hits) != 7 {
		t.Errorf("%d hits, want 7", len(hits))
	}
	for text, want := range map[string]error{strings.Repeat("长", 101): layers.ErrInvalid, "a\x00": layers.ErrInvalid, "\xff": layers.ErrInvalid} {
		if _, err := c.index.Search(t.Context(), layers.Anonymous, search.Request{Text: text}); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
	if _, err := c.index.Search(t.Context(), layers.Anonymous, search.Request{Text: "梁", Layers: []string{"nowhere"}}); !errors.Is(err, layers.ErrNotFound) {
		t.Errorf("a layer that is not there: %v", err)
	}
}

// An edit by plain SQL counts in the next search, whether the index has it already or not.
func TestAnEditIsFoundAtOnce(t *testing.T) {
	t.Parallel()
	c := newCounty(t, true)
	expect := func(text, want string) {
		t.Helper()
		if got := c.titles(text, 3); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for i := range 30 {
		name := fmt.Sprintf("新%c庄", rune('乙'+i))
		c.exec("update layer.place set name = $1 where name = '寿张集村' or name like '新%庄'", name)
		expect(name, "place "+name)
		if i > 0 {
			expect(fmt.Sprintf("新%c庄", rune('乙'+i-1)), "")
		}
		expect("寿张集村", "")
	}
	c.exec("insert into layer.place (name) values ('赵固堆')")
	expect("zgd", "place 赵固堆")
	c.exec("delete from layer.place where name = '赵固堆'")
	expect("zgd", "")
	c.exec("update layer.parcel set bsm = 'X' || bsm") // of all rows
	c.ready()
	expect("X370832100000002345", "parcel X370832100000002345")
	expect("370832100000002345", "parcel X370832100000002345")
	c.exec("delete from layer.parcel where fid % 2 = 0")
	c.ready()
	expect("X370832100000002346", "")
	expect("X370832100000002345", "parcel X370832100000002345")
	c.exec("truncate layer.parcel")
	c.ready()
	expect("X370832100000002345", "")
	c.exec("alter table layer.place rename column name to called")
	c.ready()
	expect("梁山县", "place 梁山县")
	c.exec("update onemap.property set role = 'search' where layer = 'parcel' and property = 'class'")
	c.exec("insert into layer.parcel (bsm, class) values ('1', '沟渠')")
	c.ready()
	expect("gouqu", "parcel 沟渠")
	c.exec("drop table layer.school")
	c.ready()
	expect("一中", "")
	c.same()
}

// same checks that the index has of each layer what it would have if it were made now.
func (c *county) same() {
	c.Helper()
	read := func() (keys []string) {
		c.Helper()
		rows, err := c.pool.Query(c.Context(), "select layer || ' ' || key || ' ' || fid || ' ' || coalesce(x::text, '') from onemap.search_key join onemap.search_index using (number) order by 1")
		if err != nil {
			c.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var key string
			if err := rows.Scan(&key); err != nil {
				c.Fatal(err)
			}
			keys = append(keys, key)
		}
		return keys
	}
	kept := read()
	c.exec("update onemap.search_index set gone = true")
	c.ready()
	made := read()
	if !slices.Equal(kept, made) {
		c.Errorf("the index has %d keys; made anew it has %d", len(kept), len(made))
	}
}

// A keeper that was stopped is followed by one that goes on, and what was written in the meantime is found even so.
func TestAnotherGoesOn(t *testing.T) {
	t.Parallel()
	c := newCounty(t, false)
	for i := range 12 {
		stop := c.run(c.index.Keep)
		time.Sleep(time.Duration(i*15) * time.Millisecond)
		stop()
		c.exec("update layer.parcel set bsm = bsm || 'K' where fid % 97 = $1", i)
		c.exec("update layer.place set name = $1 where name = '李庄' or name like '_李庄'", string(rune('甲'+i))+"李庄")
		if got, want := c.titles(string(rune('甲'+i))+"李庄", 1), "place "+string(rune('甲'+i))+"李庄"; got != want {
			t.Errorf("while nobody keeps the index: %q, want %q", got, want)
		}
	}
	c.run(c.index.Keep)
	c.ready()
	if got, want := c.titles("K", 1), ""; got != want {
		t.Errorf("K: %q", got)
	}
	c.same()
}

// The index finds what looking at every row finds.
func TestTheIndexAgreesWithTheRows(t *testing.T) {
	t.Parallel()
	const parcels = 250 // each question to the rows looks at all of them, and of a text that very many have nothing is compared
	c := newCountyOf(t, true, parcels)
	t.Run("rows", func(t *testing.T) { agrees(t, c, newCountyOf(t, false, parcels)) })
}

func agrees(t *testing.T, c, plain *county) {
	random := rand.New(rand.NewPCG(5, 6))
	names := []string{"寿张集镇", "梁山东路", "梁山路117号", "李庄小学", "重庆村", "YS12-3", "370832100000002345", "shouzhangji", "liangshanlu", "lsl12h", "szjzzxxx", "zq", "chq"}
	found, compared := 0, 0
	for range 150 {
		name := []rune(names[random.IntN(len(names))])
		from := random.IntN(len(name))
		text := string(name[from : from+1+random.IntN(len(name)-from)])
		if random.IntN(3) == 0 {
			text += " " + string([]rune(names[random.IntN(len(names))])[:1+random.IntN(2)])
		}
		set := func(c *county) []string {
			var hits []string
			for _, h := range c.search(search.Request{Text: text, Limit: search.MaxLimit}).Hits {
				hits = append(hits, fmt.Sprint(h.Layer, " ", h.Title, " ", h.Match, " ", h.Marks))
			}
			slices.Sort(hits)
			return hits
		}
		got, want := set(c), set(plain)
		if len(want) >= search.MaxLimit { // which of many are best differs by what was read
			continue
		}
		found, compared = found+len(want), compared+1
		if !slices.Equal(got, want) {
			t.Errorf("%q: the index finds %d\n%s\nthe rows %d\n%s", text, len(got), strings.Join(got, "\n"), len(want), strings.Join(want, "\n"))
		}
	}
	if found < 100 || compared < 100 {
		t.Errorf("only %d hits of %d texts: too few to tell", found, compared)
	}
}

// As of a moment, things are found by what they were called then.
func TestThePastIsSearched(t *testing.T) {
	t.Parallel()
	c := newCounty(t, true)
	then, err := c.store.Settle(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.exec("update layer.place set name = '新镇' where name = '寿张集镇'")
	c.exec("delete from layer.school where name = '梁山一中'")
	c.exec("insert into layer.pipe (no) values ('YS99-9')")
	c.ready()
	for _, test := range []struct{ text, now, past string }{
		{"寿张集镇", "school 寿张集镇中心小学", "place 寿张集镇"},
		{"xinzhen", "place 新镇", ""},
		{"梁山一中", "", "school 梁山一中"},
		{"YS99", "pipe YS99-9", ""},
		{"002345", "parcel 370832100000002345", "parcel 370832100000002345"},
	} {
		for asOf, want := range map[int64]string{0: test.now, then: test.past} {
			got := ""
			if hits := c.search(search.Request{Text: test.text, AsOf: asOf}).Hits; len(hits) > 0 {
				got = hits[0].Layer + " " + hits[0].Title
			}
			if got != want {
				t.Errorf("%q as of %d: %q, want %q", test.text, asOf, got, want)
			}
		}
	}
}

func TestProgressOfTheIndex(t *testing.T) {
	t.Parallel()
	c := newCountyOf(t, false, 10)
	last, err := c.store.Settle(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	progress := func() search.Progress {
		t.Helper()
		p, err := c.index.Progress(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := progress(); p != (search.Progress{Behind: last}) {
		t.Errorf("before any is made: %+v, and the log is at %d", p, last)
	}
	stop := c.run(c.index.Keep)
	c.ready()
	if p := progress(); p.Behind != 0 || p.Position < last || p.Layers != 5 || p.Pending != 0 {
		t.Errorf("all made: %+v", p)
	}
	stop()
	c.exec("update layer.place set name = '新镇' where name = '寿张集镇'")
	if _, err := c.store.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p := progress(); p.Behind != 1 || p.Layers != 5 {
		t.Errorf("a change that nobody brought in: %+v", p)
	}
}
