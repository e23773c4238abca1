package api

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"onemap/api/imports"
	"onemap/layers"
	"onemap/layers/intake"
)

// asking is how long a question about imports may take.
const asking = 15 * time.Second

// listImports is the imports there are, the newest first.
func (s *Server) listImports(c echo.Context) error {
	p, err := query(c.Request(), "limit", "after")
	if err != nil {
		return err
	}
	limit, err := p.limit(20, 100)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), asking)
	defer cancel()
	page, more, err := s.ground().Imports.Imports(ctx, limit, p["after"])
	if err != nil {
		return err
	}
	answer := map[string]any{"imports": orEmpty(page)}
	if more {
		answer["next"] = s.here(c, func(q url.Values) { q.Set("after", page[len(page)-1].ID) })
	}
	return sendState(c, http.StatusOK, answer)
}

func (s *Server) getImport(c echo.Context) error {
	if _, err := query(c.Request()); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), asking)
	defer cancel()
	i, err := s.ground().Imports.Import(ctx, param(c, "id"))
	if err != nil {
		return err
	}
	return sendState(c, http.StatusOK, i)
}

// sendState answers with JSON that nobody keeps: how far something is changes several times a second.
func sendState(c echo.Context, status int, v any) error {
	body, err := marshal(v)
	if err != nil {
		return err
	}
	return c.Blob(status, typeJSON, body)
}

func (s *Server) lookAtImport(c echo.Context) error { return s.askImport(c, s.ground().Imports.Look) }

func (s *Server) runImport(c echo.Context) error { return s.askImport(c, s.ground().Imports.Run) }

// askImport has something done to an import, with the options in the body; without a body the last ones.
func (s *Server) askImport(c echo.Context, ask func(context.Context, string, *intake.Options) (*imports.Import, error)) error {
	if _, err := query(c.Request()); err != nil {
		return err
	}
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	opt, err := imports.ParseOptions(body)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), asking)
	defer cancel()
	i, err := ask(ctx, param(c, "id"), opt)
	if err != nil {
		return err
	}
	return sendState(c, http.StatusAccepted, i)
}

func (s *Server) deleteImport(c echo.Context) error {
	if _, err := query(c.Request()); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), asking)
	defer cancel()
	if err := s.ground().Imports.Delete(ctx, param(c, "id")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Server) previewImport(c echo.Context) error {
	if _, err := query(c.Request()); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), asking)
	defer cancel()
	body, err := s.ground().Imports.Preview(ctx, param(c, "id"))
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, typeGeoJSON, body)
}

// importFindings is what was found, each at its place, as features that a map can show.
func (s *Server) importFindings(c echo.Context) error {
	p, err := query(c.Request(), "rule", "severity", "limit", "after")
	if err != nil {
		return err
	}
	q := imports.FindingQuery{Rule: p["rule"], Severity: p["severity"]}
	if q.Limit, err = p.limit(100, layers.MaxLimit); err != nil {
		return err
	}
	if after, ok := p["after"]; ok {
		if q.After, err = strconv.Atoi(after); err != nil || q.After < 0 || q.After > imports.MaxFindings {
			return layers.Refuse(layers.ErrInvalid, "after %q: want the number of the last finding seen", "after“%s”有误：应为已见的最后一条检查结果的编号", after)
		}
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), asking)
	defer cancel()
	page, matched, more, err := s.ground().Imports.Findings(ctx, param(c, "id"), q)
	if err != nil {
		return err
	}
	found := make([]map[string]any, len(page))
	for n, f := range page {
		found[n] = map[string]any{"type": "Feature", "id": f.No, "geometry": point(f.At), "properties": f.Finding}
	}
	links := []link{}
	if more {
		next := s.here(c, func(q url.Values) { q.Set("after", strconv.Itoa(page[len(page)-1].No)) })
		links = append(links, link{Href: next, Rel: "next", Type: typeGeoJSON, Title: "Next page"})
	}
	body, err := marshal(map[string]any{"type": "FeatureCollection", "features": found, "numberMatched": matched, "numberReturned": len(found), "links": links})
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, typeGeoJSON, body)
}

// point is a GeoJSON geometry, nil where there is no place.
func point(at *[2]float64) any {
	if at == nil {
		return nil
	}
	return map[string]any{"type": "Point", "coordinates": at}
}

// importReport is the report of the run, or else of the look, as a file, with every finding that is kept. It is written as
// it is read.
func (s *Server) importReport(c echo.Context) error {
	if _, err := query(c.Request()); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), 5*time.Minute)
	defer cancel()
	service := s.ground().Imports
	i, err := service.Import(ctx, param(c, "id"))
	if err != nil {
		return err
	}
	head, tail, err := i.ReportParts()
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, typeJSON)
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", "import-"+i.ID+".json"))
	c.Response().WriteHeader(http.StatusOK)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	out := bufio.NewWriter(c.Response())
	out.Write(head) // an error stays with the writer until Flush
	between := ""
	for found, err := range service.AllFindings(ctx, i.ID) {
		if err != nil {
			return err
		}
		out.WriteString(between)
		if _, err := out.Write(found); err != nil {
			return err
		}
		between = ",\n"
	}
	out.Write(tail)
	return out.Flush()
}
