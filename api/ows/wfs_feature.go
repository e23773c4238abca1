package ows

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"onemap/layers"
	"onemap/layers/format"
)

// usualCount is how many features a request of WFS 2.0 gets that does not say how many; held are as many as are in memory
// at once.
const (
	usualCount = 10000
	held       = 1000
)

// part is what one query adds to an answer.
type part struct {
	*wfsQuery
	from    source
	matched int64 // all that the query finds; -1 = not counted
	skip    int
	take    int // -1 = all
	page    []layers.Feature
	turned  bool   // it is the only part, and next says where it goes on
	next    string // cursor; "" = nowhere
}

// paging is which of all features are wanted.
type paging struct {
	start, count int    // count -1 = all
	cursor       string // where the page begins: our own addresses of pages say it besides start; "" = start says it
	hits         bool
}

func (r *wfsRequest) paging() (p paging, err error) {
	if p.start, err = r.kvp.Whole("startIndex", 0); err != nil {
		return p, err
	}
	usual := -1
	if r.version.counts && r.namedGML(r.kvp["outputformat"]) != nil {
		usual = usualCount
	}
	if p.count, err = r.kvp.Whole("count", usual); err != nil {
		return p, err
	}
	if start, cursor, ok := strings.Cut(r.kvp["cursor"], "."); ok && start == strconv.Itoa(p.start) { // else somebody has changed the address, and start holds
		p.cursor = cursor
	}
	if r.kvp["resulttype"] != "" {
		kind, err := r.kvp.OneOf("resultType", "results", "hits")
		if err != nil {
			return p, err
		}
		p.hits = kind == "hits"
	}
	return p, nil
}

// getFeature answers GetFeature.
func (r *wfsRequest) getFeature() error {
	if err := r.options(); err != nil {
		return err
	}
	if r.kvp["storedquery_id"] != "" {
		return r.stored()
	}
	queries, err := r.queries()
	if err != nil {
		return err
	}
	p, err := r.paging()
	if err != nil {
		return err
	}
	g := r.namedGML(r.kvp["outputformat"])
	if g == nil && !p.hits {
		return r.file(queries, p)
	}
	if g == nil {
		g = r.version.gml
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
		return r.collection(ctx, g, parts, p)
	})
}

// moment has a large answer read at one moment, so that it has what it says it has. What is said of a small one is said when all of
// it has been read.
func (r *wfsRequest) moment(ctx context.Context, large bool, answer func(source) error) error {
	if !large {
		return answer(r.Store)
	}
	return r.Store.Snapshot(ctx, func(from layers.Reader) error { return answer(from) })
}

// source is where features are read from.
type source interface {
	Count(ctx context.Context, actor layers.Actor, layer string, q layers.Query) (int64, error)
	Find(ctx context.Context, actor layers.Actor, layer string, q layers.Query) (*layers.Page, error)
	Stream(ctx context.Context, actor layers.Actor, layer string, q layers.Query) iter.Seq2[layers.Feature, error]
	Turn(ctx context.Context, actor layers.Actor, layer string, q layers.Query) (layers.Turn, error)
}

// options refuses what is asked for beyond what there is.
func (r *wfsRequest) options() error {
	switch resolve := r.kvp["resolve"]; resolve {
	case "", "none", "local": // no feature refers to another
	case "remote", "all":
		return Refuse(OptionNotSupported, "resolve", "resolve %s is not offered; want none or local", "不支持 resolve=%s，应为 none 或 local", resolve)
	default:
		return Invalid("resolve", "resolve is %q; want none or local", "resolve 为“%s”，应为 none 或 local", resolve)
	}
	return nil
}

// OptionNotSupported is an option of an operation that is not offered.
const OptionNotSupported = "OptionNotSupported"

