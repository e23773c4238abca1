package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// config is what every command takes: where the database is, and how to speak of it. Each setting is a flag, an
// environment variable and a key of the configuration file, in this order of precedence.
type config struct {
	Config      kong.ConfigFlag  `placeholder:"FILE" help:"Read settings from a JSON file, keys named like the flags (also read: /etc/onemap.json, ~/.config/onemap.json)."`
	Data        string           `placeholder:"DIR" default:"${data}" env:"ONEMAP_DATA" type:"path" help:"Directory of the private PostGIS; made if missing (${env}; now ${default})."`
	DatabaseURL string           `placeholder:"URL" env:"ONEMAP_DATABASE_URL" help:"Use this PostGIS instead of a private one; only the schemas onemap, layer and history are ours (${env})."`
	LogFormat   string           `enum:"auto,text,json" default:"auto" env:"ONEMAP_LOG_FORMAT" help:"Log as text or json; auto: text on a terminal (${env})."`
	LogLevel    slog.Level       `default:"info" env:"ONEMAP_LOG_LEVEL" help:"Least level that is logged: debug, info, warn, error (${env})."`
	Version     kong.VersionFlag `help:"Print the version."`
}

// command is one sub-command.
type command interface {
	Run(ctx context.Context, cfg *config) error
}

// commands is the table of what onemap can do.
type commands struct {
	config
	Serve   serveCmd   `cmd:"" help:"Serve the map: page, tiles and OGC API on one port. Starts a private PostGIS and loads a synthetic county where there is no database yet."`
	Import  importCmd  `cmd:"" help:"Import files as a layer, in one transaction."`
	Export  exportCmd  `cmd:"" help:"Write a layer, or a part of it, to a file (Shapefile, GeoPackage, GeoJSON, CSV, KML, DXF …)."`
	Tiles   tilesCmd   `cmd:"" help:"Tiles in bulk: an archive of them in one file (PMTiles), or drawn before anybody asks."`
	Publish publishCmd `cmd:"" help:"Make a layer of a table or view that is already in the database, as it is."`
	Demo    demoCmd    `cmd:"" help:"Generate a synthetic county and load it."`
	Migrate migrateCmd `cmd:"" help:"Bring the database's schemas to this version."`
	Psql    psqlCmd    `cmd:"" help:"Open psql on the database in use: onemap psql --data DIR -- ARGS."`
}

// parse reads the command line, the environment and the configuration files.
func parse(args []string) (command, *config, error) {
	var all commands
	parser, err := kong.New(&all,
		kong.Name("onemap"),
		kong.Description("One map of a county (一张图), true right now: PostGIS layers as vector tiles, OGC API features and a web page.\n\n"+
			"  onemap serve                         the map at http://127.0.0.1:8080, with everything it needs\n"+
			"  onemap import parcels.shp --layer x  a file becomes a layer, seen at once by who serves\n"+
			"  onemap psql -- -c '\\dt layer.*'      straight into the database: what you write there, the map shows"),
		kong.Vars{"data": defaultData(), "version": version(), "formats": writableNames()},
		kong.Configuration(settings, "/etc/onemap.json", "~/.config/onemap.json"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.ShortUsageOnError(),
	)
	if err != nil {
		return nil, nil, err
	}
	selected, err := parser.Parse(args)
	parser.FatalIfErrorf(err)
	run, ok := selected.Selected().Target.Addr().Interface().(command)
	if !ok {
		return nil, nil, fmt.Errorf("command %s can not run", selected.Command())
	}
	return run, &all.config, nil
}

// defaultData is a directory that the account running PostgreSQL can reach: root keeps state where services do, a
// person under their own.
func defaultData() string {
	if os.Geteuid() == 0 {
		return "/var/lib/onemap"
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "onemap")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "onemap-data"
	}
	return filepath.Join(home, ".local", "share", "onemap")
}

// logger writes to standard error in the format asked for.
func (c *config) logger() *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" || c.LogFormat == "auto" && !isTerminal(os.Stderr) {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// version is what the Go tool recorded of the commit the binary was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, dirty := "unknown", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+changes"
		}
	}
	return revision + dirty + " " + info.GoVersion
}
