package ows_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"onemap/api/ows"
	"onemap/layers"
	"onemap/layers/format/xsdtest"
)

func TestAReportSaysCodeLocatorAndBothLanguages(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("wrapped: %w", ows.Invalid("LAYER", "no layer %q & none like it", "没有图层“%s”<", "x"))
	if !errors.Is(err, layers.ErrInvalid) {
		t.Error("an invalid parameter is no ErrInvalid")
	}
	r, status := ows.ReportOf(err, "1.1.0", 400, layers.Say("no layer %q & none like it", "没有图层“%s”<", "x"))
	body, fail := r.XML()
	if fail != nil {
		t.Fatal(fail)
	}
	if status != 400 {
		t.Errorf("status %d", status)
	}
	for _, want := range []string{`version="1.1.0"`, `exceptionCode="InvalidParameterValue"`, `locator="LAYER"`, "没有图层“x”&lt;", "&amp; none like it"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	xsdtest.Valid(t, "ows/1.1.0/owsExceptionReport.xsd", body)
}

func TestWhatHasNoCodeKeepsItsStatus(t *testing.T) {
	t.Parallel()
	r, status := ows.ReportOf(errors.New("busy"), "2.0.0", 503, layers.Words{En: "busy"})
	if r.Code != ows.NoApplicableCode || r.Locator != "" || status != 503 {
		t.Errorf("%+v, %d", r, status)
	}
	body, err := r.XML()
	if err != nil {
		t.Fatal(err)
	}
	xsdtest.Valid(t, "ows/1.1.0/owsExceptionReport.xsd", body)
}

func TestBlameNamesTheParameterOfWhatIsTheSenders(t *testing.T) {
	t.Parallel()
	var e *ows.Exception
	if err := ows.Blame("LAYER", fmt.Errorf("%w: layer x", layers.ErrNotFound)); !errors.As(err, &e) || e.Locator != "LAYER" || e.Status != 400 {
		t.Errorf("%v", err)
	}
	if err := ows.Blame("LAYER", ows.Missing("STYLE")); !errors.As(err, &e) || e.Locator != "STYLE" {
		t.Errorf("%v: blamed twice", err)
	}
	if internal := errors.New("broken"); ows.Blame("LAYER", internal) != internal {
		t.Error("an internal error became the sender's")
	}
}
