package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"onemap/api/imports"
	"onemap/api/ows"
	"onemap/layers"
	"onemap/tiles"
)

// What only a door can say, besides the sentinels of layers.
var (
	errMethod      = errors.New("method not allowed")
	errAccept      = errors.New("not acceptable")
	errTooLarge    = imports.ErrTooLarge
	errSilent      = errors.New("silent")
	errBusy        = imports.ErrBusy
	errStarting    = errors.New("starting")
	errUnreachable = errors.New("database unreachable")
	errGone        = errors.New("the client left")
	errInternal    = errors.New("internal")
)

// statuses is the one table of what an error is answered with; the first that matches.
var statuses = []struct {
	is             error
	status         int
	title, titleZh string
	retry          string // Retry-After, seconds
}{
	{layers.ErrInvalid, 400, "Invalid request", "请求有误", ""},
	{layers.ErrNotFound, 404, "Not found", "未找到", ""},
	{layers.ErrForbidden, 403, "Not allowed", "无权访问", ""},
	{layers.ErrConflict, 409, "Conflict", "数据已被他人修改", ""},
	{layers.ErrTimeout, 503, "Took too long", "处理超时", "5"},
	{errMethod, 405, "Method not allowed", "不支持的请求方法", ""},
	{errAccept, 406, "Not available in that format", "不支持所请求的格式", ""},
	{errSilent, 408, "The sender fell silent", "上传中断", ""},
	{errTooLarge, 413, "Request too large", "请求过大", ""},
	{errBusy, 503, "Busy", "服务繁忙，请稍后再试", "1"},
	{tiles.ErrBusy, 503, "Busy", "服务繁忙，请稍后再试", "1"},
	{errStarting, 503, "Starting", "正在启动", "2"},
	{errUnreachable, 503, "Database unreachable", "数据库暂时无法连接", "5"},
	{errGone, 499, "Client left", "客户端已断开", ""},
	{errInternal, 500, "Internal error", "服务器内部错误", ""},
}

// problem is an error as it is told (RFC 9457).
type problem struct {
	Type      string  `json:"type"`
	Title     string  `json:"title"`
	TitleZh   string  `json:"titleZh"`
	Status    int     `json:"status"`
	Detail    string  `json:"detail"`
	DetailZh  string  `json:"detailZh,omitempty"`
	Instance  string  `json:"instance"`
	RequestID string  `json:"requestId"`
	Starting  *Status `json:"starting,omitempty"`
	Making    *making `json:"making,omitempty"`
	retry     string
}

// making is how far the small-scale map is that a tile has to wait for.
type making struct {
	Layer string  `json:"layer"`
	Done  float64 `json:"done"` // 0 to 1
}

// problemOf finds what to tell of an error. What wraps no known error is internal, and only its request id is told.
func (s *Server) problemOf(err error, c echo.Context) problem {
	err = classify(err, c)
	p := problem{Type: "about:blank", Instance: c.Request().URL.Path, RequestID: requestID(c)}
	for _, row := range statuses {
		if !errors.Is(err, row.is) {
			continue
		}
		p.Title, p.TitleZh, p.Status, p.retry = row.title, row.titleZh, row.status, row.retry
		p.Detail = told(err, row.is)
		break
	}
	if said, ok := layers.WordsOf(err); ok {
		p.Detail, p.DetailZh = said.En, said.Zh
	}
	if of := (tiles.Making{}); errors.As(err, &of) {
		p.Title, p.TitleZh, p.retry = "The small-scale map is being made", "正在生成小比例尺地图", "2"
		p.Making = &making{of.Layer, of.Done}
	}
	switch {
	case errors.Is(err, errInternal):
		p.Detail = fmt.Sprintf("Internal error, request id %s: tell it to the operator, who finds the cause in the log.", p.RequestID)
		p.DetailZh = fmt.Sprintf("服务器内部错误，请求编号 %s：请告知运维人员，日志中有原因。", p.RequestID)
	case errors.Is(err, errStarting):
		status := s.opt.Status()
		p.Starting, p.DetailZh = &status, "服务正在启动，请稍后重试。"
	}
	return p
}

