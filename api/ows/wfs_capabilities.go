package ows

import (
	"math"
	"strconv"
	"strings"

	"onemap/layers"
	"onemap/layers/cql"
	"onemap/layers/format"
)

// capabilitiesDoc is what the templates of capabilities are filled with.
type capabilitiesDoc struct {
	Selection
	Version, Prefix, Namespace     string
	Sequence                       int64
	Title, TitleEn, Abstract, Site string
	Address                        string
	Versions                       []string
	Operations                     []operationDoc
	Constraints, FilterConstraints []constraintDoc
	Layers                         []typeDoc
	ResultFormats                  []string // of WFS 1.0, which names them by elements
	Comparisons, Geometries        []string
	Spatial, Temporal              []string
	Functions                      []functionDoc
}

type operationDoc struct {
	Name, Address string
	Parameters    []parameterDoc
}

type parameterDoc struct {
	Name   string
	Values []string
}

type constraintDoc struct{ Name, Value string }

type functionDoc struct {
	Name, Gives string
	Args        []string
}

type typeDoc struct {
	Name, Title, TitleEn, Abstract string
	Keywords                       []string
	DefaultCRS                     string
	OtherCRS, Formats              []string
	Box                            []string // west, south, east, north
	Metadata                       string
}

// sections of the capabilities of WFS 2.0 and 1.1.
var wfsSections = []string{"ServiceIdentification", "ServiceProvider", "OperationsMetadata", "FeatureTypeList", "Filter_Capabilities"}

// capabilities answers GetCapabilities.
func (r *wfsRequest) capabilities() error {
	k := KVP{}
	for name, v := range r.kvp {
		if name != "acceptversions" { // negotiated already
			k[name] = v
		}
	}
	selection, err := ReadSelection(k, r.version.number, wfsSections...)
	if err != nil {
		return err
	}
	doc := r.capabilitiesDoc()
	unchanged, err := selection.Unchanged(doc.Sequence)
	if err != nil {
		return err
	}
	if doc.Selection = selection; unchanged {
		doc.Sections = []string{""} // the root alone
	}
	template := map[string]string{wfs110: "wfs11.xml", wfs100: "wfs10.xml"}[r.version.number]
	if template == "" {
		template = "wfs20.xml"
	}
	body, err := documents(template, doc)
	if err != nil {
		return err
	}
	media := selection.Media
	if !r.version.joins {
		media = "text/xml"
	}
	return r.document(media, body)
}

func (r *wfsRequest) capabilitiesDoc() capabilitiesDoc {
	doc := capabilitiesDoc{
		Version: r.version.number, Prefix: format.LayersPrefix, Namespace: format.LayersNamespace, Address: r.address,
		Site: strings.TrimSuffix(r.address, "wfs"), Title: "一张图", TitleEn: "One Map",
		Abstract: "全县各部门图层的要素。Features of the layers of all departments of the county.",
		Versions: []string{wfs202, wfs200, wfs110, wfs100},
		Constraints: constraints("KVPEncoding XMLEncoding ImplementsBasicWFS ImplementsResultPaging",
			"SOAPEncoding ImplementsTransactionalWFS ImplementsLockingWFS ImplementsInheritance ImplementsRemoteResolve ImplementsStandardJoins ImplementsSpatialJoins ImplementsTemporalJoins ImplementsFeatureVersioning ManageStoredQueries PagingIsTransactionSafe"),
		FilterConstraints: constraints("ImplementsQuery ImplementsAdHocQuery ImplementsFunctions ImplementsResourceId ImplementsMinStandardFilter ImplementsStandardFilter ImplementsMinSpatialFilter ImplementsSpatialFilter ImplementsMinTemporalFilter ImplementsTemporalFilter ImplementsSorting ImplementsMinimumXPath",
			"ImplementsVersionNav ImplementsExtendedOperators ImplementsSchemaElementFunc"),
		Comparisons: strings.Fields("PropertyIsEqualTo PropertyIsNotEqualTo PropertyIsLessThan PropertyIsGreaterThan PropertyIsLessThanOrEqualTo PropertyIsGreaterThanOrEqualTo PropertyIsLike PropertyIsNull PropertyIsNil PropertyIsBetween"),
		Geometries:  strings.Fields("Envelope Point LineString Curve Polygon Surface MultiPoint MultiCurve MultiSurface MultiGeometry"),
		Spatial:     strings.Fields("BBOX Equals Disjoint Intersects Touches Crosses Within Contains Overlaps Beyond DWithin"),
		Temporal:    strings.Fields("After Before Begins BegunBy TContains During TEquals TOverlaps Meets OverlappedBy MetBy EndedBy Ends"),
	}
	doc.Constraints = append(doc.Constraints, constraintDoc{"CountDefault", strconv.Itoa(usualCount)}, constraintDoc{"ResolveLocalScope", "*"})
	doc.Operations = r.operationDocs()
	formats := r.formatNames()
	for _, l := range r.listed {
		doc.Sequence = max(doc.Sequence, l.Revision)
		doc.Layers = append(doc.Layers, r.typeDoc(l, formats))
	}
	doc.ResultFormats = []string{"GML2"}
	for _, f := range cql.Functions {
		one := functionDoc{Name: f.Name, Gives: kindType(f.Gives)}
		for _, a := range f.Args {
			one.Args = append(one.Args, kindType(a))
		}
		doc.Functions = append(doc.Functions, one)
	}
	return doc
}

