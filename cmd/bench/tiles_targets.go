package main

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"onemap/layers"
	"onemap/tiles"
)

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
