package format

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"

	"onemap/layers"
)

// features yields what matches, as it is written, and tells how far it is.
func (j *job) features(ctx context.Context, write func(*layers.Feature) error) error {
	fit := fitting{columns: j.columns, writing: j.writing, text: j.text, notes: &j.notes}
	for f, err := range j.store.Stream(ctx, j.actor, j.layer.Name, j.query) {
		if err != nil {
			return err
		}
		if err := write(fit.fit(&f)); err != nil {
			return err
		}
		if j.rows++; j.rows%1000 == 0 {
			j.tell("read", j.rows, max(j.total, j.rows))
		}
	}
	j.tell("read", j.rows, j.rows)
	return ctx.Err()
}

func (j *job) tell(step string, done, total int64) {
	if j.opt.Progress != nil {
		j.opt.Progress(step, done, total)
	}
}

// stream writes all features to w.
func (j *job) stream(ctx context.Context, w io.Writer) error {
	buffered := bufio.NewWriterSize(w, 256<<10)
	var to io.Writer = buffered
	if file, ok := w.(*os.File); ok {
		to = &rewritable{buffered, file}
	}
	out, err := j.writing.Stream(to, j.sheet)
	if err != nil {
		return err
	}
	if err := j.features(ctx, out.Write); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return buffered.Flush()
}

// rewritable is a file that is written through a buffer and can be gone back in.
type rewritable struct {
	*bufio.Writer
	file *os.File
}

func newRewritable(file *os.File) *rewritable {
	return &rewritable{bufio.NewWriterSize(file, 256<<10), file}
}

func (r *rewritable) WriteAt(p []byte, off int64) (int, error) {
	if err := r.Flush(); err != nil {
		return 0, err
	}
	return r.file.WriteAt(p, off)
}

// toFile writes all features to a new file.
func (j *job) toFile(ctx context.Context, path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	if j.writing.schema != nil {
		j.sheet.Schema = j.stem + ".xsd"
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), j.sheet.Schema), j.writing.schema(j.sheet.Layer), 0o644); err != nil {
			return err
		}
	}
	if err := j.stream(ctx, file); err != nil {
		return err
	}
	return file.Sync()
}
