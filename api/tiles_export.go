package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/api/exports"
	"onemap/layers"
)

// typeArchive is how an archive of tiles is sent (PMTiles, registered with IANA).
const typeArchive = "application/vnd.pmtiles"

// toldExport is an archive with where to find it.
type toldExport struct {
	*exports.Export
	Self string `json:"self"`
	File string `json:"file,omitempty"` // once it is done
}

func (s *Server) toldExport(c echo.Context, e *exports.Export) toldExport {
	out := toldExport{Export: e, Self: s.root(c) + "/tiles/export/" + e.ID}
	if e.State == exports.Done {
		out.File = out.Self + "/file"
	}
	return out
}

// listExports is the archives there are, the newest first.
func (s *Server) listExports(c echo.Context) error {
	if _, err := query(c.Request()); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), asking)
	defer cancel()
	all, err := s.ground().Exports.Exports(ctx)
	if err != nil {
		return err
	}
	told := make([]toldExport, len(all))
	for i := range all {
		told[i] = s.toldExport(c, &all[i])
	}
	return sendState(c, http.StatusOK, map[string]any{"exports": told})
}

// beginExport queues an archive, with the options in the body.
func (s *Server) beginExport(c echo.Context) error {
	if _, err := query(c.Request()); err != nil {
		return err
	}
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	var opt exports.Options
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&opt); err != nil || d.More() {
		return layers.Refuse(layers.ErrInvalid, `the body is no JSON object such as {"layers": ["parcel"], "minZoom": 8, "maxZoom": 14, "bounds": [116, 35.6, 116.3, 36]}: %v`,
			`请求体不是有效的 JSON 对象，例如 {"layers": ["parcel"], "minZoom": 8, "maxZoom": 14, "bounds": [116, 35.6, 116.3, 36]}：%v`, err)
	}
	if err := checkNames(opt.Layers); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), asking)
	defer cancel()
	e, err := s.ground().Exports.Begin(ctx, auth.Actor(c), opt)
	if err != nil {
		return err
	}
	told := s.toldExport(c, e)
	c.Response().Header().Set(echo.HeaderLocation, told.Self)
	return sendState(c, http.StatusAccepted, told)
}

// getExport is how far an archive is.
func (s *Server) getExport(c echo.Context) error {
	if _, err := query(c.Request()); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), asking)
	defer cancel()
	e, err := s.ground().Exports.Export(ctx, param(c, "id"))
	if err != nil {
		return err
	}
	return sendState(c, http.StatusOK, s.toldExport(c, e))
}

func (s *Server) deleteExport(c echo.Context) error {
	if _, err := query(c.Request()); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), asking)
	defer cancel()
	if err := s.ground().Exports.Delete(ctx, param(c, "id")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// exportFile is the archive itself, or the ranges of it that readers of PMTiles ask for.
func (s *Server) exportFile(c echo.Context) error {
	if _, err := query(c.Request()); err != nil {
		return err
	}
	file, e, err := s.ground().Exports.Open(c.Request().Context(), param(c, "id"))
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, typeArchive)
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", "tiles-"+e.ID[:8]+".pmtiles"))
	h.Set("ETag", `"`+e.ID+`"`)
	http.ServeContent(c.Response(), c.Request(), "", e.Updated, file)
	return nil
}
