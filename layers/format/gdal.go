package format

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// offline is the environment of every child: nothing of ours, no network, no reference into other files followed, every
// error of a value told.
var offline = []string{
	"LC_ALL=C.UTF-8", "TZ=UTC", "PROJ_NETWORK=OFF", "GDAL_HTTP_TIMEOUT=1", "GDAL_HTTP_PROXY=127.0.0.1:9",
	"CPL_VSIL_CURL_ALLOWED_EXTENSIONS=.none", "CPL_CURL_ENABLE_VSIMEM=NO", "OGR_SQLITE_LOAD_EXTENSIONS=",
	"GDAL_CACHEMAX=64", "OGR_GEOJSON_MAX_OBJ_SIZE=200", "PG_USE_COPY=YES",
	"OGR_ENABLE_PARTIAL_REPROJECTION=NO", "GML_SKIP_RESOLVE_ELEMS=ALL", "GML_DOWNLOAD_SCHEMA=NO", "GML_SAVE_RESOLVED_TO=",
	"OGR_XLSX_HEADERS=FORCE", "GDAL_DISABLE_READDIR_ON_OPEN=NO", "OSM_USE_CUSTOM_INDEXING=YES", "CPL_MAX_ERROR_REPORTS=1000",
}

// child is a program of GDAL at work.
type child struct {
	program string
	out     *os.File // its standard output
	errors  bytes.Buffer
	said    string // of its output, where that is words
	ctx     context.Context
	limited context.Context // ends with the time a child may take
	limits  Limits
	wait    func() error
	stop    context.CancelFunc
}

// start runs a program of GDAL that may read the given paths, write the folder's work directory and nothing else. Of all
// drivers it has only the given one and those that write our streams, so that a file in disguise is opened by no other.
// It ends with the context, with stop, and with us.
func (f *Folder) start(ctx context.Context, program, driver string, read, env []string, args ...string) (*child, error) {
	skip, err := f.allBut(ctx, driver)
	if err != nil {
		return nil, err
	}
	return f.launch(ctx, program, read, append(slices.Clone(env), "GDAL_SKIP="+skip), args...)
}

// launch is start with all drivers there are.
func (f *Folder) launch(ctx context.Context, program string, read, env []string, args ...string) (*child, error) {
	return f.launchOn(ctx, nil, program, read, env, args...)
}

// launchOn is launch with a standard input; nil = none.
func (f *Folder) launchOn(ctx context.Context, input *os.File, program string, read, env []string, args ...string) (*child, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("%s is not installed; files are read with GDAL. On Debian and Ubuntu: sudo apt-get install gdal-bin", program)
	}
	limited, stop := context.WithTimeout(ctx, f.limits.Wall)
	c := &child{program: program, ctx: ctx, limited: limited, limits: f.limits, stop: stop}
	if prlimit, err := exec.LookPath("prlimit"); err == nil {
		args = append(f.limits.forPrlimit(), append([]string{path}, args...)...)
		path = prlimit
	}
	cmd := exec.CommandContext(limited, path, args...)
	cmd.Dir = f.work
	cmd.Env = slices.Concat([]string{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + f.work, "CPL_TMPDIR=" + f.work, "TMPDIR=" + f.work}, offline, env)
	cmd.Stderr = &limitedWriter{to: &c.errors, left: 1 << 20}
	out, in, err := os.Pipe()
	if err != nil {
		stop()
		return nil, err
	}
	widen(out)
	if cmd.Stdout = in; input != nil {
		cmd.Stdin = input
	}
	c.out = out
	c.wait, err = startConfined(cmd, grant{read: read, write: []string{f.work}})
	in.Close()
	if err != nil {
		stop()
		out.Close()
		return nil, fmt.Errorf("%s: %w", program, err)
	}
	return c, nil
}

// forPrlimit are the limits as prlimit(1) takes them.
func (l Limits) forPrlimit() []string {
	return []string{
		"--as=" + strconv.FormatInt(l.Memory, 10), "--cpu=" + strconv.Itoa(int(l.CPU/time.Second)),
		"--fsize=" + strconv.FormatInt(l.Output, 10), "--nofile=256", "--core=0",
	}
}