// parts says what each query adds: all are counted in WFS 2.0, and pages that are small are read.
func (r *wfsRequest) parts(ctx context.Context, from source, queries []*wfsQuery, p paging) ([]*part, error) {
	if len(queries) == 1 && r.version.counts && !p.hits && p.count > 0 && p.count <= layers.MaxLimit {
		one, err := r.turn(ctx, from, queries[0], p)
		return []*part{one}, err
	}
	var parts []*part
	skip, left := p.start, p.count
	for _, q := range queries {
		one := &part{wfsQuery: q, from: from, matched: -1, skip: skip, take: left}
		parts = append(parts, one)
		if r.version.counts || p.hits || len(queries) > 1 {
			var err error
			if one.matched, err = from.Count(ctx, r.actor, q.layer.Name, q.find); err != nil {
				return nil, err
			}
			one.skip = int(min(int64(skip), one.matched))
			rest := int(one.matched) - one.skip
			if one.take = rest; left >= 0 {
				one.take = min(left, rest)
			}
			skip -= one.skip
		}
		if p.hits {
			one.take = 0
		}
		if err := r.read(ctx, one); err != nil {
			return nil, err
		}
		if left >= 0 {
			left -= max(one.take, 0)
		}
	}
	return parts, nil
}

// turn is a page of the only query, which knows the cursor of the page behind it; it is read where it is small. Each page is as
// things are when it is asked for: what was put, changed or deleted before where it begins moves nothing in it.
func (r *wfsRequest) turn(ctx context.Context, from source, q *wfsQuery, p paging) (*part, error) {
	one := &part{wfsQuery: q, from: from, turned: true, skip: p.start}
	if p.cursor != "" {
		one.skip = 0
	}
	q.find.After = p.cursor
	find := q.find
	find.Limit, find.Offset = p.count, one.skip
	if p.count > held {
		turn, err := from.Turn(ctx, r.actor, q.layer.Name, find)
		if err != nil {
			return nil, p.blame(err)
		}
		one.take, one.next = turn.Features, turn.Next
		one.matched, err = from.Count(ctx, r.actor, q.layer.Name, q.find)
		return one, err
	}
	find.Count = true
	page, err := from.Find(ctx, r.actor, q.layer.Name, find)
	if err != nil {
		return nil, p.blame(err)
	}
	one.page, one.take, one.next, one.matched = page.Features, len(page.Features), page.Next, page.Matched
	return one, nil
}

// blame names the cursor where there is one: all else that can be wrong was so on the page before.
func (p paging) blame(err error) error {
	if p.cursor == "" {
		return err
	}
	return Blame("cursor", err)
}

// read reads a page that is small, so that what is said of it is what is sent.
func (r *wfsRequest) read(ctx context.Context, p *part) error {
	if p.take <= 0 || p.take > held {
		return nil
	}
	q := p.find
	q.Limit, q.Offset = p.take, p.skip
	page, err := p.from.Find(ctx, r.actor, p.layer.Name, q)
	if err != nil {
		return err
	}
	p.page, p.take = page.Features, len(page.Features)
	return nil
}

// features yields those of a part.
func (r *wfsRequest) features(ctx context.Context, p *part) iter.Seq2[layers.Feature, error] {
	if p.page != nil || p.take == 0 {
		return func(yield func(layers.Feature, error) bool) {
			for _, f := range p.page {
				if !yield(f, nil) {
					return
				}
			}
		}
	}
	q := p.find
	q.Offset, q.Limit = p.skip, max(p.take, 0)
	return p.from.Stream(ctx, r.actor, p.layer.Name, q)
}

// collection writes the answer as a collection of GML.
func (r *wfsRequest) collection(ctx context.Context, g *format.GML, parts []*part, p paging) error {
	out := newXMLOut(r.w, g.MediaType)
	out.text(`<?xml version="1.0" encoding="UTF-8"?>` + "\n<wfs:FeatureCollection" + r.namespaces(g, parts) + r.numbers(parts, p) + r.pages(parts, p) + ">\n")
	if r.http.Method == http.MethodHead {
		return out.flush()
	}
	if r.version.number == wfs100 {
		out.text("<gml:boundedBy><gml:null>unknown</gml:null></gml:boundedBy>\n")
	}
	for _, one := range parts {
		if r.version.counts && len(parts) > 1 {
			out.text("<wfs:member><wfs:FeatureCollection" + r.numbers([]*part{one}, p) + ">\n")
		}
		if err := r.members(ctx, out, g, one); err != nil {
			return err
		}
		if r.version.counts && len(parts) > 1 {
			out.text("</wfs:FeatureCollection></wfs:member>\n")
		}
	}
	out.text("</wfs:FeatureCollection>\n")
	return out.flush()
}

