package format

import (
	"bytes"
	"context"
	"regexp"
	"strconv"
	"strings"
)

// source is one layer of a file, as ogrinfo tells of it.
type source struct {
	layer    string
	geometry string // GDAL's words: "Polygon", "3D Point", "Unknown (any)", "None"
	count    int64  // -1 = not known
	extent   *[4]float64
	wkt      string // "" = no CRS
	fields   []field
}

type field struct {
	name, title string
	kind        string // GDAL's: String, Integer, Real, Date …
	width       int
}

var (
	fieldLine  = regexp.MustCompile(`^(.+): (Integer64List|IntegerList|RealList|StringList|Integer64|Integer|Real|String|DateTime|Date|Time|Binary)(\([A-Za-z0-9]+\))? \((\d+)\.\d+\)`)
	extentLine = regexp.MustCompile(`^Extent: \(([-+.\deE]+|-?inf|-?nan), ([-+.\deE]+|-?inf|-?nan)\) - \(([-+.\deE]+|-?inf|-?nan), ([-+.\deE]+|-?inf|-?nan)\)`)
)

// describe lists the layers of a file.
func (g gdal) describe(ctx context.Context, path string, open []string) ([]source, error) {
	args := []string{"-ro", "-so", "-al"}
	cmd, err := g.command(ctx, "ogrinfo", append(append(args, open...), path)...)
	if err != nil {
		return nil, err
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, complaint(ctx, "ogrinfo", err, append(stderr.Bytes(), out...))
	}
	return parseInfo(string(out)), nil
}

// parseInfo reads the text of ogrinfo -so -al (its JSON came with GDAL 3.7; Debian 12 has 3.6).
func parseInfo(text string) (all []source) {
	inWKT := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if name, ok := strings.CutPrefix(line, "Layer name: "); ok {
			all = append(all, source{layer: name, count: -1})
			inWKT = false
			continue
		}
		if len(all) == 0 {
			continue
		}
		s := &all[len(all)-1]
		switch {
		case strings.HasPrefix(line, "Layer SRS WKT:"):
			inWKT = true
		case inWKT && (line == "(unknown)" || strings.HasPrefix(line, "Data axis to CRS")):
			inWKT = false
		case inWKT && (strings.HasPrefix(line, " ") || s.wkt == ""):
			s.wkt += line + "\n"
		case strings.HasPrefix(line, "Geometry: ") && s.geometry == "":
			s.geometry = strings.TrimPrefix(line, "Geometry: ")
		case strings.HasPrefix(line, "Feature Count: "):
			s.count, _ = strconv.ParseInt(strings.TrimPrefix(line, "Feature Count: "), 10, 64)
		default:
			inWKT = false
			if m := extentLine.FindStringSubmatch(line); m != nil {
				var e [4]float64
				for i := range e {
					e[i], _ = strconv.ParseFloat(m[i+1], 64)
				}
				s.extent = &e
			} else if m := fieldLine.FindStringSubmatch(line); m != nil {
				width, _ := strconv.Atoi(m[4])
				s.fields = append(s.fields, field{name: m[1], title: m[1], kind: m[2], width: width})
			}
		}
	}
	return all
}
