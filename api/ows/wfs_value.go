package ows

import (
	"context"
	"net/http"

	"onemap/layers"
	"onemap/layers/format"
)

// getPropertyValue answers GetPropertyValue: the values of one property, of the features that have one.
func (r *wfsRequest) getPropertyValue() error {
	if err := r.options(); err != nil {
		return err
	}
	path, said := r.kvp["valuereference"]
	if !said {
		return Missing("valueReference")
	}
	if path == "" {
		return Invalid("valueReference", "valueReference is empty; want a property or @gml:id", "valueReference 为空，应为字段名或 @gml:id")
	}
	g, err := r.gmlOf(r.kvp["outputformat"])
	if err != nil {
		return err
	}
	p, err := r.paging()
	if err != nil {
		return err
	}
	queries, refs, err := r.valueQueries(path)
	if err != nil {
		return err
	}
	large := p.count < 0 || p.count > held
	ctx, done, err := r.Take(r.http.Context(), large)
	if err != nil {
		return err
	}
	defer done()
	return r.moment(ctx, large, func(from source) error {
		parts, err := r.parts(ctx, from, queries, p)
		if err != nil {
			return err
		}
		return r.values(ctx, g, parts, refs, p)
	})
}

// values writes the answer.
func (r *wfsRequest) values(ctx context.Context, g *format.GML, parts []*part, refs []valueRef, p paging) error {
	out := newXMLOut(r.w, g.MediaType)
	out.text(`<?xml version="1.0" encoding="UTF-8"?>` + "\n<wfs:ValueCollection" + r.namespaces(g, parts) + r.numbers(parts, p) + r.pages(parts, p) + ">\n")
	if r.http.Method == http.MethodHead {
		return out.flush()
	}
	for i, one := range parts {
		w := format.NewGMLFeatures(g, one.layer, one.in.name, one.in.coordinates())
		for f, err := range r.features(ctx, one) {
			if err != nil {
				return err
			}
			out.text("<wfs:member>")
			if refs[i].kind == idReference {
				out.text(format.EscapeXML(format.GMLID(one.layer.Name, f.ID)))
			} else {
				out.buf = w.AppendProperties(out.buf, &f)
			}
			out.text("</wfs:member>\n")
			if err := out.full(); err != nil {
				return err
			}
		}
	}
	out.text("</wfs:ValueCollection>\n")
	return out.flush()
}

// valueQueries are the queries, each for the features that have the value, and for nothing else of them.
func (r *wfsRequest) valueQueries(path string) ([]*wfsQuery, []valueRef, error) {
	if r.kvp["storedquery_id"] != "" {
		if err := r.storedAsQuery(); err != nil {
			return nil, nil, err
		}
	}
	queries, err := r.queries()
	if err != nil {
		return nil, nil, err
	}
	var refs []valueRef
	for _, q := range queries {
		ref, err := referenceOf("valueReference", r.layers[q.layer.Name], path)
		if err != nil {
			return nil, nil, err
		}
		refs = append(refs, ref)
		has := layers.Condition(present(ref.name))
		if ref.kind == standardReference {
			has = present("")
		}
		q.find.Filter = both{q.find.Filter, has}
		q.find.NoGeometry, q.find.Properties = ref.kind != geometryReference, []string{}
		if ref.kind == propertyReference {
			q.find.Properties = []string{ref.name}
		}
		if q.layer, err = r.layers[q.layer.Name].Only(q.find.Properties); err != nil {
			return nil, nil, err
		}
	}
	return queries, refs, nil
}
