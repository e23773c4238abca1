package format

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
)

// dxf is AutoCAD's exchange format as text. A drawing has no coordinate system; its text is in the code page it names,
// from AC1021 (2007) on in UTF-8.
var dxf = Format{
	Name: "dxf", Title: "DXF", Extensions: []string{".dxf"}, driver: "DXF", Is: isDXF, open: openDXF,
}

var (
	dxfStart    = regexp.MustCompile(`^(?:\xef\xbb\xbf)?\s*(?:999\s*\n[^\n]*\n\s*)*0\s*\n\s*(?:SECTION|EOF)\s*\n`)
	dxfCodePage = regexp.MustCompile(`\$DWGCODEPAGE\s+3\s+(\S+)`)
	dxfVersion  = regexp.MustCompile(`\$ACADVER\s+1\s+AC(\d+)`)
)

// isDXF: the file begins with group 0, SECTION, maybe after comments (group 999).
func isDXF(_ string, head []byte) bool {
	return dxfStart.Match(bytes.ReplaceAll(head, []byte("\r"), nil))
}

// openDXF settles the encoding of all text itself and has GDAL carry the bytes.
func openDXF(ctx context.Context, in input) ([]*Source, error) {
	head, err := firstBytes(in.path, 64<<10)
	if err != nil {
		return nil, err
	}
	var claims []claim
	if m := dxfVersion.FindSubmatch(head); m != nil && string(m[1]) >= "1021" {
		claims = append(claims, claim{"UTF-8", "DXF of version AC" + string(m[1]) + " is UTF-8"})
	} else if m := dxfCodePage.FindSubmatch(head); m != nil {
		page := strings.ToValidUTF8(string(m[1][:min(len(m[1]), 40)]), "?")
		claims = append(claims, claim{strings.ReplaceAll(page, "_", " "), "$DWGCODEPAGE is " + page})
	}
	e, notes, err := decide(in.hints.Encoding, claims, func(w *witness) error { return seeFile(ctx, in.path, w) })
	if err != nil {
		return nil, err
	}
	sources, err := in.viaGDAL(ctx, gdalWay{driver: "DXF", ext: ".dxf", env: []string{"DXF_ENCODING=ISO-8859-1"}, carried: &e})
	for _, s := range sources {
		s.Encoding, s.Notes = e.said(), append(s.Notes, notes...)
	}
	return sources, err
}

// seeFile shows the witness all lines of a file that are not ASCII.
func seeFile(ctx context.Context, path string, w *witness) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<18)
	for ctx.Err() == nil {
		line, err := in.ReadSlice('\n')
		w.see(bytes.TrimRight(line, "\r\n"))
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
	return ctx.Err()
}
