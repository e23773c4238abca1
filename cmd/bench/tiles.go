package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
	"onemap/tiles"
)

// The modes of a run.
const (
	modeCold        = "cold"        // every tile once, caches empty
	modeWarm        = "warm"        // a list over and over
	modeConditional = "conditional" // with the ETag that was told: is it still that?
	modeEdits       = "edits"       // under load, while rows change
	modeTenfold     = "tenfold"     // ours alone, cold, beside a layer with ten times the features
	modeDefaults    = "defaults"    // ours alone, cold, with the drawing rules it comes with
)

type tilesCmd struct {
	Target      []string `sep:"none" placeholder:"NAME=URL" help:"A tile server, http://host:port/{z}/{x}/{y}; several by turns. {round} in it differs from round to round, to go round a cache. None: ours and the peers are started on a county."`
	Restart     []string `sep:"none" placeholder:"NAME=COMMAND" help:"How a target's caches are emptied before a cold round: a command for sh."`
	Pid         []string `sep:"none" placeholder:"NAME=PID" help:"Whose memory a target's is; whoever listens on its port if not given."`
	Modes       []string `default:"cold,warm,conditional,edits,defaults" enum:"cold,warm,conditional,edits,tenfold,defaults" help:"What to measure: ${enum}."`
	Zooms       string   `default:"8-16" help:"Zooms of the cold lists."`
	WarmZooms   string   `default:"10,12,14,16" help:"Zooms of the lists that are repeated."`
	Tiles       int      `default:"400" help:"Most tiles of a zoom."`
	Bounds      string   `placeholder:"W,S,E,N" help:"Where tiles are taken from, in degrees; the layer's if ours is started."`
	Seed        uint64   `default:"1" help:"The same seed and bounds give the same lists."`
	Rounds      int      `default:"3" help:"Rounds of all targets by turns."`
	Connections int      `default:"4" help:"Requests at once."`
	ColdLimit   float64  `default:"20" help:"Seconds after which no further tile of a cold list is begun."`
	WarmSeconds float64  `default:"2" help:"Seconds a list is repeated for."`
	EditSeconds float64  `default:"10" help:"Seconds of load with edits, each round."`
	EditRate    int      `default:"20" help:"Edits a second, at most."`
	EditZooms   string   `default:"13-16" help:"Zooms of the tiles that edits are looked for in, and of the load."`
	EditTable   string   `default:"layer.dltb" help:"Table that is edited."`
	EditKey     string   `default:"fid" help:"Its key, a whole number."`
	EditColumn  string   `default:"zldwmc" help:"Its column of text that is edited, and that tiles carry."`
	EditGeom    string   `default:"geom" help:"Its geometry."`
	DatabaseURL string   `placeholder:"URL" help:"Where that table is, with targets of your own."`
	Dir         string   `type:"path" help:"Where the throw-away directory is made."`
	Data        string   `type:"path" placeholder:"DIR" help:"Private PostGIS to use and keep, with a county; made if missing. None: a throw-away one."`
	Martin      string   `placeholder:"PROGRAM" help:"Martin; on PATH if not given."`
	Tegola      string   `placeholder:"PROGRAM" help:"Tegola; on PATH if not given."`
	Tileserv    string   `placeholder:"PROGRAM" help:"pg_tileserv; on PATH if not given."`
	MapServer   string   `name:"mapserver" placeholder:"PROGRAM" help:"MapServer's mapserv; on PATH if not given."`
	Nginx       string   `placeholder:"PROGRAM" help:"nginx, which stands before MapServer; on PATH if not given."`
	JSON        string   `type:"path" placeholder:"FILE" help:"Write the result here, not to standard output."`
}

// tilesRun is one run under way.
type tilesRun struct {
	tilesCmd
	rig      rig
	pool     *pgxpool.Pool
	result   tilesResult
	database int // the process of the database
	cold     []*tileList
	warm     []*tileList
	bounds   layers.Bounds
}

