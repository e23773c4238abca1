package format

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// streamDrivers write what we read: see stream.go and pgdump.go.
var streamDrivers = []string{"FlatGeobuf", "PGDUMP"}

// machine is what the GDAL of this machine can do. It is asked once in a process: an answer costs as much as reading a
// small file, and GDAL is not exchanged beneath a running server.
var machine driverList

// driverList is GDAL's short names of formats; nil = not asked yet.
type driverList struct {
	mu    sync.Mutex
	names []string
}

// Drivers are GDAL's short names of all formats that the GDAL of this machine knows, e.g. "GPKG", "Parquet".
func (f *Folder) Drivers(ctx context.Context) ([]string, error) {
	machine.mu.Lock()
	defer machine.mu.Unlock()
	if machine.names != nil {
		return machine.names, nil
	}
	c, err := f.launch(ctx, "ogrinfo", nil, nil, "--formats")
	if err != nil {
		return nil, err
	}
	text, readErr := io.ReadAll(io.LimitReader(c.out, 1<<20))
	if err := c.end(); err != nil {
		return nil, err
	}
	if readErr != nil {
		return nil, readErr
	}
	names := parseFormats(string(text))
	if len(names) == 0 {
		return nil, fmt.Errorf("ogrinfo --formats names no format: %.200s", text)
	}
	machine.names = names
	return names, nil
}

// parseFormats reads lines such as "  GPKG -raster,vector- (rw+vs): GeoPackage".
func parseFormats(text string) (names []string) {
	for line := range strings.Lines(text) {
		name, rest, ok := strings.Cut(strings.TrimSpace(line), " -")
		if ok && strings.Contains(rest, "- (") && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// allBut lists the drivers a child must not use, as GDAL_SKIP takes them.
func (f *Folder) allBut(ctx context.Context, driver string) (string, error) {
	all, err := f.Drivers(ctx)
	if err != nil {
		return "", err
	}
	if !slices.Contains(all, driver) {
		return "", refuse("the GDAL of this machine can not read this format: it has no driver %q", "本机的 GDAL 无法读取此格式：缺少驱动 %q", driver)
	}
	var skip []string
	for _, name := range all {
		if name != driver && !slices.Contains(streamDrivers, name) {
			skip = append(skip, name)
		}
	}
	return strings.Join(skip, ","), nil
}
