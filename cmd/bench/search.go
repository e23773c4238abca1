package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mozillazg/go-pinyin"
)

type searchCmd struct {
	Questions int    `default:"500" help:"Questions that are asked, one after the other."`
	Rebuild   bool   `help:"Make the index anew first, and tell how long it takes."`
	Seed      uint64 `default:"1" help:"The same seed gives the same questions."`
	Dir       string `type:"path" help:"Where the throw-away directory is made."`
	Data      string `type:"path" placeholder:"DIR" help:"Private PostGIS to use and keep, with a county; made if missing. None: a throw-away one."`
	JSON      string `type:"path" placeholder:"FILE" help:"Write the result here, not to standard output."`
}

// searchResult is what searches cost.
type searchResult struct {
	Seconds    float64                `json:"seconds,omitempty"` // to make the index
	Features   int64                  `json:"features"`          // of all layers
	Keys       int64                  `json:"keys"`
	IndexMB    float64                `json:"indexMB"`
	All        searchTimes            `json:"all"`
	Kinds      map[string]searchTimes `json:"kinds"`
	ResidentMB float64                `json:"residentMB"`
}

// searchTimes are in milliseconds.
type searchTimes struct {
	Questions int     `json:"questions"`
	P50       float64 `json:"p50"`
	P95       float64 `json:"p95"`
	Max       float64 `json:"max"`
}

// Run measures and prints.
func (c searchCmd) Run(ctx context.Context) (err error) {
	b, err := countyBed(ctx, c.Dir, c.Data)
	defer func() {
		if b != nil {
			err = errors.Join(err, b.close())
		}
	}()
	if err != nil {
		return err
	}
	server, err := onemapServer(b)
	if err != nil {
		return err
	}
	if err := server.start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	result, err := c.index(ctx, b)
	if err != nil {
		return err
	}
	kinds, err := c.questions(ctx, b)
	if err != nil {
		return err
	}
	if err := c.ask(ctx, "http://127.0.0.1:"+server.port, kinds, result); err != nil {
		return err
	}
	result.ResidentMB = residentPeak(server.pids())
	result.print()
	return save(result, c.JSON)
}

// index waits until the index is made, and tells what it is.
func (c searchCmd) index(ctx context.Context, b *bed) (*searchResult, error) {
	if c.Rebuild {
		if _, err := b.pool.Exec(ctx, "delete from onemap.search_index; truncate onemap.search_key"); err != nil {
			return nil, err
		}
	}
	begun := time.Now()
	if err := b.until(ctx, searchMade); err != nil {
		return nil, err
	}
	r := &searchResult{Kinds: map[string]searchTimes{}}
	if c.Rebuild {
		r.Seconds = time.Since(begun).Seconds()
	}
	if _, err := b.pool.Exec(ctx, "vacuum analyze onemap.search_key"); err != nil {
		return nil, err
	}
	return r, b.pool.QueryRow(ctx, `select (select sum(count) from onemap.layer_stat), (select count(*) from onemap.search_key),
		pg_total_relation_size('onemap.search_key') / 1e6`).Scan(&r.Features, &r.Keys, &r.IndexMB)
}