// Run measures and prints.
func (c tilesCmd) Run(ctx context.Context) (err error) {
	r := &tilesRun{tilesCmd: c, result: newTilesResult(c)}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.prepare(ctx); err != nil {
		return err
	}
	for _, phase := range []struct {
		mode string
		run  func(context.Context) error
	}{{modeCold, r.runCold}, {modeWarm, r.runWarm}, {modeEdits, r.runEdits}, {modeTenfold, r.runTenfold}, {modeDefaults, r.runDefaults}} {
		if !slices.Contains(c.Modes, phase.mode) && (phase.mode != modeWarm || !slices.Contains(c.Modes, modeConditional)) {
			continue
		}
		if err := phase.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", phase.mode, err)
		}
	}
	r.result.sum(r.rig.targets)
	r.result.print()
	return save(r.result, c.JSON)
}

// close ends what was started, and puts the layer's drawing back.
func (r *tilesRun) close() error {
	err := r.rig.stop()
	if r.rig.bed != nil {
		return errors.Join(err, r.sameDrawing(context.Background(), false), r.rig.bed.close())
	}
	if r.pool != nil {
		r.pool.Close()
	}
	return err
}

func (r *tilesRun) prepare(ctx context.Context) (err error) {
	if len(r.Target) == 0 {
		err = r.startAll(ctx)
	} else {
		err = r.takeTargets(ctx)
	}
	if err != nil {
		return err
	}
	r.database = postmaster(ctx, r.pool)
	for _, lists := range []struct {
		zooms string
		into  *[]*tileList
	}{{r.Zooms, &r.cold}, {r.WarmZooms, &r.warm}} {
		zooms, err := parseZooms(lists.zooms)
		if err != nil {
			return err
		}
		for _, z := range zooms {
			*lists.into = append(*lists.into, newTileList(r.bounds, z, r.Tiles, r.Seed))
		}
	}
	r.result.Bounds, r.result.Lists, r.result.Skipped = r.bounds, r.cold, r.rig.skipped
	for _, s := range r.rig.skipped {
		fmt.Fprintln(os.Stderr, "skipped:", s)
	}
	return nil
}

// awaitMosaics waits until ours has made all that it makes in the background. dltb is whether that layer has a mosaic.
func (r *tilesRun) awaitMosaics(ctx context.Context, dltb bool) error {
	fmt.Fprintln(os.Stderr, "waiting for mosaics and the index of search")
	if err := r.rig.bed.until(ctx, "select ("+mosaicsMade+") and exists (select from onemap.mosaic where layer = 'dltb') = $1", dltb); err != nil {
		return err
	}
	return r.rig.bed.until(ctx, searchMade)
}

// sameDrawing has tiles of ours carry what those of the peers do, all features of all zooms; or puts back what was there.
func (r *tilesRun) sameDrawing(ctx context.Context, same bool) error {
	if r.pool == nil {
		return nil
	}
	sql := `update onemap.layer set drawing = metadata -> 'benchDrawing', metadata = metadata - 'benchDrawing' where layer = 'dltb' and metadata ? 'benchDrawing'`
	if same {
		sql = `update onemap.layer set metadata = metadata || jsonb_build_object('benchDrawing', coalesce(metadata -> 'benchDrawing', drawing)),
			drawing = '{"minZoom": 0, "properties": ["bsm", "dlbm", "dlmc", "zldwmc", "qsdwmc", "tbmj", "sjnf"]}' where layer = 'dltb'`
	}
	_, err := r.pool.Exec(ctx, sql)
	return err
}

