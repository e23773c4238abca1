package ows

import (
	"encoding/xml"
	"slices"
	"strconv"
)

// Sections of capabilities that a client may ask for alone.
const allSections = "All"

// Selection is which capabilities a client wants (06-121r3, 7.3).
type Selection struct {
	Sections []string // nil = all
	Sequence string   // that it has; "" = none
	Media    string   // of the answer
}

// ReadSelection reads a GetCapabilities request for a service in a version, whose capabilities have sections.
func ReadSelection(k KVP, version string, sections ...string) (s Selection, err error) {
	if versions := k.List("acceptversions"); versions != nil && !slices.Contains(versions, version) {
		return s, Refuse(VersionNegotiationFailed, "", "none of the versions %s is offered; want %s", "不提供版本 %s，应为 %s", k["acceptversions"], version)
	}
	s.Media, s.Sequence = TypeXML, k["updatesequence"]
	if formats := k.List("acceptformats"); slices.Contains(formats, "text/xml") && !slices.Contains(formats, TypeXML) {
		s.Media = "text/xml"
	}
	text, ok := k["sections"]
	if !ok {
		return s, nil
	}
	if text == "" {
		return s, Missing("sections")
	}
	for _, name := range k.List("sections") {
		if name == allSections {
			s.Sections = nil
			return s, nil
		}
		if !slices.Contains(sections, name) {
			return s, Invalid("sections", "there is no section %q", "没有“%s”部分", name)
		}
		s.Sections = append(s.Sections, name)
	}
	return s, nil
}

// Wants reports whether a section is wanted.
func (s Selection) Wants(section string) bool {
	return s.Sections == nil || slices.Contains(s.Sections, section)
}

// Unchanged reports whether the client has these capabilities already. It returns InvalidUpdateSequence for a sequence
// that has not been yet.
func (s Selection) Unchanged(sequence int64) (bool, error) {
	if s.Sequence == "" {
		return false, nil
	}
	has, err := strconv.ParseInt(s.Sequence, 10, 64)
	if err != nil || has > sequence {
		return false, Refuse(InvalidUpdateSequence, "", "updateSequence %q has not been yet; it is %d", "updateSequence “%s”尚不存在，当前为 %d", s.Sequence, sequence)
	}
	return has == sequence, nil
}

// Text is words in a language.
type Text struct {
	Language string `xml:"xml:lang,attr,omitempty"`
	Text     string `xml:",chardata"`
}

// Both is a text in Chinese and, where there is one, in English.
func Both(zh, en string) []Text {
	out := []Text{{"zh", zh}}
	if en != "" && en != zh {
		out = append(out, Text{"en", en})
	}
	return out
}

// Identification is the section ServiceIdentification.
type Identification struct {
	Title       []Text `xml:"ows:Title"`
	Abstract    []Text `xml:"ows:Abstract"`
	Type        string `xml:"ows:ServiceType"`
	Version     string `xml:"ows:ServiceTypeVersion"`
	Fees        string `xml:"ows:Fees"`
	Constraints string `xml:"ows:AccessConstraints"`
}

// Provider is the section ServiceProvider. Whom to ask is not known here.
type Provider struct {
	Name    string   `xml:"ows:ProviderName"`
	Contact struct{} `xml:"ows:ServiceContact"`
}

// OperationDoc is an operation of the section OperationsMetadata: where it is, in which encodings.
type OperationDoc struct {
	Name string     `xml:"name,attr"`
	Gets []Endpoint `xml:"ows:DCP>ows:HTTP>ows:Get"`
}

// Endpoint is an address with the encoding of its requests: KVP or RESTful.
type Endpoint struct {
	Href     string `xml:"xlink:href,attr"`
	Encoding struct {
		Name   string   `xml:"name,attr"`
		Values []string `xml:"ows:AllowedValues>ows:Value"`
	} `xml:"ows:Constraint"`
}

func endpoint(href, encoding string) Endpoint {
	e := Endpoint{Href: href}
	e.Encoding.Name, e.Encoding.Values = "GetEncoding", []string{encoding}
	return e
}

// Box is a box in degrees, west first.
type Box struct {
	Lower string `xml:"ows:LowerCorner"`
	Upper string `xml:"ows:UpperCorner"`
}

// document is v as a document of its own.
func document(v any) ([]byte, error) {
	body, err := xml.Marshal(v)
	if err != nil {
		return nil, err
	}
	return append([]byte(xml.Header), body...), nil
}
