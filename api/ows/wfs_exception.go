package ows

import "encoding/xml"

// olderXML is the report of OWS Common 1.0 (05-008), which WFS 1.1 answers with.
func (r Report) olderXML() ([]byte, error) {
	type exception struct {
		Code    string   `xml:"exceptionCode,attr"`
		Locator string   `xml:"locator,attr,omitempty"`
		Text    []string `xml:"ows:ExceptionText"`
	}
	return document(struct {
		XMLName   xml.Name  `xml:"ows:ExceptionReport"`
		OWS       string    `xml:"xmlns:ows,attr"`
		XSI       string    `xml:"xmlns:xsi,attr"`
		Schema    string    `xml:"xsi:schemaLocation,attr"`
		Version   string    `xml:"version,attr"`
		Exception exception `xml:"ows:Exception"`
	}{
		OWS: "http://www.opengis.net/ows", XSI: "http://www.w3.org/2001/XMLSchema-instance",
		Schema:  "http://www.opengis.net/ows http://schemas.opengis.net/ows/1.0.0/owsExceptionReport.xsd",
		Version: r.Version, Exception: exception{r.Code, r.Locator, r.texts()},
	})
}

// serviceXML is the report of WFS 1.0 (02-058, annex A.6).
func (r Report) serviceXML() ([]byte, error) {
	type exception struct {
		Code    string `xml:"code,attr"`
		Locator string `xml:"locator,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
	text := ""
	for _, t := range r.texts() {
		text += t + "\n"
	}
	return document(struct {
		XMLName   xml.Name  `xml:"ServiceExceptionReport"`
		NS        string    `xml:"xmlns,attr"`
		XSI       string    `xml:"xmlns:xsi,attr"`
		Schema    string    `xml:"xsi:schemaLocation,attr"`
		Version   string    `xml:"version,attr"`
		Exception exception `xml:"ServiceException"`
	}{
		NS: "http://www.opengis.net/ogc", XSI: "http://www.w3.org/2001/XMLSchema-instance",
		Schema:  "http://www.opengis.net/ogc http://schemas.opengis.net/wfs/1.0.0/OGC-exception.xsd",
		Version: r.Version, Exception: exception{r.Code, r.Locator, text},
	})
}

// texts are the report's words, in Chinese and in English.
func (r Report) texts() (out []string) {
	for _, text := range []string{r.Text.Zh, r.Text.En} {
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}
