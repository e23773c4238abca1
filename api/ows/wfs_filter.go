package ows

import (
	"errors"
	"net/http"

	"onemap/api/ows/fes"
	"onemap/layers/cql"
)

// OperationProcessingFailed is a request that can be read and can not be done (09-025r2, table 3).
const OperationProcessingFailed = fes.OperationProcessingFailed

// filter reads a filter of a query, whose paths may begin with another name of the type.
func (r *wfsRequest) filter(q *wfsQuery, text, alias string) error {
	in := r.version.defaultSRS(q.layer)
	known := func(srid int) error { return r.known(fes.Locator, q.layer, srid) }
	f, err := fes.Parse(text, fes.Options{Layer: q.layer, Alias: alias, CRS: cql.CRS{SRID: in.srid, NorthFirst: in.yx}, Known: known, Scope: r.spaces})
	var e *fes.Error
	if errors.As(err, &e) {
		status := http.StatusBadRequest
		if e.Code == OperationProcessingFailed {
			status = http.StatusForbidden
		}
		return &Exception{Code: e.Code, Locator: fes.Locator, Status: status, Err: err, words: e.Words()}
	}
	if err != nil {
		return err
	}
	if f.IDs != nil {
		return q.ids(f.IDs)
	}
	q.find.Filter, q.nils = f.Filter, f.Nil
	return nil
}