// runCold asks each target for every tile once a round, caches empty. Before, all are asked for some: the database has read
// what each of them reads, so that none pays for being the first.
func (r *tilesRun) runCold(ctx context.Context) error {
	for _, t := range r.rig.targets {
		if _, err := (drive{connections: r.Connections, limit: seconds(r.ColdLimit), round: -1}).run(ctx, t, r.cold[0].Tiles); err != nil {
			return err
		}
	}
	for round := range r.Rounds {
		for _, t := range r.rig.targets {
			if err := r.empty(ctx, t, round); err != nil {
				return err
			}
		}
		for _, list := range r.cold {
			for _, t := range r.rig.targets {
				d := drive{connections: r.Connections, limit: seconds(r.ColdLimit), round: round}
				if err := r.measure(ctx, modeCold, round, t, list, list.Tiles, d); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// empty empties a target's caches, and has its connections to the database opened by tiles that are in no list.
func (r *tilesRun) empty(ctx context.Context, t *target, round int) error {
	if t.restart != nil {
		r.result.remember(t)
		if err := t.restart(ctx); err != nil {
			return err
		}
	}
	_, err := drive{connections: r.Connections, limit: time.Minute, round: round}.run(ctx, t, newTileList(r.bounds, 18, 8*r.Connections, r.Seed+1).Tiles)
	return err
}

// measure does one drive and notes it.
func (r *tilesRun) measure(ctx context.Context, mode string, round int, t *target, list *tileList, which []tiles.Tile, d drive) error {
	meter := newMeter(t, r.database)
	f, err := d.run(ctx, t, which)
	if err != nil {
		return err
	}
	f.Mode, f.Zoom, f.Round, f.CPU = mode, list.Zoom, round, meter.share(f.Requests)
	r.result.note(f)
	if t == r.rig.targets[0] && mode == modeCold && f.Requests > 0 {
		list.Empty = float64(f.Empty) / float64(f.Requests)
	}
	return nil
}

// runEdits has each target under load while rows change.
func (r *tilesRun) runEdits(ctx context.Context) error {
	zooms, err := parseZooms(r.EditZooms)
	if err != nil {
		return err
	}
	edit, err := newEditor(ctx, r.pool, r.tilesCmd, zooms)
	if err != nil {
		return err
	}
	mixed := &tileList{Zoom: -1}
	for _, z := range zooms {
		mixed.Tiles = append(mixed.Tiles, newTileList(r.bounds, z, r.Tiles, r.Seed).Tiles...)
	}
	for round := range r.Rounds {
		for _, t := range r.rig.targets {
			editing, stop := context.WithTimeout(ctx, seconds(r.EditSeconds))
			load := make(chan error, 1)
			var f figure
			go func() {
				var err error
				f, err = drive{connections: r.Connections, limit: seconds(r.EditSeconds), repeat: true}.run(ctx, t, mixed.Tiles)
				load <- err
			}()
			e, err := edit.run(editing, t)
			stop()
			if err := errors.Join(err, <-load); err != nil {
				return err
			}
			f.Mode, f.Zoom, f.Round = modeEdits, -1, round
			e.Target, e.Round, e.Load = t.name, round, f
			r.result.Edits = append(r.result.Edits, e)
			fmt.Fprintf(os.Stderr, "%-12s edits %d: p50 %.1f p99 %.1f ms, late %d, stale %d; %.0f requests/s\n", t.name, e.Edits, e.P50, e.P99, e.Late, e.Stale, f.Rate)
		}
	}
	return nil
}

// runDefaults measures ours as users have it: cold, all zooms up to 12, with the rules of drawing it comes with.
func (r *tilesRun) runDefaults(ctx context.Context) error {
	if err := r.sameDrawing(ctx, false); err != nil {
		return err
	}
	if err := r.awaitMosaics(ctx, true); err != nil {
		return err
	}
	ours := r.rig.targets[0]
	for round := range r.Rounds {
		if err := r.empty(ctx, ours, round); err != nil {
			return err
		}
		for zoom := range 13 {
			list := newTileList(r.bounds, zoom, r.Tiles, r.Seed)
			d := drive{connections: r.Connections, limit: seconds(r.ColdLimit), round: round}
			if err := r.measure(ctx, modeDefaults, round, ours, list, list.Tiles, d); err != nil {
				return err
			}
		}
	}
	return nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
