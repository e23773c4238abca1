package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/alecthomas/kong"
)

// fileSettings are the settings of one configuration file, keyed like the flags.
type fileSettings struct {
	file   string
	values map[string]any
}

// settings reads a configuration file: one JSON object.
func settings(r io.Reader) (kong.Resolver, error) {
	s := fileSettings{file: "configuration file"}
	if f, ok := r.(*os.File); ok {
		s.file = f.Name()
	}
	if err := json.NewDecoder(r).Decode(&s.values); err != nil {
		return nil, fmt.Errorf("%s: not a JSON object of settings such as {\"listen\": \":8080\"}: %w", s.file, err)
	}
	return s, nil
}

// Validate refuses a key that no command knows: a setting misspelled would be a setting not made.
func (s fileSettings) Validate(app *kong.Application) error {
	known := map[string]bool{}
	for _, node := range append(slices.Clone(app.Children), app.Node) {
		for _, flag := range node.Flags {
			known[flag.Name] = true
		}
	}
	for name := range s.values {
		if !known[name] {
			return fmt.Errorf("%s: there is no setting %q; keys are named like the flags of onemap serve --help, without --", s.file, name)
		}
	}
	return nil
}

// Resolve gives way to the environment, which wins over a file.
func (s fileSettings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	return s.values[flag.Name], nil
}
