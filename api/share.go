package api

import (
	"context"
	"time"

	"onemap/layers"
)

// patience is how long a request waits for its class to have room.
const patience = 800 * time.Millisecond

// shares divide the database pool among the classes of work, so that none can starve the others. Tiles have half of it, and
// see to that themselves: most of them need no connection.
type shares struct{ page, stream, export share }

func newShares(connections int) shares {
	of := func(n int, limit time.Duration) share {
		return share{make(chan struct{}, max(1, n)), limit}
	}
	page, export := connections/4, connections/8
	return shares{of(page, 15*time.Second), of(connections-connections/2-page-export, 5*time.Minute), of(export, 30*time.Minute)}
}

// share is one class's part of the pool.
type share struct {
	slots chan struct{}
	limit time.Duration // how long one piece of work may take
}

// take waits for room and returns the context to work in, which ends with the request or at the class's limit. It
// returns errBusy when there is no room soon: better to be told than to queue. The caller calls done.
func (s share) take(ctx context.Context) (work context.Context, done func(), err error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case s.slots <- struct{}{}:
	case <-timer.C:
		return nil, nil, layers.Refuse(errBusy, "too many requests of this kind at once; try again in a second", "同类请求过多，请稍后再试")
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	work, cancel := context.WithTimeout(ctx, s.limit)
	return work, func() { cancel(); <-s.slots }, nil
}
