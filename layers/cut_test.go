package layers_test

import (
	"fmt"
	"io"
	"testing"

	"onemap/layers"
)

// A connection that ends in the middle of an answer is the database's going, not a fault of ours; a file that ends too early is not.
func TestAnAnswerThatIsCutMayBeAskedForAgain(t *testing.T) {
	t.Parallel()
	cut := fmt.Errorf("rows: %w", io.ErrUnexpectedEOF)
	if !layers.Unreachable(layers.Gone(cut)) {
		t.Error("a cut answer is an error of ours")
	}
	if layers.Unreachable(cut) {
		t.Error("a short file is the database's")
	}
}
