package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// What is measured of features.
const (
	wholeGeoJSON = "whole geojson" // all features of the layer
	wholeGML     = "whole gml"     // the same as GML 3.2
	oneFeature   = "one by id"
	boxPage      = "page by box" // of 1000 features
	firstPage    = "first page"
	deepPage     = "deep page"
)

type featuresCmd struct {
	Rounds      int     `default:"3" help:"Rounds of all servers by turns."`
	Connections int     `default:"4" help:"Requests at once, where single features and pages are asked for."`
	Seconds     float64 `default:"3" help:"Seconds a list of questions is repeated for."`
	Page        int     `default:"30" help:"Features of a page of those turned one after the other."`
	Deep        int     `default:"10000" help:"The deep page's number."`
	Seed        uint64  `default:"1" help:"The same seed gives the same ids and boxes."`
	Dir         string  `type:"path" help:"Where the throw-away directory is made."`
	Data        string  `type:"path" placeholder:"DIR" help:"Private PostGIS to use and keep, with a county; made if missing. None: a throw-away one."`
	Featureserv string  `placeholder:"PROGRAM" help:"pg_featureserv; on PATH if not given."`
	MapServer   string  `name:"mapserver" placeholder:"PROGRAM" help:"MapServer's mapserv; on PATH if not given."`
	Nginx       string  `placeholder:"PROGRAM" help:"nginx, which stands before MapServer; on PATH if not given."`
	JSON        string  `type:"path" placeholder:"FILE" help:"Write the result here, not to standard output."`
}

// featuresRun is one run under way.
type featuresRun struct {
	featuresCmd
	rig    rig
	layer  county
	doors  []door // one of each target, in their order
	result featuresResult
}

// Run measures and prints.
func (c featuresCmd) Run(ctx context.Context) (err error) {
	r := &featuresRun{featuresCmd: c, result: newFeaturesResult(c)}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.prepare(ctx); err != nil {
		return err
	}
	for round := range c.Rounds {
		for _, phase := range []func(context.Context, int) error{r.runSingle, r.runWhole} {
			if err := phase(ctx, round); err != nil {
				return err
			}
		}
	}
	r.result.sum()
	r.result.print()
	return save(r.result, c.JSON)
}

func (r *featuresRun) close() error {
	err := r.rig.stop()
	if r.rig.bed != nil {
		err = errors.Join(err, r.rig.bed.close())
	}
	return err
}

// prepare starts ours and the peers that are installed on a county.
func (r *featuresRun) prepare(ctx context.Context) (err error) {
	if r.rig.bed, err = countyBed(ctx, r.Dir, r.Data); err != nil {
		return err
	}
	if r.layer, err = readCounty(ctx, r.rig.bed.pool); err != nil {
		return err
	}
	ours, err := onemapServer(r.rig.bed)
	if err != nil {
		return err
	}
	if err := r.rig.add(ctx, ours, ""); err != nil {
		return err
	}
	for _, made := range []string{mosaicsMade, searchMade} {
		if err := r.rig.bed.until(ctx, made); err != nil {
			return err
		}
	}
	if err := r.rig.preparePeers(ctx, r.layer.bounds); err != nil {
		return err
	}
	if err := r.rig.startMapServer(ctx, r.MapServer, r.Nginx, ""); err != nil {
		return err
	}
	if err := r.rig.startFeatureserv(ctx, r.Featureserv); err != nil {
		return err
	}
	if err := r.openDoors(ctx); err != nil {
		return err
	}
	r.result.Features, r.result.Skipped = r.layer.features, r.rig.skipped
	for _, s := range r.rig.skipped {
		fmt.Fprintln(os.Stderr, "skipped:", s)
	}
	return nil
}

// openDoors finds where each target is asked.
func (r *featuresRun) openDoors(ctx context.Context) error {
	for _, t := range r.rig.targets {
		var d door
		switch t.name {
		case "mapserver":
			d = mapServerDoor{t.template}
		case "pg_featureserv":
			d = featureservDoor{t.template}
		default:
			var err error
			if d, err = newOwnDoor(ctx, t.template, r.featuresCmd); err != nil {
				return err
			}
		}
		r.doors = append(r.doors, d)
	}
	return nil
}

// runWhole has each target write the whole layer, just started, so that its memory is what that takes.
func (r *featuresRun) runWhole(ctx context.Context, round int) error {
	for _, what := range []string{wholeGeoJSON, wholeGML} {
		for i, t := range r.rig.targets {
			if r.doors[i].whole(what) == "" {
				continue
			}
			if err := t.restart(ctx); err != nil {
				return err
			}
			if _, err := (drive{connections: 1, limit: time.Minute}).ask(ctx, r.doors[i].ones(r.layer.ids[:1])); err != nil {
				return err
			}
			f, err := readWhole(ctx, r.doors[i].whole(what), what, r.layer.features)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", t.name, what, err)
			}
			f.What, f.Target, f.Round, f.MemoryMB = what, t.name, round, residentPeak(t.pids())
			r.result.note(f)
		}
	}
	return nil
}

// runSingle asks each target for single features and pages.
func (r *featuresRun) runSingle(ctx context.Context, round int) error {
	boxes := r.layer.boxes(r.Seed, 200)
	for _, what := range []string{oneFeature, boxPage, firstPage, deepPage} {
		for i, t := range r.rig.targets {
			questions := map[string]func() []string{
				oneFeature: func() []string { return r.doors[i].ones(r.layer.ids) },
				boxPage:    func() []string { return r.doors[i].inBoxes(boxes) },
				firstPage:  func() []string { return []string{r.doors[i].page(1, r.Page)} },
				deepPage:   func() []string { return []string{r.doors[i].page(r.Deep, r.Page)} },
			}[what]()
			f, err := drive{connections: r.Connections, limit: seconds(r.Seconds), repeat: true}.ask(ctx, questions)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", t.name, what, err)
			}
			r.result.note(featureFigure{What: what, Target: t.name, Round: round, Rate: f.Rate, P50: f.P50, P95: f.P95,
				Bytes: f.Bytes, Errors: f.Errors, Error: f.Error, MemoryMB: residentPeak(t.pids())})
		}
	}
	return nil
}
