package imports

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgtype"

	"onemap/layers/format"
)

// fetch writes the upload into a new folder and returns the paths of its files. It returns errLost where the database
// has not all of it any more.
func (t *task) fetch(ctx context.Context) (*format.Folder, []string, error) {
	folder, err := format.NewFolder(t.service.opt.Folder, format.DefaultLimits())
	if err != nil {
		return nil, nil, err
	}
	dir := filepath.Join(folder.Path(), "upload")
	paths := make([]string, len(t.files))
	err = os.Mkdir(dir, 0o700)
	for n, file := range t.files {
		if err == nil {
			paths[n] = filepath.Join(dir, file.Name) // Upload.Add took only the last part of a path
			err = t.fetchFile(ctx, n, file, paths[n])
		}
	}
	if err != nil {
		folder.Close()
		return nil, nil, fmt.Errorf("fetch the upload of import %s: %w", t.id, err)
	}
	return folder, paths, nil
}

// fetchFile holds one part in memory at a time.
func (t *task) fetchFile(ctx context.Context, place int, file File, path string) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if failed := f.Close(); err == nil {
			err = failed
		}
	}()
	rows, err := t.pool.Query(ctx, "select data from onemap.import_part where import = $1 and file = $2 order by no", t.id, place)
	if err != nil {
		return err
	}
	defer rows.Close()
	size := int64(0)
	for rows.Next() {
		var data pgtype.DriverBytes // the driver's own memory: good until the next row
		if err := rows.Scan(&data); err != nil {
			return err
		}
		if _, err := f.Write(data); err != nil {
			return err
		}
		size += int64(len(data))
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if size != file.Bytes {
		return errLost
	}
	return nil
}
