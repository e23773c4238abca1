package api

import (
	"context"
	"strconv"
	"strings"
	"time"

	"onemap/layers"
)

// beforeAll is a position before the first change.
const beforeAll = -1

// asOf reads as-of. It returns 0 where nothing is said, which means now.
func (s *Server) asOf(ctx context.Context, p params) (int64, error) {
	return s.positionOf(ctx, p, "as-of")
}

// positionOf reads a parameter that is a position of the log or a moment (RFC 3339). It returns 0 where it is absent, and
// ErrInvalid for what is neither or has not been yet.
func (s *Server) positionOf(ctx context.Context, p params, name string) (int64, error) {
	text, ok := p[name]
	if !ok {
		return 0, nil
	}
	store := s.ground().Store
	if position, err := strconv.ParseInt(text, 10, 64); err == nil {
		last, err := store.Position(ctx)
		if err != nil {
			return 0, err
		}
		if position < 1 || position > last {
			return 0, layers.Refuse(layers.ErrInvalid, "%s: position %d is not between 1 and the last, %d", "%s：位置 %d 不在 1 至当前位置 %d 之间", name, position, last)
		}
		return position, nil
	}
	moment, err := time.Parse(time.RFC3339Nano, strings.Replace(text, " ", "+", 1)) // a + that was not encoded
	if err != nil {
		return 0, layers.Refuse(layers.ErrInvalid, "%s: %q is neither a position of the log nor a moment such as 2026-05-01T08:00:00Z or 2026-05-01T08:00:00%%2B08:00", "%s：“%s”既不是变更位置，也不是时刻；例如 2026-05-01T08:00:00Z 或 2026-05-01T08:00:00%%2B08:00", name, text)
	}
	if moment.After(s.now()) {
		return 0, layers.Refuse(layers.ErrInvalid, "%s: %s has not been yet", "%s：%s 尚未到来", name, text)
	}
	position, err := store.PositionAt(ctx, moment)
	if position == 0 {
		position = beforeAll
	}
	return position, err
}

// positionAsked is the position that an answer is at least true of: the one that was asked for, else the last.
func (s *Server) positionAsked(ctx context.Context, q layers.Query) (int64, error) {
	if q.AsOf != 0 {
		return max(q.AsOf, 0), nil
	}
	return s.ground().Store.Position(ctx)
}
