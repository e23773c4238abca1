package format

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"onemap/layers"
)

// gdal runs GDAL's programs as children, in a directory of their own and with nothing of our environment: no network,
// no plug-ins, no drivers that follow references into other files.
type gdal struct {
	dir string   // where they may write
	env []string // besides the fixed ones
}

// offline is the environment of every child.
var offline = []string{
	"LC_ALL=C.UTF-8", "PROJ_NETWORK=OFF", "GDAL_DRIVER_PATH=disable", "GDAL_HTTP_TIMEOUT=1", "GDAL_HTTP_PROXY=127.0.0.1:9",
	"CPL_VSIL_CURL_ALLOWED_EXTENSIONS=.none", "CPL_CURL_ENABLE_VSIMEM=NO", "OGR_SQLITE_LOAD_EXTENSIONS=", "SHAPE_RESTORE_SHX=YES",
	"GDAL_SKIP=VRT OGR_VRT HTTP WFS OAPIF CSW Carto Elasticsearch AmigoCloud PLSCENES NGW EEDA WMS WCS WMTS MySQL ODBC MSSQLSpatial",
	"GDAL_CACHEMAX=64", "OGR_GEOJSON_MAX_OBJ_SIZE=200", "PG_USE_COPY=YES", "OGR_ENABLE_PARTIAL_REPROJECTION=NO",
}

// command prepares one child. It ends with the context, and with us.
func (g gdal) command(ctx context.Context, name string, args ...string) (*exec.Cmd, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, fmt.Errorf("%s is not installed; files are read with GDAL. On Debian and Ubuntu: sudo apt-get install gdal-bin", name)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = g.dir
	cmd.Env = append(append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + g.dir, "CPL_TMPDIR=" + g.dir, "TMPDIR=" + g.dir}, offline...), g.env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGKILL) }
	return cmd, nil
}

// complaint makes one error of what a child wrote to standard error: its lines without GDAL's decoration.
func complaint(ctx context.Context, name string, err error, stderr []byte) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var lines []string
	for line := range strings.Lines(string(stderr)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "Unable to open datasource") && len(lines) == 0 {
			lines = append(lines, "its content is not what its name and first bytes say") // a list of drivers follows
		}
		if rest, ok := strings.CutPrefix(line, "ERROR "); ok {
			if _, text, ok := strings.Cut(rest, ": "); ok {
				line = text
			}
			if len(lines) < 3 {
				lines = append(lines, line)
			}
		}
	}
	if len(lines) == 0 {
		return fmt.Errorf("%s: %w: %s", name, err, bytes.TrimSpace(stderr[:min(len(stderr), 500)]))
	}
	return fmt.Errorf("%w: the file can not be read: %s", layers.ErrInvalid, strings.Join(lines, "; "))
}

// run runs ogr2ogr and tells progress in percent. What GDAL warned of is returned, each warning once.
func (g gdal) run(ctx context.Context, progress func(percent int), args ...string) (warnings []string, err error) {
	cmd, err := g.command(ctx, "ogr2ogr", append([]string{"-progress"}, args...)...)
	if err != nil {
		return nil, err
	}
	var stderr bytes.Buffer
	cmd.Stderr = &limited{w: &stderr, left: 1 << 20}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("ogr2ogr: %w", err)
	}
	followProgress(stdout, progress)
	if err := cmd.Wait(); err != nil {
		return nil, complaint(ctx, "ogr2ogr", err, stderr.Bytes())
	}
	seen := map[string]bool{}
	for line := range strings.Lines(stderr.String()) {
		if _, text, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && strings.HasPrefix(line, "Warning") && !seen[text] && len(seen) < 10 {
			seen[text] = true
			warnings = append(warnings, text)
		}
	}
	return warnings, nil
}

// followProgress reads GDAL's "0...10...20 … 100 - done.": three dots are ten percent.
func followProgress(r io.Reader, progress func(int)) {
	in := bufio.NewReader(r)
	var percent float64
	for {
		c, err := in.ReadByte()
		if err != nil {
			return
		}
		if c == '.' && percent < 100 {
			percent += 10.0 / 3
			progress(min(int(percent), 99))
		}
	}
}

// limited keeps the first bytes of a stream and forgets the rest.
type limited struct {
	w    io.Writer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	if n > 0 {
		if _, err := l.w.Write(p[:n]); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// link makes a file known in the child's directory under a name of ours.
func (g gdal) link(path, name string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	to := filepath.Join(g.dir, name)
	return to, os.Symlink(abs, to)
}
