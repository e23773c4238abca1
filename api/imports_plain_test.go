package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"onemap/layers"
	"onemap/layers/format"
	"onemap/layers/intake"
)

// importing stands for intake.Import until that is built.
func importing(ctx context.Context, store *layers.Store, actor layers.Actor, files []string, opt intake.Options) (*intake.Report, error) {
	body, err := os.ReadFile(files[0])
	if err != nil {
		return nil, err
	}
	var doc struct {
		Features []struct {
			Geometry   *struct{ Coordinates [2]float64 }
			Properties struct {
				No    string
				Depth float64
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, fmt.Errorf("%w: no GeoJSON", layers.ErrInvalid)
	}
	report := &intake.Report{Layer: opt.Layer, Mode: opt.Mode, DryRun: opt.DryRun, Findings: []intake.Finding{}}
	rows := [][]any{}
	for n, f := range doc.Features {
		opt.Progress(intake.Progress{Step: "read", Done: int64(n), Total: int64(len(doc.Features))})
		row := []any{f.Properties.No, f.Properties.Depth, nil}
		if f.Geometry == nil {
			found := intake.Finding{Row: int64(n + 1), Rule: "geometry.empty", Severity: format.Info, Done: intake.Kept, Words: format.Say("no geometry", "无图形")}
			report.Findings = append(report.Findings, found)
			if err := opt.Findings(found); err != nil {
				return nil, err
			}
		} else {
			row[2], _ = ewkb.Marshal(geom.NewPointFlat(geom.XY, f.Geometry.Coordinates[:]).SetSRID(4490), ewkb.NDR)
		}
		rows = append(rows, row)
	}
	report.Rows = intake.Counts{Read: int64(len(rows)), Taken: int64(len(rows))}
	report.Rules = []intake.RuleCount{{Rule: "geometry.empty", Severity: format.Info, Count: int64(len(report.Findings))}}
	if opt.DryRun {
		_, err := opt.Preview.Write(body)
		return report, err
	}
	opt.Progress(intake.Progress{Step: "write", Total: int64(len(rows))})
	if ctx.Err() != nil {
		return report, ctx.Err()
	}
	if opt.Mode != intake.Append {
		title := opt.Title
		if title == "" {
			title = opt.Layer
		}
		def := layers.Definition{Layer: layers.Layer{Name: opt.Layer, Title: title, GeometryType: "Point", SRID: 4490, Writable: true, Tracked: true},
			Columns: []layers.Column{column("no", layers.String, "text"), column("depth", layers.Number, "double precision")}}
		if _, err := store.Create(ctx, actor, def); err != nil {
			return report, err
		}
	}
	_, err = store.Load(ctx, actor, opt.Layer, []string{"no", "depth", "geom"}, pgx.CopyFromRows(rows), layers.LoadOptions{})
	return report, err
}
