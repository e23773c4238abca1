package exports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/jackc/pgx/v5"

	"onemap/api/imports"
	"onemap/layers"
)

// chunk is how many bytes of a file lie in one row.
const chunk = 1 << 20

// Open returns the file of an archive. It returns ErrConflict while there is none yet. The context is that of all reading.
func (s *Service) Open(ctx context.Context, id string) (io.ReadSeeker, *Export, error) {
	e, err := s.Export(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if e.State != Done {
		return nil, nil, layers.Refuse(layers.ErrConflict, "this archive is %s; there is no file yet", "该瓦片包尚未完成（%s）", e.State)
	}
	return &file{ctx: ctx, service: s, id: id, size: *e.Bytes, no: -1}, e, nil
}

// file reads the parts; it holds one in memory.
type file struct {
	ctx      context.Context
	service  *Service
	id       string
	size, at int64
	no       int64 // of the part that it holds
	part     []byte
}

// Read is io.Reader's.
func (f *file) Read(b []byte) (int, error) {
	if f.at >= f.size {
		return 0, io.EOF
	}
	if no := f.at / chunk; no != f.no {
		err := f.service.Pool.QueryRow(f.ctx, "select data from onemap.tile_export_part where export = $1 and no = $2", f.id, no).Scan(&f.part)
		if errors.Is(err, pgx.ErrNoRows) {
			return 0, fmt.Errorf("archive %s has lost part %d", f.id, no)
		}
		if err != nil {
			return 0, fmt.Errorf("read archive %s: %w", f.id, err)
		}
		f.no = no
	}
	from := f.at % chunk
	if from >= int64(len(f.part)) {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(b, f.part[from:])
	f.at += int64(n)
	return n, nil
}

// Seek is io.Seeker's.
func (f *file) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += f.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning")
	}
	f.at = offset
	return offset, nil
}

// store puts a file into rows.
func store(ctx context.Context, tx pgx.Tx, id string, from *os.File) (size int64, err error) {
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, "delete from onemap.tile_export_part where export = $1", id); err != nil {
		return 0, err
	}
	buffer := make([]byte, chunk)
	for no := 0; ; no++ {
		n, err := io.ReadFull(from, buffer)
		if n > 0 {
			if _, err := tx.Exec(ctx, "insert into onemap.tile_export_part (export, no, data) values ($1, $2, $3)", id, no, buffer[:n]); err != nil {
				return 0, err
			}
			size += int64(n)
		}
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return size, nil
		case err != nil:
			return 0, err
		}
	}
}

// bounded is a file that takes no more than a limit.
type bounded struct {
	*os.File
	at, limit int64
}

// Write is io.Writer's; beyond the limit it returns ErrTooLarge.
func (b *bounded) Write(p []byte) (int, error) {
	if b.at += int64(len(p)); b.at > b.limit {
		return 0, layers.Refuse(imports.ErrTooLarge, "the archive has more than %d MiB, the most here: ask for fewer zooms or a smaller area", "瓦片包超过 %d MiB 的上限：请减少级别或缩小范围", b.limit>>20)
	}
	return b.File.Write(p)
}

// Seek is io.Seeker's.
func (b *bounded) Seek(offset int64, whence int) (int64, error) {
	at, err := b.File.Seek(offset, whence)
	b.at = at
	return at, err
}
