package intake

import (
	"context"
	"errors"
	"time"

	"onemap/layers"
	"onemap/layers/format"
)

// Files are files on their way in. They are unpacked and looked at once, for the first import that asks; the imports of
// other sources of them follow without. One import at a time; after the last, Close.
type Files struct {
	paths  []string
	parent string // of the job's folder
	folder *format.Folder
	hints  format.Hints
	data   *format.Dataset // nil = nobody has looked at them

	ahead  chan looked // what LookAhead finds; nil = nobody looks
	cancel context.CancelFunc
}

// looked is what looking at the files with some hints has brought.
type looked struct {
	hints format.Hints
	data  *format.Dataset
	err   error
}

// NewFiles are the files, archives and directories at paths. The job's folder is made in parent; "" is the system's
// directory for temporary files.
func NewFiles(paths []string, parent string) *Files { return &Files{paths: paths, parent: parent} }

// LookAhead begins to look at the files while the caller makes ready the store that Import needs. The options are those of
// that import.
func (f *Files) LookAhead(ctx context.Context, opt Options) {
	ctx, f.cancel = context.WithCancel(ctx)
	ahead := make(chan looked, 1)
	f.ahead = ahead
	go func() {
		data, err := f.look(ctx, opt.hints())
		ahead <- looked{opt.hints(), data, err}
	}()
}

// open looks at the files, unless that was done with the same hints before.
func (f *Files) open(ctx context.Context, hints format.Hints) (*format.Dataset, error) {
	if f.ahead != nil {
		select {
		case l := <-f.ahead:
			if f.ahead = nil; l.hints == hints {
				return l.data, l.err
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return f.look(ctx, hints)
}

func (f *Files) look(ctx context.Context, hints format.Hints) (data *format.Dataset, err error) {
	if f.data != nil && f.hints == hints {
		return f.data, nil
	}
	if err := f.clear(); err != nil {
		return nil, err
	}
	if f.folder, err = format.NewFolder(f.parent, format.DefaultLimits()); err != nil {
		return nil, err
	}
	data, err = format.Open(ctx, f.folder, f.paths, hints)
	if err == nil {
		f.data, f.hints = data, hints
	}
	return data, err
}

// Close takes away what was unpacked.
func (f *Files) Close() error {
	if f.cancel != nil {
		f.cancel()
	}
	if f.ahead != nil {
		<-f.ahead
		f.ahead = nil
	}
	return f.clear()
}

func (f *Files) clear() error {
	if f.folder == nil {
		return nil
	}
	err := f.folder.Close()
	f.folder, f.data = nil, nil
	return err
}

// Import brings the files, or what Options.From names of them, into one layer, or with Options.DryRun finds out what it
// would do. The report is there also when doubts stopped the import, with the error that says so: layers.ErrInvalid with
// what to do. It returns layers.ErrConflict for a layer that is there already (create), ErrNotFound for one that is not
// (the other modes).
func (f *Files) Import(ctx context.Context, store *layers.Store, actor layers.Actor, opt Options) (*Report, error) {
	began := time.Now()
	opt.fill()
	ctx, cancel := context.WithTimeoutCause(ctx, opt.Timeout, layers.Refuse(layers.ErrTimeout, "the import took longer than %s", "导入超过时限 %s，未写入任何数据；请拆分文件后分批导入", opt.Timeout))
	defer cancel()
	r := &run{store: store, actor: actor, opt: opt, report: newReport(opt)}
	err := r.bring(ctx, f)
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, layers.ErrTimeout) {
		err = cause
	}
	r.report.sortRules()
	r.report.Seconds = time.Since(began).Seconds()
	return r.report, err
}

// Import is Files.Import of files that are imported once.
func Import(ctx context.Context, store *layers.Store, actor layers.Actor, paths []string, opt Options) (*Report, error) {
	files := NewFiles(paths, opt.Folder)
	report, err := files.Import(ctx, store, actor, opt)
	return report, errors.Join(err, files.Close())
}
