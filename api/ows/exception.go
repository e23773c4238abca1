// Package ows is the doors that speak XML: WMTS and WFS, and what they share, the reading of keyword-value pairs and the
// exception report.
//
// It follows OGC Web Services Common 1.1.0 (06-121r3).
package ows

import (
	"encoding/xml"
	"errors"
	"net/http"

	"onemap/layers"
)

// TypeXML is how documents and reports are sent.
const TypeXML = "application/xml"

// Codes of exceptions (06-121r3, table 27), and those that a service adds.
const (
	MissingParameterValue    = "MissingParameterValue"
	InvalidParameterValue    = "InvalidParameterValue"
	VersionNegotiationFailed = "VersionNegotiationFailed"
	InvalidUpdateSequence    = "InvalidUpdateSequence"
	OperationNotSupported    = "OperationNotSupported"
	NoApplicableCode         = "NoApplicableCode"
)

// Exception is an error that has a code. It wraps a sentinel of layers, which gives its status where Status is 0.
type Exception struct {
	Code    string
	Locator string // the parameter or operation that is at fault; "" = none
	Status  int    // of HTTP, where the code has one of its own
	Err     error
	words   layers.Words
}

// Refuse is an invalid request under a code; both texts take the same arguments.
func Refuse(code, locator, en, zh string, args ...any) *Exception {
	return &Exception{Code: code, Locator: locator, Err: layers.ErrInvalid, words: layers.Say(en, zh, args...)}
}

// Missing is a parameter that has to be there and is not.
func Missing(name string) *Exception {
	return Refuse(MissingParameterValue, name, "the parameter %s is missing", "缺少参数 %s", name)
}

// Invalid is a parameter whose value can not be; both texts take the same arguments.
func Invalid(name, en, zh string, args ...any) *Exception {
	return Refuse(InvalidParameterValue, name, en, zh, args...)
}

// Blame names the parameter that an error from below is about. Errors that are not the sender's are left as they are.
func Blame(name string, err error) error {
	var already *Exception
	if errors.As(err, &already) || !errors.Is(err, layers.ErrInvalid) && !errors.Is(err, layers.ErrNotFound) {
		return err
	}
	return &Exception{Code: InvalidParameterValue, Locator: name, Status: http.StatusBadRequest, Err: err}
}

// Error is the text in English.
func (e *Exception) Error() string {
	if e.words == (layers.Words{}) {
		return e.Err.Error()
	}
	return e.Err.Error() + ": " + e.words.En
}

// Unwrap is the sentinel, or what was said below.
func (e *Exception) Unwrap() error { return e.Err }

// Words are what to tell in both languages: its own, or those of the error it wraps.
func (e *Exception) Words() layers.Words {
	if e.words == (layers.Words{}) {
		said, _ := layers.WordsOf(e.Err)
		return said
	}
	return e.words
}

// Report is an exception report of OWS Common 1.1.
type Report struct {
	Version string // of the report: WFS 2.0 wants 2.0.0, WMTS 1.1.0, WFS 1.1 1.0.0, WFS 1.0 1.2.0
	Code    string
	Locator string
	Text    layers.Words // the second language may be empty
}

// ReportOf is the report of an error, and its status: the given ones where the error has no code of its own.
func ReportOf(err error, version string, status int, text layers.Words) (Report, int) {
	r := Report{Version: version, Code: NoApplicableCode, Text: text}
	var e *Exception
	if !errors.As(err, &e) {
		return r, status
	}
	if r.Code, r.Locator = e.Code, e.Locator; e.Status != 0 {
		status = e.Status
	}
	return r, status
}

// XML is the report as a document. Its language is "mul", as each text is in another.
func (r Report) XML() ([]byte, error) {
	switch r.Version {
	case "1.0.0":
		return r.olderXML()
	case "1.2.0":
		return r.serviceXML()
	}
	type exception struct {
		Code    string   `xml:"exceptionCode,attr"`
		Locator string   `xml:"locator,attr,omitempty"`
		Text    []string `xml:"ows:ExceptionText"`
	}
	doc := struct {
		XMLName   xml.Name  `xml:"ows:ExceptionReport"`
		OWS       string    `xml:"xmlns:ows,attr"`
		XSI       string    `xml:"xmlns:xsi,attr"`
		Schema    string    `xml:"xsi:schemaLocation,attr"`
		Version   string    `xml:"version,attr"`
		Language  string    `xml:"xml:lang,attr"`
		Exception exception `xml:"ows:Exception"`
	}{
		OWS: "http://www.opengis.net/ows/1.1", XSI: "http://www.w3.org/2001/XMLSchema-instance",
		Schema:  "http://www.opengis.net/ows/1.1 http://schemas.opengis.net/ows/1.1.0/owsExceptionReport.xsd",
		Version: r.Version, Language: "mul",
		Exception: exception{r.Code, r.Locator, r.texts()},
	}
	body, err := xml.MarshalIndent(doc, "", " ")
	if err != nil {
		return nil, err
	}
	return append([]byte(xml.Header), body...), nil
}
