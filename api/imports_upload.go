package api

import (
	"cmp"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"time"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/api/imports"
	"onemap/layers"
	"onemap/layers/intake"
)

// envelope is what a multipart body has besides its files, at most.
const envelope = 1 << 20

// upload takes the files of an import as they come: the parts "file" of a form, or the body itself under ?name=.
func (s *Server) upload(c echo.Context) error {
	p, err := query(c.Request(), "name", "layer")
	if err != nil {
		return err
	}
	service := s.ground().Imports
	r := c.Request()
	if r.ContentLength > service.Limit()+envelope {
		return layers.Refuse(errTooLarge, "the files have more than %d MiB together, the most for one import here", "文件合计超过 %d MiB，为单次导入的上限", service.Limit()>>20)
	}
	u, err := service.Begin(r.Context(), auth.Actor(c), r.ContentLength)
	if err != nil {
		return err
	}
	defer u.Discard(r.Context()) // a broken upload leaves nothing
	r.Body = http.MaxBytesReader(c.Response(), r.Body, service.Limit()+envelope)
	if err := s.receive(c, u, p["name"]); err != nil {
		return err
	}
	i, err := u.Finish(r.Context(), intake.Options{Layer: p["layer"]})
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, s.root(c)+"/imports/"+i.ID)
	return sendState(c, http.StatusCreated, i)
}

// receive stores what is sent.
func (s *Server) receive(c echo.Context, u *imports.Upload, name string) error {
	r, body := c.Request(), s.newPatientBody(c)
	media, params, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if media != "multipart/form-data" {
		if name == "" {
			return layers.Refuse(layers.ErrInvalid, "send multipart/form-data with parts named \"file\", or the bytes of one file with ?name=",
				"请以 multipart/form-data 发送名为 \"file\" 的部分，或直接发送文件内容并给出 ?name=")
		}
		return u.Add(r.Context(), name, body)
	}
	if err != nil || params["boundary"] == "" {
		return layers.Refuse(layers.ErrInvalid, "the Content-Type names no boundary between the parts", "Content-Type 没有给出各部分的分隔符（boundary）")
	}
	form := multipart.NewReader(body, params["boundary"])
	for {
		part, err := form.NextRawPart() // raw: nothing is decoded behind our back
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return cmp.Or(body.failed, layers.Refuse(layers.ErrInvalid, "the form broke off or is none: %v", "表单不完整，或不是表单：%v", err))
		}
		if part.FormName() != "file" {
			return layers.Refuse(layers.ErrInvalid, "part %q: all parts are named \"file\"; options go to /imports/{id}/look", "表单中有“%s”：各部分都应名为“file”；选项请提交到 /imports/{id}/look", part.FormName())
		}
		if err := u.Add(r.Context(), part.FileName(), part); err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) {
				err = layers.Refuse(layers.ErrInvalid, "the form broke off within a file", "表单在文件中间中断")
			}
			return cmp.Or(body.failed, err)
		}
	}
}

// patientBody is a request's body that may be slow but not silent, and whose errors are ours.
type patientBody struct {
	body    io.Reader
	control *http.ResponseController
	silence time.Duration // that is borne; a body may take as long as it takes, while something comes
	failed  error         // how reading failed; readers on top may hide it
}

func (s *Server) newPatientBody(c echo.Context) *patientBody {
	return &patientBody{body: c.Request().Body, control: http.NewResponseController(c.Response().Writer), silence: s.opt.Silence}
}

func (b *patientBody) Read(p []byte) (int, error) {
	// A recorder in a test has no deadlines; a connection always has.
	_ = b.control.SetReadDeadline(time.Now().Add(b.silence))
	n, err := b.body.Read(p)
	if err == nil || err == io.EOF {
		_ = b.control.SetReadDeadline(time.Time{})
		return n, err
	} // else the deadline stays: before it answers the server would wait for the rest
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		b.failed = layers.Refuse(errTooLarge, "the body has more than %d bytes", "请求体超过 %d 字节", large.Limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		b.failed = layers.Refuse(errSilent, "nothing came for %v; send it again", "%v 内没有收到数据；请重新发送", b.silence)
	default:
		b.failed = layers.Refuse(layers.ErrInvalid, "the body broke off", "请求体不完整")
	}
	return n, b.failed
}
