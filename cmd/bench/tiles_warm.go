package main

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"onemap/tiles"
)

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
