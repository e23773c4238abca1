package api

import (
	"bufio"
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
)

var idsWays = []string{"sortby"}

// ids lists the ids of all features that are meant, in the order asked for: what a table of any length scrolls over, asking for
// rows by items?ids= as they are seen. The list comes as it is read; position is what it is at least true of.
func (s *Server) ids(c echo.Context) error {
	l, p, q, err := s.asked(c, idsWays)
	if err != nil {
		return err
	}
	q.Sort = p.sorting()
	ctx, done, err := s.ground().shares.stream.take(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	position, err := s.positionAsked(ctx, q)
	if err != nil {
		return err
	}
	out, count := bufio.NewWriterSize(c.Response(), 64<<10), 0
	begin := func() {
		c.Response().Header().Set(echo.HeaderContentType, typeJSON)
		c.Response().WriteHeader(http.StatusOK)
		out.WriteString(`{"position":` + strconv.FormatInt(position, 10) + `,"ids":[`) // an error stays with the writer until Flush
	}
	var buf []byte
	for id, err := range s.ground().Store.IDs(ctx, auth.Actor(c), l.Name, q) {
		if err != nil {
			return err
		}
		if count++; count == 1 {
			begin()
		} else {
			out.WriteByte(',')
		}
		buf = appendJSON(buf[:0], id)
		if _, err := out.Write(buf); err != nil {
			return err
		}
	}
	if count == 0 {
		begin()
	}
	out.WriteString(`],"count":` + strconv.Itoa(count) + "}\n")
	return out.Flush()
}

// appendJSON appends an id as JSON text; most are digits.
func appendJSON(b []byte, id string) []byte {
	if _, err := strconv.ParseUint(id, 10, 64); err == nil {
		return append(append(append(b, '"'), id...), '"')
	}
	text, err := marshal(id)
	if err != nil {
		return append(b, `""`...) // text can always be written
	}
	return append(b, text[:len(text)-1]...) // marshal ends with a line end
}

var statisticsWays = []string{"property", "values"}

// statisticsDoc is what the values of a property are like.
type statisticsDoc struct {
	Property  string       `json:"property"`
	Title     string       `json:"title"`
	TitleEn   string       `json:"titleEn,omitempty"`
	Type      layers.Type  `json:"type"`
	Unit      string       `json:"unit,omitempty"`
	Position  int64        `json:"position"`
	Count     int64        `json:"count"`
	Nulls     int64        `json:"nulls"`
	Distinct  int64        `json:"distinct"`
	Min       any          `json:"min,omitempty"`
	Max       any          `json:"max,omitempty"`
	Mean      any          `json:"mean,omitempty"`
	Sum       any          `json:"sum,omitempty"`
	Histogram []layers.Bin `json:"histogram,omitempty"`
	Values    []valueDoc   `json:"values,omitempty"`
}

// valueDoc is a frequent value, and its name where it is a code.
type valueDoc struct {
	layers.ValueCount
	Name   string `json:"name,omitempty"`
	NameEn string `json:"nameEn,omitempty"`
	Colour string `json:"colour,omitempty"`
}

// statistics tells what the values of one property are like, among the features that are meant.
func (s *Server) statistics(c echo.Context) error {
	l, p, q, err := s.asked(c, statisticsWays)
	if err != nil {
		return err
	}
	most, err := p.number("values", 20, 1000)
	if err != nil {
		return err
	}
	ctx, done, err := s.ground().shares.stream.take(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	position, err := s.positionAsked(ctx, q)
	if err != nil {
		return err
	}
	st, err := s.ground().Store.Statistics(ctx, auth.Actor(c), l.Name, p["property"], most, q)
	if err != nil {
		return err
	}
	of, _ := l.Property(p["property"]) // it has statistics
	doc := statisticsDoc{of.Name, of.Title, of.TitleEn, of.Type, of.Unit, position, st.Count, st.Nulls, st.Distinct,
		st.Min, st.Max, st.Mean, st.Sum, st.Bins, nil}
	if st.Bins == nil || of.Scheme != "" {
		if doc.Values, err = s.named(ctx, of, st.Values); err != nil {
			return err
		}
	}
	return renderJSON(c, typeJSON, doc)
}

// named gives values the names that their code list has for them.
func (s *Server) named(ctx context.Context, p layers.Property, values []layers.ValueCount) ([]valueDoc, error) {
	list, err := s.codeList(ctx, p.Scheme)
	if err != nil {
		return nil, err
	}
	codes := byCode(list)
	out := make([]valueDoc, len(values))
	for i, v := range values {
		code := codes[textOf(v.Value)]
		out[i] = valueDoc{v, code.Name, code.NameEn, code.Colour}
	}
	return out, nil
}
