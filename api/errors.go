package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"github.com/labstack/echo/v4"

	"onemap/api/imports"
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
	if _, said := layers.WordsOf(err); said && errors.Is(err, layers.ErrTimeout) {
		return err
	}
	if errors.Is(err, layers.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) {
		return layers.Refuse(layers.ErrTimeout, "the answer took too long; ask for less, e.g. a smaller bbox", "处理超时；请减少请求的内容，例如缩小 bbox")
	}
	var web *echo.HTTPError
	if errors.As(err, &web) {
		switch web.Code {
		case http.StatusNotFound:
			return layers.Refuse(layers.ErrNotFound, "there is nothing at this address; the API begins at /ogc", "此地址没有内容；接口入口为 /ogc")
		case http.StatusMethodNotAllowed:
			return layers.Refuse(errMethod, "this address does not know that method; see the header Allow", "此地址不支持该请求方法；支持的方法见响应头 Allow")
		case http.StatusRequestEntityTooLarge:
			return layers.Refuse(errTooLarge, "the body has more than %d bytes", "请求体超过 %d 字节", maxBody)
		}
	}
	var network net.Error
	if layers.Unreachable(err) || errors.As(err, &network) {
		return fmt.Errorf("%w: %w", layers.Refuse(errUnreachable, "the database does not answer; this passes when it is back", "数据库暂时无法连接，恢复后即可使用"), err)
	}
	return fmt.Errorf("%w: %w", errInternal, err)
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
