package main

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
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

// takeTargets measures servers that run already.
func (r *tilesRun) takeTargets(ctx context.Context) (err error) {
	if r.bounds, err = parseBounds(r.Bounds); err != nil {
		return err
	}
	for _, text := range r.Target {
		name, template, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("target %q: want NAME=URL", text)
		}
		t := &target{name: name, template: template}
		u, err := t.url(tiles.Tile{}, 0)
		if err != nil {
			return err
		}
		t.pids = func() []int { return listeners(u.Port()) }
		if pid, err := strconv.Atoi(named(r.Pid, name)); err == nil {
			t.pids = func() []int { return []int{pid} }
		}
		if command := named(r.tilesCmd.Restart, name); command != "" {
			t.restart = func(ctx context.Context) error { return shell(ctx, command, u.Host) }
		}
		r.rig.targets = append(r.rig.targets, t)
	}
	if r.DatabaseURL == "" {
		r.Modes = slices.DeleteFunc(r.Modes, func(m string) bool { return m == modeEdits })
	} else if r.pool, err = layers.Connect(ctx, r.DatabaseURL); err != nil {
		return err
	}
	r.Modes = slices.DeleteFunc(r.Modes, func(m string) bool { return m == modeDefaults || m == modeTenfold })
	return nil
}

// named finds NAME=VALUE.
func named(list []string, name string) string {
	for _, text := range list {
		if value, ok := strings.CutPrefix(text, name+"="); ok {
			return value
		}
	}
	return ""
}

// shell runs a command and waits until the address is open again.
func shell(ctx context.Context, command, address string) error {
	if said, err := exec.CommandContext(ctx, "sh", "-c", command).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", command, err, said)
	}
	for {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// startAll starts ours and the peers on a county.
func (r *tilesRun) startAll(ctx context.Context) (err error) {
	if r.rig.bed, err = countyBed(ctx, r.Dir, r.Data); err != nil {
		return err
	}
	r.pool = r.rig.bed.pool
	if err := r.sameDrawing(ctx, true); err != nil {
		return err
	}
	if r.Bounds != "" {
		r.bounds, err = parseBounds(r.Bounds)
	} else {
		err = r.pool.QueryRow(ctx, "select st_xmin(b), st_ymin(b), st_xmax(b), st_ymax(b) from (select st_extent(geom) b from layer.dltb) x").
			Scan(&r.bounds[0], &r.bounds[1], &r.bounds[2], &r.bounds[3])
	}
	if err != nil {
		return err
	}
	ours, err := onemapServer(r.rig.bed)
	if err != nil {
		return err
	}
	if err := r.rig.add(ctx, ours, "/tiles/dltb/{z}/{x}/{y}.mvt"); err != nil {
		return err
	}
	if err := r.awaitMosaics(ctx, false); err != nil {
		return err
	}
	return r.rig.startPeers(ctx, r.tilesCmd, r.bounds)
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

// runCold asks each target for every tile once a round, caches empty.
func (r *tilesRun) runCold(ctx context.Context) error {
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

// runWarm repeats lists that all targets have been asked for before, and asks whether they are still the same.
func (r *tilesRun) runWarm(ctx context.Context) error {
	stop, err := r.fillCaches(ctx)
	if err != nil {
		return err
	}
	defer stop()
	for round := range r.Rounds {
		for _, list := range r.warm {
			for _, mode := range []string{modeWarm, modeConditional} {
				if !slices.Contains(r.Modes, mode) {
					continue
				}
				for _, t := range r.rig.targets {
					if mode == modeConditional && len(t.etags) == 0 {
						continue
					}
					d := drive{connections: r.Connections, limit: seconds(r.WarmSeconds), repeat: true, conditional: mode == modeConditional}
					if err := r.measure(ctx, mode, round, t, list, list.Tiles, d); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// fillCaches asks each target for all tiles of the warm lists, and gives the bytes of the first to the bare server.
func (r *tilesRun) fillCaches(ctx context.Context) (stop func(), err error) {
	kept := map[string]*bareAnswer{}
	for i, t := range r.rig.targets {
		t.etags = map[tiles.Tile]string{}
		for _, list := range r.warm {
			d := drive{connections: r.Connections, limit: seconds(r.ColdLimit), keep: i == 0, see: func(tile tiles.Tile, a answer) {
				if len(a.etag) > 0 {
					t.etags[tile] = string(a.etag)
				}
				if i == 0 && a.status == 200 {
					kept[barePath(tile)] = &bareAnswer{string(a.kind), string(a.coding), string(a.etag), a.body}
				}
			}}
			if _, err := d.run(ctx, t, list.Tiles); err != nil {
				return nil, err
			}
		}
	}
	return r.startBare(ctx, kept)
}

// startBare starts the bar, in a process of its own, and makes it a target for as long as warm tiles are measured.
func (r *tilesRun) startBare(ctx context.Context, kept map[string]*bareAnswer) (stop func(), err error) {
	dir, err := os.MkdirTemp(r.Dir, "onemap-bare-")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "answers")
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(gob.NewEncoder(file).Encode(kept), file.Close()); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s, err := newServer(dir, "bare", "", func(port string) ([]*exec.Cmd, error) {
		return []*exec.Cmd{exec.Command(self, "bare", "--listen", "127.0.0.1:"+port, "--file", path)}, nil
	})
	if err != nil {
		return nil, err
	}
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	t := s.target("/{z}/{x}/{y}")
	t.bare, t.etags = true, r.rig.targets[0].etags
	r.rig.targets = append(r.rig.targets, t)
	return func() {
		r.result.remember(t)
		r.rig.targets = slices.DeleteFunc(r.rig.targets, func(o *target) bool { return o == t })
		if err := errors.Join(s.stop(), os.RemoveAll(dir)); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}, nil
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