// end waits for the child, and tells what it complained of as an error if it failed. unread output is thrown away: it
// is the caller who stops a child that he wants no more of.
func (c *child) end() error {
	c.out.Close()
	err := c.wait()
	late := c.ctx.Err() == nil && c.limited.Err() != nil
	c.stop()
	if err == nil {
		return nil
	}
	if c.ctx.Err() != nil {
		return c.ctx.Err()
	}
	if late {
		return refuse("reading the file took longer than %s", "读取文件超过时限 %s", c.limits.Wall)
	}
	return c.complaint(err)
}

// complaint makes one error of how a child ended and what it wrote to standard error.
func (c *child) complaint(err error) error {
	text := c.errors.String()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return c.died(status.Signal())
		}
	}
	if strings.Contains(text, "bad_alloc") || strings.Contains(text, "ut of memory") || strings.Contains(text, "annot allocate") {
		return c.died(syscall.SIGABRT)
	}
	if strings.Contains(c.said, "Unable to open datasource") && !strings.Contains(text, "ERROR") {
		return refuse("its content is not what its name and first bytes say, or is damaged", "内容与文件名、文件头不符，或已损坏")
	}
	if lines := errorLines(text); len(lines) > 0 {
		return refuse("the file can not be read; it may be damaged. GDAL says: %s", "文件无法读取，可能已损坏；读取程序 GDAL 的英文提示：%s", strings.Join(lines[:min(len(lines), 3)], "; "))
	}
	return fmt.Errorf("%s: %w: %s", c.program, err, strings.TrimSpace(text[:min(len(text), 500)]))
}

// died says what a signal that ended a child means.
func (c *child) died(signal syscall.Signal) error {
	switch signal {
	case syscall.SIGXCPU, syscall.SIGKILL:
		return refuse("reading the file took more than %s of computing", "读取文件的计算时间超过 %s", c.limits.CPU)
	case syscall.SIGXFSZ:
		return refuse("reading the file needs more than %d GB of disk", "读取文件所需磁盘空间超过 %d GB", c.limits.Output>>30)
	case syscall.SIGABRT:
		return refuse("reading the file needs more than %d GB of memory", "读取文件所需内存超过 %d GB", c.limits.Memory>>30)
	}
	return refuse("the file makes GDAL fail (%s)", "读取文件时 GDAL 异常终止（%s）", signal)
}

// directories are those of a path in what GDAL says. Where files lie on the way is no concern of people.
var directories = regexp.MustCompile(`(^|[\s'"(,=:])/(?:[^\s/'"]+/)+`)

func withoutDirectories(text string) string { return directories.ReplaceAllString(text, "$1") }

// errorLines are GDAL's errors without its decoration, each once.
func errorLines(text string) (lines []string) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "Unable to open datasource") && len(lines) == 0 {
			lines = append(lines, "its content is not what its name and first bytes say") // a list of drivers follows
		}
		rest, ok := strings.CutPrefix(line, "ERROR ")
		if !ok {
			continue
		}
		if _, text, ok := strings.Cut(rest, ": "); ok {
			rest = text
		}
		rest = withoutDirectories(rest)
		if !slices.Contains(lines, rest) && len(lines) < 20 {
			lines = append(lines, rest)
		}
	}
	return lines
}

// warningLines are GDAL's warnings without its decoration, each once.
func warningLines(text string) (lines []string) {
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "Warning ")
		if !ok {
			continue
		}
		_, text, ok := strings.Cut(rest, ": ")
		if text = withoutDirectories(text); ok && !slices.Contains(lines, text) && len(lines) < 20 {
			lines = append(lines, text)
		}
	}
	return lines
}

// limitedWriter keeps the first bytes of a stream and forgets the rest.
type limitedWriter struct {
	to   *bytes.Buffer
	left int
}

func (l *limitedWriter) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	l.to.Write(p[:n])
	return len(p), nil
}