// members writes the features of a part.
func (r *wfsRequest) members(ctx context.Context, out *xmlOut, g *format.GML, p *part) error {
	w := format.NewGMLFeatures(g, p.layer, p.in.name, p.in.coordinates())
	w.SayNil(p.nils...)
	open, end := "<"+r.version.member+">", "</"+r.version.member+">\n"
	for f, err := range r.features(ctx, p) {
		if err != nil {
			return err
		}
		out.buf = append(out.buf, open...)
		out.buf = append(w.Append(out.buf, &f), end...)
		if err := out.full(); err != nil {
			return err
		}
	}
	return nil
}

// namespaces declares what the answer needs, and where the schemas of it are.
func (r *wfsRequest) namespaces(g *format.GML, parts []*part) string {
	var ls []*layers.Layer
	for _, p := range parts {
		ls = append(ls, p.layer)
	}
	locations := []string{r.version.namespace, r.version.schema}
	if len(ls) > 0 {
		locations = append(locations, format.LayersNamespace, r.schemaAddress(g, ls...))
	}
	if g.Version != "2.1.2" {
		locations = append(locations, g.Namespace, g.Schema)
	}
	return ` xmlns:wfs="` + r.version.namespace + `" xmlns:gml="` + g.Namespace + `" xmlns:` + format.LayersPrefix + `="` + format.LayersNamespace +
		`" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="` + format.EscapeXML(strings.Join(locations, " ")) + `"`
}

// numbers are the attributes that count.
func (r *wfsRequest) numbers(parts []*part, p paging) string {
	var matched, returned int64
	for _, one := range parts {
		matched, returned = matched+one.matched, returned+int64(max(one.take, 0))
	}
	stamp := ` timeStamp="` + r.Now().In(layers.Zone).Format(time.RFC3339) + `"`
	switch {
	case r.version.counts:
		return stamp + ` numberMatched="` + strconv.FormatInt(matched, 10) + `" numberReturned="` + strconv.FormatInt(returned, 10) + `"`
	case r.version.number == wfs100:
		return ""
	case p.hits:
		return stamp + ` numberOfFeatures="` + strconv.FormatInt(matched, 10) + `"`
	}
	return stamp
}

// pages are the addresses of the pages before and after.
func (r *wfsRequest) pages(parts []*part, p paging) string {
	if !r.version.counts || p.count <= 0 || r.kvp["storedquery_id"] != "" {
		return ""
	}
	var matched, returned int
	for _, one := range parts {
		matched, returned = matched+int(one.matched), returned+max(one.take, 0)
	}
	out := ""
	if p.start > 0 {
		out += ` previous="` + r.page(max(0, p.start-p.count), min(p.count, p.start), "") + `"`
	}
	more, cursor := p.start+returned < matched, ""
	if len(parts) == 1 && parts[0].turned {
		cursor = parts[0].next
		more = cursor != ""
	}
	if more {
		out += ` next="` + r.page(p.start+returned, p.count, cursor) + `"`
	}
	return out
}

// page is the address of a page of the same request; a cursor has it cost the same wherever it begins.
func (r *wfsRequest) page(start, count int, cursor string) string {
	q := url.Values{}
	for name, v := range r.kvp {
		q.Set(name, v)
	}
	q.Del("resulttype")
	q.Set("version", r.version.number)
	q.Set("startindex", strconv.Itoa(start))
	q.Set("count", strconv.Itoa(count))
	q.Del("cursor")
	if cursor != "" {
		q.Set("cursor", strconv.Itoa(start)+"."+cursor)
	}
	return format.EscapeXML(r.address + "?" + q.Encode())
}
