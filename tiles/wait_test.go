package tiles

import (
	"context"
	"errors"
	"testing"
	"time"
)

// As many encode at once as there are turns; who leaves has had none, and who has one keeps it until its end.
func TestTurns(t *testing.T) {
	t.Parallel()
	waited := 0
	drawn := &Tiles{turns: make(chan struct{}, 1), opt: Options{Observe: func(stage Stage, _ time.Duration) {
		if stage == StageTurn {
			waited++
		}
	}}}
	first, second := turn{of: drawn}, turn{of: drawn}
	for range 2 {
		if err := first.begin(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if err := second.begin(gone); !errors.Is(err, context.Canceled) || second.held {
		t.Errorf("who left while another had the turn: %v, held %t", err, second.held)
	}
	second.end()
	first.end()
	if err := second.begin(t.Context()); err != nil {
		t.Error(err)
	}
	second.end()
	second.end()
	if len(drawn.turns) != 0 || waited != 2 {
		t.Errorf("%d turns are not given back, %d were had; want 0 and 2", len(drawn.turns), waited)
	}
}
