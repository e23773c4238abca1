package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"onemap/api/ows"
	"onemap/layers"
	"onemap/tiles"
)

// problem is an error as it is told (RFC 9457): title and detail in the language of Accept-Language, and always in both.
type problem struct {
	Type      string  `json:"type"`
	Title     string  `json:"title"`
	TitleEn   string  `json:"titleEn"`
	TitleZh   string  `json:"titleZh"`
	Status    int     `json:"status"`
	Detail    string  `json:"detail"`
	DetailEn  string  `json:"detailEn"`
	DetailZh  string  `json:"detailZh"`
	Instance  string  `json:"instance"`
	RequestID string  `json:"requestId"`
	Starting  *Status `json:"starting,omitempty"`
	Making    *making `json:"making,omitempty"`
	retry     string
	language  string // of title and detail
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
		if errors.Is(err, row.is) {
			p.TitleEn, p.TitleZh, p.Status, p.retry = row.title, row.titleZh, row.status, row.retry
			break
		}
	}
	if of := (tiles.Making{}); errors.As(err, &of) {
		p.TitleEn, p.TitleZh, p.retry = "The small-scale map is being made", "正在生成小比例尺地图", "2"
		p.Making = &making{of.Layer, of.Done}
	}
	said, ok := layers.WordsOf(err)
	switch {
	case p.Status == http.StatusInternalServerError:
		said = layers.Say("Internal error, request id %s: tell it to the operator, who finds the cause in the log.",
			"服务器内部错误，请求编号 %s：请告知运维人员，日志中有原因。", p.RequestID)
	case !ok:
		said = layers.Say("%s; try again", "%s，请重试", layers.Words{En: p.TitleEn, Zh: p.TitleZh})
	}
	if errors.Is(err, errStarting) {
		status := s.opt.Status()
		p.Starting = &status
	}
	p.DetailEn, p.DetailZh = said.En, said.Zh
	p.Title, p.Detail, p.language = p.TitleEn, p.DetailEn, "en"
	if prefersChinese(c.Request()) {
		p.Title, p.Detail, p.language = p.TitleZh, p.DetailZh, "zh-CN"
	}
	return p
}

// languages are those that there are words in; the first is for readers who name none of them.
var languages = language.NewMatcher([]language.Tag{language.English, language.SimplifiedChinese})

// inBoth is the Content-Language of pages and reports, which say everything twice.
const inBoth = "zh-CN, en"

func prefersChinese(r *http.Request) bool {
	wanted, _, err := language.ParseAcceptLanguage(strings.Join(r.Header.Values("Accept-Language"), ","))
	if err != nil {
		return false
	}
	_, which, _ := languages.Match(wanted...)
	return which == 1
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
	report, status := ows.ReportOf(err, version, p.Status, layers.Words{En: p.DetailEn, Zh: p.DetailZh})
	body, err := report.XML()
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Language", inBoth)
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
		if err := pages.ExecuteTemplate(&body, name, view{Title: p.TitleZh, TitleEn: p.TitleEn, Data: p, Root: s.root(c)}); err != nil {
			return err
		}
		c.Response().Header().Set("Content-Security-Policy", policy)
		c.Response().Header().Set("Content-Language", inBoth)
		return c.Blob(p.Status, typeHTML, body.Bytes())
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Language", p.language)
	c.Response().Header().Add("Vary", "Accept-Language")
	return c.Blob(p.Status, typeProblem, body)
}