// constraints are those that are met and those that are not.
func constraints(yes, no string) (out []constraintDoc) {
	for _, name := range strings.Fields(yes) {
		out = append(out, constraintDoc{name, "TRUE"})
	}
	for _, name := range strings.Fields(no) {
		out = append(out, constraintDoc{name, "FALSE"})
	}
	return out
}

// kindType is the type of XML that a kind of value has.
func kindType(k cql.Kind) string {
	switch k {
	case cql.Number:
		return "xsd:double"
	case cql.Boolean:
		return "xsd:boolean"
	case cql.Date:
		return "xsd:date"
	case cql.Timestamp:
		return "xsd:dateTime"
	case cql.Shape:
		return "gml:AbstractGeometryType"
	}
	return "xsd:string"
}

func (r *wfsRequest) operationDocs() []operationDoc {
	formats := parameterDoc{"outputFormat", r.formatNames()}
	gml := parameterDoc{"outputFormat", []string{r.version.gml.MediaType}}
	results := parameterDoc{"resultType", []string{"results", "hits"}}
	resolve := parameterDoc{"resolve", []string{"none", "local"}}
	all := []operationDoc{
		{"GetCapabilities", r.address, []parameterDoc{
			{"AcceptVersions", []string{wfs202, wfs200, wfs110, wfs100}}, {"AcceptFormats", []string{TypeXML, "text/xml"}}, {"Sections", wfsSections}}},
		{"DescribeFeatureType", r.address, []parameterDoc{gml}},
	}
	if !r.version.joins {
		return append(all, operationDoc{"GetFeature", r.address, []parameterDoc{results, formats}})
	}
	return append(all,
		operationDoc{"ListStoredQueries", r.address, nil}, operationDoc{"DescribeStoredQueries", r.address, nil},
		operationDoc{"GetFeature", r.address, []parameterDoc{formats, results, resolve}},
		operationDoc{"GetPropertyValue", r.address, []parameterDoc{gml, results, resolve}})
}

func (r *wfsRequest) typeDoc(l *layers.Layer, formats []string) typeDoc {
	doc := typeDoc{Name: format.XMLName(l.Name), Title: l.Title, TitleEn: l.TitleEn, Abstract: l.Description, Formats: formats,
		Metadata: strings.TrimSuffix(r.address, "wfs") + "layers/" + l.Name}
	if doc.Title == "" {
		doc.Title = l.Name
	}
	if l.Theme != "" {
		doc.Keywords = []string{l.Theme}
	}
	doc.DefaultCRS = r.version.defaultSRS(l).name
	for _, srid := range otherSRIDs(l) {
		doc.OtherCRS = append(doc.OtherCRS, r.version.gml.SRSName(srid))
	}
	doc.OtherCRS = append(doc.OtherCRS, "urn:ogc:def:crs:OGC:1.3:CRS84")
	if l.Bounds != nil {
		b := l.Bounds.OnEarth()
		down, up := func(v float64) string { return numbers(math.Floor(v*1e6) / 1e6) }, func(v float64) string { return numbers(math.Ceil(v*1e6) / 1e6) }
		doc.Box = []string{down(b[0]), down(b[1]), up(b[2]), up(b[3])}
	}
	return doc
}
