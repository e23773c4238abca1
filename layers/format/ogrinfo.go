package format

import (
	"context"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// info is one layer of a file, as ogrinfo tells of it.
type info struct {
	layer    string
	geometry string // GDAL's words: "Polygon", "3D Point", "Unknown (any)", "None"
	count    int64  // -1 = not known
	extent   *Extent
	wkt      string // "" = no CRS
	fields   []infoField

	fidColumn, geometryColumn string // where a database has them; "" = not said
}

// infoField is a column as GDAL declares it: kind is String, Integer, Real, Date …, sub Boolean, JSON … or "".
type infoField struct {
	name, kind, sub string
	width           int
}

var (
	fieldLine = regexp.MustCompile(`^(.+): (Integer64List|IntegerList|RealList|StringList|Integer64|Integer|Real|String|DateTime|Date|Time|Binary)` +
		`(?:\(([A-Za-z0-9]+)\))? \((\d+)\.\d+\)`)
	extentLine = regexp.MustCompile(`^Extent: \(([-+.\deE]+|-?inf|-?nan), ([-+.\deE]+|-?inf|-?nan)\) - \(([-+.\deE]+|-?inf|-?nan), ([-+.\deE]+|-?inf|-?nan)\)`)
)

// maxInfo is how much of ogrinfo's text is read: thousands of layers, or of fields.
const maxInfo = 16 << 20

// describe lists the layers of a file that driver opens, and what GDAL warned of.
func (f *Folder) describe(ctx context.Context, driver, path string, read, env, open []string) ([]info, []string, error) {
	args := append(append([]string{"-ro", "-so", "-al"}, open...), path)
	c, err := f.start(ctx, "ogrinfo", driver, read, env, args...)
	if err != nil {
		return nil, nil, err
	}
	text, err := io.ReadAll(io.LimitReader(c.out, maxInfo))
	if len(text) == maxInfo {
		c.stop()
		c.end()
		return nil, nil, refuse("the file has more layers or fields than can be told", "文件的图层或字段过多，无法读取")
	}
	c.said = string(text[:min(len(text), 500)])
	if endErr := c.end(); endErr != nil {
		return nil, nil, endErr
	}
	return parseInfo(string(text)), warningLines(c.errors.String()), err
}

// parseInfo reads the text of ogrinfo -so -al (its JSON came with GDAL 3.7; Debian 12 has 3.6).
func parseInfo(text string) (all []info) {
	inWKT, inName := false, false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if name, ok := strings.CutPrefix(line, "Layer name: "); ok {
			all = append(all, info{layer: name, count: -1})
			inWKT, inName = false, true
			continue
		}
		if len(all) == 0 {
			continue
		}
		s := &all[len(all)-1]
		if inName = inName && !strings.HasPrefix(line, "Geometry: ") && !strings.HasPrefix(line, "Metadata:"); inName { // names of KML have lines
			s.layer += "\n" + line
			continue
		}
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
			s.count = parseCount(strings.TrimPrefix(line, "Feature Count: "))
		default:
			inWKT = false
			s.parseLine(line)
		}
	}
	return all
}

func parseCount(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// parseLine takes in an extent, the name of a column or a field.
func (s *info) parseLine(line string) {
	if m := extentLine.FindStringSubmatch(line); m != nil {
		var e Extent
		for i := range e {
			v, err := strconv.ParseFloat(m[i+1], 64)
			if err != nil || v-v != 0 { // no finite number
				return
			}
			e[i] = v
		}
		s.extent = &e
	} else if name, ok := strings.CutPrefix(line, "FID Column = "); ok {
		s.fidColumn = name
	} else if name, ok := strings.CutPrefix(line, "Geometry Column = "); ok {
		s.geometryColumn = name
	} else if m := fieldLine.FindStringSubmatch(line); m != nil {
		width, _ := strconv.Atoi(m[4]) // digits, and 0 where too many
		s.fields = append(s.fields, infoField{name: m[1], kind: m[2], sub: m[3], width: width})
	}
}

// declared is the kind of a field. ok is false for what has no text.
func (f infoField) declared() (k Kind, ok bool) {
	switch f.kind {
	case "Integer", "Integer64":
		if f.sub == "Boolean" {
			return Boolean, true
		}
		return Integer, true
	case "Real":
		return Number, true
	case "Date":
		return Date, true
	case "DateTime":
		return DateTime, true
	case "Time":
		return Time, true
	case "String":
		if f.sub == "JSON" {
			return JSON, true
		}
		return Text, true
	case "Binary":
		return Text, false
	}
	return Text, true // lists
}
