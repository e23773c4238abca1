package api_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Schemathesis reads the definition and asks every operation, of two layers and of none, for what it allows and what it does
// not: no answer is a failure of the server, nor of a status, a type or a shape that the definition has not.
func TestSchemathesisFindsNothingUndocumented(t *testing.T) {
	t.Parallel()
	program, err := filepath.Abs("../bin/schemathesis/bin/schemathesis")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); errors.Is(err, fs.ErrNotExist) {
		t.Skip("no Schemathesis here; `.ci/setup test` installs it where PyPI can be reached")
	}
	settings, err := filepath.Abs("testdata/schemathesis.toml")
	if err != nil {
		t.Fatal(err)
	}
	w := newTown(t)
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "--config-file", settings, "run", w.server.URL+"/ogc/api",
		"--exclude-path-regex", "^/collections/(?!(house|odd)(/|$))", "--workers", "1", "--phases", "coverage,fuzzing", "--max-examples", "5",
		"--generation-deterministic", "--seed", "1", "--no-shrink", "--max-failures", "1", "--no-color")
	cmd.Dir = t.TempDir() // it keeps what it found where it runs
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil { // it stops at the first failure, so it has found none
		t.Skipf("this machine is too slow or too busy: not done in 90 s\n%s", out)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
