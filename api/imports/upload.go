package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/layers/intake"
)

const (
	chunk     = 1 << 20 // bytes of a part
	mostFiles = 20      // of one import
	longest   = 255     // bytes of a file's name
)

// What an upload can be refused for, besides the sentinels of layers.
var (
	ErrTooLarge = errors.New("too large")
	ErrBusy     = errors.New("busy")
)

// Upload is an import while its files come in. It ends with Finish or Discard.
type Upload struct {
	service *Service
	id      string
	files   []File
	size    int64 // of all files so far
	total   int64 // expected; -1 = not known
	told    time.Time
	buffer  []byte
}

// Begin makes an import whose files are about to come; total is their size as far as it is known, else -1.
// It returns ErrBusy when too many uploads run.
func (s *Service) Begin(ctx context.Context, actor layers.Actor, total int64) (*Upload, error) {
	select {
	case s.uploads <- struct{}{}:
	default:
		return nil, layers.Refuse(ErrBusy, "%d uploads run already; try again when one has ended", "已有 %d 个上传正在进行，请稍后再试", cap(s.uploads))
	}
	u := &Upload{service: s, total: total, told: time.Now(), buffer: make([]byte, chunk)}
	err := s.pool.QueryRow(ctx, "insert into onemap.import (actor, progress) values ($1, $2) returning id::text",
		actor, intake.Progress{Step: "upload", Total: total}).Scan(&u.id)
	if err != nil {
		<-s.uploads
		return nil, fmt.Errorf("begin an upload: %w", err)
	}
	return u, nil
}

// Add stores a file as it comes; the memory it takes does not depend on its size. It returns ErrInvalid for a name that
// no file can have, ErrTooLarge beyond the limit of an import; what reading fails with is returned as it is.
func (u *Upload) Add(ctx context.Context, name string, from io.Reader) error {
	name, err := fileName(name)
	if err != nil {
		return err
	}
	if len(u.files) == mostFiles {
		return layers.Refuse(layers.ErrInvalid, "more than %d files; put them into one .zip", "文件超过 %d 个；请打包为一个 .zip", mostFiles)
	}
	if slices.ContainsFunc(u.files, func(f File) bool { return strings.EqualFold(f.Name, name) }) {
		return layers.Refuse(layers.ErrInvalid, "two files are named %q", "有两个文件同名：%q", name)
	}
	file := File{Name: name}
	for no := 0; ; no++ {
		n, end, err := fill(u.buffer, from)
		if err != nil {
			return err
		}
		if n > 0 {
			if err := u.put(ctx, no, u.buffer[:n]); err != nil {
				return err
			}
			file.Bytes += int64(n)
		}
		if end {
			u.files = append(u.files, file)
			return nil
		}
	}
}

// fill reads until the buffer is full or the file ends. io.ReadFull would not tell an end from one that came too early.
func fill(buffer []byte, from io.Reader) (n int, end bool, err error) {
	for n < len(buffer) && err == nil {
		var more int
		more, err = from.Read(buffer[n:])
		n += more
	}
	if err == io.EOF {
		return n, true, nil
	}
	return n, false, err
}

func (u *Upload) put(ctx context.Context, no int, data []byte) error {
	if u.size += int64(len(data)); u.size > u.service.opt.Limit {
		return layers.Refuse(ErrTooLarge, "the files have more than %d MiB together, the most for one import here", "文件合计超过 %d MiB，为单次导入的上限", u.service.opt.Limit>>20)
	}
	_, err := u.service.pool.Exec(ctx, "insert into onemap.import_part (import, file, no, data) values ($1, $2, $3, $4)", u.id, len(u.files), no, data)
	if err != nil {
		return fmt.Errorf("store an upload: %w", err)
	}
	if time.Since(u.told) < time.Second {
		return nil
	}
	u.told = time.Now()
	tag, err := u.service.pool.Exec(ctx, "update onemap.import set progress = $2, updated = clock_timestamp() where id = $1",
		u.id, intake.Progress{Step: "upload", Done: u.size, Total: u.total})
	if err == nil && tag.RowsAffected() == 0 {
		err = none(pgx.ErrNoRows, u.id)
	}
	return err
}

// Finish ends the upload and has its files looked at. It returns ErrInvalid where no bytes came.
func (u *Upload) Finish(ctx context.Context, first intake.Options) (*Import, error) {
	if u.size == 0 {
		return nil, layers.Refuse(layers.ErrInvalid, "no file was sent, or only empty ones; send each as a part named \"file\"", "没有收到文件，或文件为空；每个文件作为名为 \"file\" 的部分发送")
	}
	if _, err := u.service.pool.Exec(ctx, "update onemap.import set files = $2 where id = $1", u.id, u.files); err != nil {
		return nil, fmt.Errorf("end an upload: %w", err)
	}
	i, err := u.service.begin(ctx, u.id, Looking, &first)
	if err == nil {
		u.release()
	}
	return i, err
}

// Discard takes back what has come so far. After Finish it does nothing.
func (u *Upload) Discard(ctx context.Context) {
	if u.service == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if _, err := u.service.pool.Exec(ctx, "delete from onemap.import where id = $1", u.id); err != nil {
		u.service.log.Warn("a broken upload stays until it is tidied away", "import", u.id, "error", err)
	}
	u.release()
}

func (u *Upload) release() {
	<-u.service.uploads
	u.service, u.buffer = nil, nil
}

// fileName is the last part of a name as a browser or curl sends it, in GBK from an old shell.
func fileName(name string) (string, error) {
	if !utf8.ValidString(name) {
		plain, err := simplifiedchinese.GB18030.NewDecoder().String(name)
		if err != nil {
			return "", layers.Refuse(layers.ErrInvalid, "a file's name is neither UTF-8 nor GB18030", "文件名的编码既不是 UTF-8 也不是 GB18030")
		}
		name = plain
	}
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	control := func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }
	switch {
	case name == "" || name == "." || name == ".." || strings.ContainsFunc(name, control):
		return "", layers.Refuse(layers.ErrInvalid, "%q is no name of a file; say it as filename of the part, or in ?name=", "%q 不是有效的文件名；请在 filename 或 ?name= 中给出", name)
	case len(name) > longest:
		return "", layers.Refuse(layers.ErrInvalid, "the file's name has %d bytes, at most %d are taken", "文件名有 %d 字节，最多 %d 字节", len(name), longest)
	}
	return name, nil
}
