package tiles

import (
	"context"
	"errors"
	"time"

	"onemap/layers"
)

// ErrBusy says that so many tiles are being made that another would only have all of them wait.
var ErrBusy = errors.New("busy")

// take waits for the right to ask the database.
func (t *Tiles) take(ctx context.Context) (done func(), err error) {
	begin, done := time.Now(), func() { <-t.shares }
	select {
	case t.shares <- struct{}{}:
		t.opt.Observe(StageWait, 0)
		return done, nil
	default:
	}
	timer := time.NewTimer(t.opt.Patience)
	defer timer.Stop()
	select {
	case t.shares <- struct{}{}:
		t.opt.Observe(StageWait, time.Since(begin))
		return done, nil
	case <-timer.C:
		return nil, layers.Refuse(ErrBusy, "too many tiles are being made at once; try again in a second", "正在生成的瓦片过多，请稍后再试")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// turn is that of a tile to be encoded: no more are at once than there are processors. All at once would take as long
// together, but each as long as all, and the largest many times what it takes alone. Who waits holds a query whose rows
// are on their way until the connection is full.
type turn struct {
	of   *Tiles
	held bool
}

// begin waits for the turn, where it has not come yet.
func (u *turn) begin(ctx context.Context) error {
	if u.held {
		return nil
	}
	begin := time.Now()
	select {
	case u.of.turns <- struct{}{}:
		u.held = true
		u.of.opt.Observe(StageTurn, time.Since(begin))
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// end gives the turn to the next, where it is held.
func (u *turn) end() {
	if u.held {
		u.held = false
		<-u.of.turns
	}
}
