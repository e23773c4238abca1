package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
)

// startTegola starts it with an empty cache of files.
func (r *rig) startTegola(ctx context.Context, said string) error {
	tegola := program(said, "tegola")
	if tegola == "" {
		r.skipped = append(r.skipped, "tegola: not on PATH; say where it is by --tegola")
		return nil
	}
	cache := filepath.Join(r.bed.dir, "tegola")
	s, err := newServer(r.bed.dir, "tegola", "", func(port string) ([]*exec.Cmd, error) {
		if err := os.RemoveAll(cache); err != nil {
			return nil, err
		}
		config, err := r.fill("tegola.toml", map[string]string{"PORT": port, "CACHE": cache})
		return []*exec.Cmd{exec.Command(tegola, "serve", "--config", config)}, err
	})
	if err != nil {
		return err
	}
	return r.add(ctx, s, "/maps/county/{z}/{x}/{y}.pbf")
}
