package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"onemap/layers"
	"onemap/tiles"
	"onemap/tiles/cache"
)

// beat is how often a node says that it is there.
const beat = time.Second

// share has the node share its tiles with the others of the same database until the context ends: it answers them on an
// inner listener, and they find each other in the database. Nothing has to be configured but where it listens.
func (s serveCmd) share(ctx context.Context, store *layers.Store, drawn *tiles.Tiles, log *slog.Logger) error {
	_, secret, err := store.Database(ctx)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.PeerListen)
	if err != nil {
		return fmt.Errorf("listen for other nodes on %s: %w (choose with --peer-listen)", s.PeerListen, err)
	}
	address := s.PeerAddress
	if address == "" {
		address = listener.Addr().String()
	}
	peers := cache.NewPeers(address, secret)
	drawn.Cache().Join(peers)
	web := &http.Server{Handler: drawn.Cache().Handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	go func() {
		<-ctx.Done()
		_ = web.Close() // who asks then makes the tile itself
	}()
	go s.meet(ctx, store, peers, address, log)
	log.Info("tiles are shared with other nodes", "at", address)
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return ctx.Err()
}

// meet keeps the list of nodes true. A database that does not answer changes nothing: nodes notice by themselves when one
// of them is gone.
func (s serveCmd) meet(ctx context.Context, store *layers.Store, peers *cache.Peers, address string, log *slog.Logger) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		if all, err := store.Nodes(ctx, address); err == nil {
			peers.Set(all)
		} else if ctx.Err() == nil {
			log.Debug("nodes are as they were", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), beat)
			defer cancel()
			_ = store.Leave(leaving, address) // the others will see by themselves
			return
		}
	}
}
