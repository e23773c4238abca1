package format

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"time"

	"onemap/layers"
)

// ExportOptions say what to write and how. Only File has to be given, and for ExportTo Format.
type ExportOptions struct {
	File       string   // where to; its name tells the format where Format is ""
	Format     string   // Format.Name
	Properties []string // of the layer, in this order; nil = all
	ID         string   // name of a field that gets the feature's id; "" = only where the format has ids of its own
	Names      string   // what fields are called: "name" (the property's; also "") or "title" (Chinese)
	Codes      string   // of code lists: "code" (also ""), "name", or "both": a second field with the name
	Encoding   string   // of text, where the format has a choice; "" = UTF-8
	NoBOM      bool     // no byte order mark before the text of a CSV
	Overwrite  bool     // File may be there already

	Progress func(step string, done, total int64) // steps read, convert; may be nil. total -1 = not known
	Folder   string                               // where the job's folder is made; "" = beside File
}

// Export writes the features that match a query to a file: all of it or, after an error, nothing. Of q, After
// is not looked at, and Limit 0 is all; SRID 0 is the layer's own, or what the format needs.
//
// It returns layers.ErrInvalid for options that do not fit the format or the layer, ErrConflict for a file that is
// there already, and what Store.Stream returns.
func Export(ctx context.Context, store *layers.Store, actor layers.Actor, layer string, q layers.Query, opt ExportOptions) (*ExportReport, error) {
	began := time.Now()
	j, err := newJob(ctx, store, actor, layer, q, opt)
	if err != nil {
		return nil, err
	}
	target, err := newTarget(opt.File, j.format, opt.Overwrite)
	if err != nil {
		return nil, err
	}
	parent := opt.Folder
	if parent == "" {
		parent = target.dir
	}
	if j.folder, err = NewFolder(parent, DefaultLimits()); err != nil {
		return nil, err
	}
	defer j.folder.Close()
	j.out, j.stem = filepath.Join(j.folder.work, "out"), target.stem
	if err := os.Mkdir(j.out, 0o700); err != nil {
		return nil, err
	}
	if j.writing.Stream != nil {
		err = j.toFile(ctx, filepath.Join(j.out, j.stem+target.ext))
	} else {
		err = j.throughGDAL(ctx)
	}
	if err != nil {
		return nil, err
	}
	report := j.report()
	if err := target.place(j.out, report, j.writing.listed); err != nil {
		return nil, err
	}
	report.Seconds = time.Since(began).Seconds()
	return report, nil
}

// ExportTo writes to a stream, in a format whose Writing has Stream. What was written before an error stays written.
func ExportTo(ctx context.Context, w io.Writer, store *layers.Store, actor layers.Actor, layer string, q layers.Query, opt ExportOptions) (*ExportReport, error) {
	began := time.Now()
	j, err := newJob(ctx, store, actor, layer, q, opt)
	if err != nil {
		return nil, err
	}
	if j.writing.Stream == nil {
		return nil, layers.Refuse(layers.ErrInvalid, "%s can not be written as a stream, only to a file", "%s 只能写成文件，不能流式输出", j.format.Title)
	}
	if err := j.stream(ctx, struct{ io.Writer }{w}); err != nil { // a stream is not gone back in, whatever it is
		return nil, err
	}
	report := j.report()
	report.Seconds = time.Since(began).Seconds()
	return report, nil
}