// classify wraps what the database, the router and the connection say in errors of the table.
func classify(err error, c echo.Context) error {
	for _, row := range statuses {
		if errors.Is(err, row.is) && row.is != layers.ErrTimeout {
			return err
		}
	}
	if c.Request().Context().Err() == context.Canceled {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	if errors.Is(err, layers.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: the answer took too long; ask for less, e.g. a smaller bbox", layers.ErrTimeout)
	}
	var web *echo.HTTPError
	if errors.As(err, &web) {
		switch web.Code {
		case http.StatusNotFound:
			return fmt.Errorf("%w: there is nothing at this address; the API begins at /ogc", layers.ErrNotFound)
		case http.StatusMethodNotAllowed:
			return fmt.Errorf("%w: this address does not know that method; see the header Allow", errMethod)
		case http.StatusRequestEntityTooLarge:
			return errTooLarge
		}
	}
	var network net.Error
	if layers.Unreachable(err) || errors.As(err, &network) {
		return fmt.Errorf("%w: the database does not answer; this passes when it is back: %w", errUnreachable, err)
	}
	return fmt.Errorf("%w: %w", errInternal, err)
}

// told is the text that stands behind the sentinel: it was written for the sender.
func told(err, sentinel error) string {
	_, text, ok := strings.Cut(err.Error(), sentinel.Error()+": ")
	if !ok || sentinel == errUnreachable {
		text = strings.TrimSuffix(strings.TrimPrefix(sentinel.Error(), "the "), ":") + "; try again"
	}
	return text
}

// fail is the one handler of errors: logs what is ours, once, and tells the rest.
func (s *Server) fail(err error, c echo.Context) {
	p := s.problemOf(err, c)
	if p.Status >= 500 && !errors.Is(err, errStarting) && !errors.Is(err, errBusy) && !errors.Is(err, tiles.ErrBusy) {
		s.log.LogAttrs(context.WithoutCancel(c.Request().Context()), slog.LevelError, "request failed",
			slog.String("request", p.RequestID), slog.Int("status", p.Status), slog.String("path", p.Instance), slog.String("error", err.Error()))
	}
	if c.Response().Committed {
		panic(http.ErrAbortHandler) // half an answer must not look like a whole one
	}
	h := c.Response().Header()
	for _, name := range []string{"Content-Encoding", "ETag", "Content-Crs"} {
		h.Del(name)
	}
	h.Set("Cache-Control", "no-store")
	if p.retry != "" {
		h.Set("Retry-After", p.retry)
	}
	if allow, ok := c.Get(echo.ContextKeyHeaderAllow).(string); ok && p.Status == http.StatusMethodNotAllowed {
		h.Set("Allow", allow)
	}
	render := s.renderProblem
	if version := reportVersion(c); version != "" {
		render = func(c echo.Context, p problem) error { return renderReport(c, err, p, version) }
	}
	if err := render(c, p); err != nil {
		s.log.Warn("error not sent", "request", p.RequestID, "error", err)
	}
}

// reportVersion is that of the OWS exception reports of a door; "" where it has problems.
func reportVersion(c echo.Context) string {
	switch path := c.Request().URL.Path; {
	case path == "/wmts" || strings.HasPrefix(path, "/wmts/"):
		return "1.1.0"
	case path == wfsPath:
		version, ok := c.Get(wfsReport).(string)
		if !ok {
			version = "2.0.0"
		}
		return version
	}
	return ""
}

// renderReport answers those who speak OWS.
func renderReport(c echo.Context, err error, p problem, version string) error {
	report, status := ows.ReportOf(err, version, p.Status, layers.Words{En: p.Detail, Zh: cmp.Or(p.DetailZh, p.TitleZh)})
	body, err := report.XML()
	if err != nil {
		return err
	}
	return c.Blob(status, ows.TypeXML, body)
}

// renderProblem answers a browser with a page and everybody else with problem+json.
func (s *Server) renderProblem(c echo.Context, p problem) error {
	if prefersPage(c.Request()) {
		name := "error"
		if p.Starting != nil {
			name = "starting"
		}
		var body bytes.Buffer
		if err := pages.ExecuteTemplate(&body, name, view{Title: p.TitleZh, TitleEn: p.Title, Data: p, Root: s.root(c)}); err != nil {
			return err
		}
		c.Response().Header().Set("Content-Security-Policy", policy)
		return c.Blob(p.Status, typeHTML, body.Bytes())
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return c.Blob(p.Status, typeProblem, body)
}
