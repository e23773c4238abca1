package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/migrations/postgres"
)

//go:embed peers
var peerFiles embed.FS

// peerRole is who peers are in the database: one that only reads, and whose queries do not use parallel workers, which is
// their better case.
const peerRole = "peer"

// mapservers is how many processes of MapServer answer.
const mapservers = 3

// rig is what one run of tiles has started.
type rig struct {
	bed     *bed
	servers []*server
	targets []*target
	skipped []string
	words   map[string]string // of the peers' configurations
	left    []string          // SQL that takes away what was made for them in the database
}

// stop ends all servers, and leaves the database as it was.
func (r *rig) stop() (err error) {
	for _, s := range r.servers {
		err = errors.Join(err, s.stop())
	}
	for _, sql := range r.left {
		_, gone := r.bed.pool.Exec(context.Background(), sql)
		err = errors.Join(err, gone)
	}
	return err
}

// add starts a server and makes it a target.
func (r *rig) add(ctx context.Context, s *server, path string) error {
	if err := s.start(ctx); err != nil {
		return err
	}
	r.servers = append(r.servers, s)
	r.targets = append(r.targets, s.target(path))
	return nil
}

// startPeers starts those that are installed.
func (r *rig) startPeers(ctx context.Context, c tilesCmd, bounds layers.Bounds) error {
	if err := r.preparePeers(ctx, bounds); err != nil {
		return err
	}
	if err := r.startMartin(ctx, c); err != nil {
		return err
	}
	if err := r.startTegola(ctx, c.Tegola); err != nil {
		return err
	}
	if err := r.startTileserv(ctx, c.Tileserv); err != nil {
		return err
	}
	return r.startMapServer(ctx, c.MapServer, c.Nginx, "/map?SERVICE=WMS&mode=tile&tilemode=gmap&tile={x}+{y}+{z}&layers=dltb&map.imagetype=mvt")
}

// preparePeers makes who peers are in the database, and the words of their configurations.
func (r *rig) preparePeers(ctx context.Context, bounds layers.Bounds) error {
	if _, err := r.bed.pool.Exec(ctx, fmt.Sprintf(`do $$ begin
		if not exists (select from pg_roles where rolname = '%[1]s') then create role %[1]s login; end if;
		alter role %[1]s set max_parallel_workers_per_gather = 0;
		execute (select format('grant usage on schema %%1$I to %[1]s; alter role %[1]s set search_path = %%1$I, public', nspname)
			from pg_extension join pg_namespace n on n.oid = extnamespace where extname = 'postgis');
		grant usage on schema layer to %[1]s;
		grant select on layer.dltb to %[1]s;
	end $$`, peerRole)); err != nil {
		return err
	}
	config, err := pgx.ParseConfig(r.bed.server.URL())
	if err != nil {
		return err
	}
	r.words = map[string]string{"SOCKET": config.Host, "ROLE": peerRole, "DATABASE": postgres.Database, "RUN": r.bed.dir, "CORES": strconv.Itoa(runtime.NumCPU()),
		"WEST": number(bounds[0]), "SOUTH": number(bounds[1]), "EAST": number(bounds[2]), "NORTH": number(bounds[3])}
	return nil
}

func (r *rig) startMartin(ctx context.Context, c tilesCmd) error {
	martin := program(c.Martin, "martin")
	if martin == "" {
		r.skipped = append(r.skipped, "martin: not on PATH; cargo install martin, or say where it is by --martin")
		return nil
	}
	s, err := newServer(r.bed.dir, "martin", "/health", func(port string) ([]*exec.Cmd, error) {
		config, err := r.fill("martin.yaml", map[string]string{"PORT": port})
		return []*exec.Cmd{exec.Command(martin, "--config", config)}, err
	})
	if err != nil {
		return err
	}
	return r.add(ctx, s, "/dltb/{z}/{x}/{y}")
}

// startMapServer starts it; path is that of what is asked for.
func (r *rig) startMapServer(ctx context.Context, mapserv, nginx, path string) error {
	mapserv, nginx = program(mapserv, "mapserv"), program(nginx, "nginx")
	if mapserv == "" || nginx == "" {
		r.skipped = append(r.skipped, "mapserver: mapserv and nginx are not both on PATH; apt install cgi-mapserver nginx-light, or say where they are by --mapserver and --nginx")
		return nil
	}
	s, err := newServer(r.bed.dir, "mapserver", "", func(port string) ([]*exec.Cmd, error) { return r.mapServer(mapserv, nginx, port) })
	if err != nil {
		return err
	}
	return r.add(ctx, s, path)
}

// mapServer is nginx and, behind it, processes that take turns on one socket, which they are given as their standard input
// (FastCGI 1.0, 2.2).
func (r *rig) mapServer(mapserv, nginx, port string) ([]*exec.Cmd, error) {
	behind, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer behind.Close()
	socket, err := behind.(*net.TCPListener).File()
	if err != nil {
		return nil, err
	}
	_, behindPort, err := net.SplitHostPort(behind.Addr().String())
	if err != nil {
		return nil, err
	}
	words := map[string]string{"PORT": port, "BEHIND": behindPort}
	for _, name := range []string{"mapserver.map", "mapserver.conf"} {
		if _, err := r.fill(name, words); err != nil {
			return nil, err
		}
	}
	config, err := r.fill("nginx.conf", words)
	if err != nil {
		return nil, err
	}
	cmds := []*exec.Cmd{exec.Command(nginx, "-c", config, "-p", r.bed.dir, "-e", r.bed.dir+"/nginx.err")}
	for range mapservers {
		cmd := exec.Command(mapserv)
		cmd.Stdin = socket
		cmd.Env = append(os.Environ(), "MAPSERVER_CONFIG_FILE="+r.bed.dir+"/mapserver.conf")
		cmds = append(cmds, cmd)
	}
	return cmds, nil
}

func (r *rig) fill(name string, more map[string]string) (string, error) {
	words := maps.Clone(r.words)
	maps.Copy(words, more)
	return fill(r.bed.dir, name, words)
}
