package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// Both programs of Crunchy Data find their tables in the catalogue of the database, and keep one geometry column of each:
// ours has two, so that what they see is made for them.
const (
	tileservView    = `create schema if not exists peer; grant usage on schema peer to %[1]s; create or replace view peer.tiles as select fid, ` + countyProperties + `, geom from layer.dltb; grant select on peer.tiles to %[1]s`
	featureservCopy = `create schema if not exists peer; grant usage on schema peer to %[1]s; drop table if exists peer.dltb; create table peer.dltb as select fid, ` + countyProperties + `, geom from layer.dltb order by fid;
		alter table peer.dltb add primary key (fid); create index on peer.dltb using gist (geom); grant select on peer.dltb to %[1]s; analyze peer.dltb`
	peerGone = `drop schema if exists peer cascade`
)

// startTileserv starts pg_tileserv on a view, whose rows are the layer's.
func (r *rig) startTileserv(ctx context.Context, said string) error {
	return r.startCrunchy(ctx, said, "pg_tileserv", tileservView, "/peer.tiles/{z}/{x}/{y}.pbf?buffer=64&properties="+countyProperties,
		func(port string) []string { return []string{"TS_HTTPHOST=127.0.0.1", "TS_HTTPPORT=" + port} })
}

// startFeatureserv starts pg_featureserv on a copy: it finds features by a primary key, which a view has not.
func (r *rig) startFeatureserv(ctx context.Context, said string) error {
	return r.startCrunchy(ctx, said, "pg_featureserv", featureservCopy, "",
		func(port string) []string {
			return []string{"PGFS_SERVER_HTTPHOST=127.0.0.1", "PGFS_SERVER_HTTPPORT=" + port, "PGFS_DATABASE_TABLEINCLUDES=peer"}
		})
}

// startCrunchy starts one of them, once what it is to see is there.
func (r *rig) startCrunchy(ctx context.Context, said, name, made, path string, settings func(port string) []string) error {
	binary := program(said, name)
	if binary == "" {
		r.skipped = append(r.skipped, fmt.Sprintf("%s: not on PATH; say where it is by --%s", name, name[len("pg_"):]))
		return nil
	}
	if _, err := r.bed.pool.Exec(ctx, fmt.Sprintf(made, peerRole)); err != nil {
		return err
	}
	r.left = append(r.left, peerGone)
	database := fmt.Sprintf("DATABASE_URL=host=%s port=5432 user=%s dbname=%s sslmode=disable", r.words["SOCKET"], peerRole, r.words["DATABASE"])
	s, err := newServer(r.bed.dir, name, "", func(port string) ([]*exec.Cmd, error) {
		cmd := exec.Command(binary)
		cmd.Dir, cmd.Env = r.bed.dir, append(append(os.Environ(), database), settings(port)...)
		return []*exec.Cmd{cmd}, nil
	})
	if err != nil {
		return err
	}
	return r.add(ctx, s, path)
}