// questions are what people type, by kind.
func (c searchCmd) questions(ctx context.Context, b *bed) (map[string][]string, error) {
	names, err := column(ctx, b, `select name from (select name from layer.place_name union all select name from layer.facility union all select name from layer.road
		union all select xzqmc from layer.xzq_village) n where length(name) > 2 order by md5(name || $1) limit $2`, c.Seed, c.Questions)
	if err != nil {
		return nil, err
	}
	numbers, err := column(ctx, b, "select bsm from layer.dltb order by md5(bsm || $1) limit $2", c.Seed, c.Questions)
	if err != nil {
		return nil, err
	}
	pipes, err := column(ctx, b, "select lno from layer.pipe_line order by md5(lno || $1) limit $2", c.Seed, c.Questions)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(c.Seed, 1))
	kinds := map[string][]string{}
	add := func(kind, text string) { kinds[kind] = append(kinds[kind], text) }
	for i := range c.Questions / 10 {
		name := []rune(names[i%len(names)])
		other := []rune(names[(i*7+1)%len(names)])
		number, pipe := numbers[i%len(numbers)], pipes[i%len(pipes)]
		sound, short := aloud(name)
		add("names", string(name))
		add("first characters", string(name[:1+random.IntN(2)])) // as somebody begins to type
		add("parts", string(name[1:]))
		add("pinyin", sound)
		add("pinyin as typed", sound[:1+random.IntN(len(sound))])
		add("initials", short[:min(len(short), 2+random.IntN(3))])
		add("numbers", number)
		add("last six digits", number[len(number)-6:])
		add("pipes", pipe[:2+random.IntN(len(pipe)-1)])
		add("two words", string(other[len(other)-2:])+" "+string(name[:2]))
	}
	return kinds, nil
}

// column reads texts.
func column(ctx context.Context, b *bed, sql string, seed uint64, limit int) (texts []string, err error) {
	rows, err := b.pool.Query(ctx, sql, fmt.Sprint(seed), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	if len(texts) == 0 {
		return nil, errors.Join(rows.Err(), errors.New("the county has nothing to look for"))
	}
	return texts, rows.Err()
}

// aloud is how a name sounds, and the initials of that.
func aloud(name []rune) (sound, short string) {
	for _, r := range name {
		if s := pinyin.SinglePinyin(r, pinyin.NewArgs()); len(s) > 0 {
			sound, short = sound+s[0], short+s[0][:1]
		} else {
			sound, short = sound+strings.ToLower(string(r)), short+strings.ToLower(string(r))
		}
	}
	return sound, short
}

// ask asks all questions, those of all kinds mixed, after a few of each so that the server has been used before.
func (c searchCmd) ask(ctx context.Context, base string, kinds map[string][]string, result *searchResult) error {
	type question struct{ kind, text string }
	var all []question
	for kind, texts := range kinds {
		for _, text := range texts {
			all = append(all, question{kind, text})
		}
	}
	slices.SortFunc(all, func(a, b question) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.text, b.text)) })
	random := rand.New(rand.NewPCG(c.Seed, 2))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, q := range all[:min(len(all), 60)] {
		if _, err := askOne(ctx, base, q.text); err != nil {
			return err
		}
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	times := map[string][]time.Duration{}
	for _, q := range all {
		took, err := askOne(ctx, base, q.text)
		if err != nil {
			return fmt.Errorf("%q: %w", q.text, err)
		}
		times[q.kind], times[""] = append(times[q.kind], took), append(times[""], took)
	}
	for kind, ts := range times {
		slices.Sort(ts)
		result.Kinds[kind] = searchTimes{len(ts), percentile(ts, 0.5), percentile(ts, 0.95), percentile(ts, 1)}
	}
	result.All = result.Kinds[""]
	delete(result.Kinds, "")
	return nil
}

func askOne(ctx context.Context, base, text string) (time.Duration, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/search?near=116.0,35.7,116.2,35.9&q="+url.QueryEscape(text), nil)
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errors.New(answer.Status)
	}
	return time.Since(begun), err
}

func (r *searchResult) print() {
	fmt.Fprintf(os.Stderr, "%d features, %d keys, %.0f MB, made in %.0f s; %.0f MB resident\n", r.Features, r.Keys, r.IndexMB, r.Seconds, r.ResidentMB)
	line := func(kind string, t searchTimes) {
		fmt.Fprintf(os.Stderr, "%-18s %4d questions  p50 %6.1f ms  p95 %6.1f ms  max %6.1f ms\n", kind, t.Questions, t.P50, t.P95, t.Max)
	}
	kinds := make([]string, 0, len(r.Kinds))
	for kind := range r.Kinds {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		line(kind, r.Kinds[kind])
	}
	line("all", r.All)
}
