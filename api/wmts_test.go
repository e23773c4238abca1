package api_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"onemap/layers/format/xsdtest"
)

// capabilities are those of WMTS, as far as tests look at them.
type capabilities struct {
	XMLName  xml.Name
	Version  string `xml:"version,attr"`
	Sequence int64  `xml:"updateSequence,attr"`
	Service  *struct {
		Type string `xml:"ServiceType"`
	} `xml:"ServiceIdentification"`
	Provider   *struct{} `xml:"ServiceProvider"`
	Operations []struct {
		Name string `xml:"name,attr"`
		Gets []struct {
			Href   string   `xml:"href,attr"`
			Values []string `xml:"Constraint>AllowedValues>Value"`
		} `xml:"DCP>HTTP>Get"`
	} `xml:"OperationsMetadata>Operation"`
	Contents *struct {
		Layers []struct {
			ID       string `xml:"Identifier"`
			Style    string `xml:"Style>Identifier"`
			Format   string
			Lower    string `xml:"WGS84BoundingBox>LowerCorner"`
			Resource struct {
				Template string `xml:"template,attr"`
			} `xml:"ResourceURL"`
			Links []struct {
				Set    string `xml:"TileMatrixSet"`
				Limits []struct {
					Matrix                                         string `xml:"TileMatrix"`
					MinTileRow, MaxTileRow, MinTileCol, MaxTileCol int
				} `xml:"TileMatrixSetLimits>TileMatrixLimits"`
			} `xml:"TileMatrixSetLink"`
		} `xml:"Layer"`
		Sets []struct {
			ID       string `xml:"Identifier"`
			CRS      string `xml:"SupportedCRS"`
			ScaleSet string `xml:"WellKnownScaleSet"`
			Matrices []struct {
				ID                        string  `xml:"Identifier"`
				Scale                     float64 `xml:"ScaleDenominator"`
				Corner                    string  `xml:"TopLeftCorner"`
				MatrixWidth, MatrixHeight int
			} `xml:"TileMatrix"`
		} `xml:"TileMatrixSet"`
	}
	Metadata struct {
		Href string `xml:"href,attr"`
	} `xml:"ServiceMetadataURL"`
}

func readCapabilities(t *testing.T, body []byte) (c capabilities) {
	t.Helper()
	if err := xml.Unmarshal(body, &c); err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	return c
}

const wmts = "/wmts?service=WMTS&request=GetCapabilities"

func TestWMTSCapabilities(t *testing.T) {
	t.Parallel()
	w := newTown(t, shifted)
	r := w.get(wmts)
	c := readCapabilities(t, r.body)
	if r.Header.Get("Content-Type") != "application/xml" || c.XMLName.Space != "http://www.opengis.net/wmts/1.0" || c.Version != "1.0.0" || c.Service.Type != "OGC WMTS" {
		t.Errorf("%s %v %s", r.Header.Get("Content-Type"), c.XMLName, c.Version)
	}
	if alone := w.get(c.Metadata.Href); string(alone.body) != string(r.body) || c.Metadata.Href != w.server.URL+"/wmts/1.0.0/WMTSCapabilities.xml" {
		t.Errorf("the capabilities at %s are other ones", c.Metadata.Href)
	}
	for _, o := range c.Operations {
		if o.Gets[0].Href != w.server.URL+"/wmts?" || o.Gets[0].Values[0] != "KVP" || o.Gets[1].Values[0] != "RESTful" {
			t.Errorf("%s is at %v", o.Name, o.Gets)
		}
	}
	sets := map[string]string{}
	for _, s := range c.Contents.Sets {
		sets[s.ID] = s.CRS + " " + s.Matrices[0].Corner
		if s.ScaleSet != "" {
			t.Errorf("%s names the scale set %s", s.ID, s.ScaleSet)
		}
		for i := 1; i < len(s.Matrices); i++ {
			if s.Matrices[i].Scale >= s.Matrices[i-1].Scale || s.Matrices[i].ID == s.Matrices[i-1].ID {
				t.Errorf("%s: matrix %s follows %s", s.ID, s.Matrices[i].ID, s.Matrices[i-1].ID)
			}
		}
	}
	want := map[string]string{
		"WebMercatorQuad": "urn:ogc:def:crs:EPSG::3857 -20037508.342789244 20037508.342789244", "WorldCRS84Quad": "urn:ogc:def:crs:OGC:1.3:CRS84 -180 90",
		"CGCS2000Quad": "urn:ogc:def:crs:EPSG::4490 90 -180", "WebMercatorQuadGCJ02": "urn:x-onemap:def:crs:GCJ02-WebMercator -20037508.342789244 20037508.342789244",
	}
	if fmt.Sprint(sets) != fmt.Sprint(want) {
		t.Errorf("sets %v", sets)
	}
	var ids []string
	for _, l := range c.Contents.Layers {
		ids = append(ids, l.ID)
		if len(l.Links) != 4 || len(l.Links[0].Limits) == 0 || l.Style != "default" {
			t.Errorf("layer %s: %v", l.ID, l.Links)
		}
		for _, link := range l.Links {
			for _, at := range link.Limits {
				for _, c := range []struct{ row, column, want int }{{at.MinTileRow, at.MinTileCol, 204}, {at.MaxTileRow, at.MaxTileCol, 204}, {at.MaxTileRow + 1, at.MaxTileCol, 400}} {
					path := strings.NewReplacer("{Style}", l.Style, "{TileMatrixSet}", link.Set, "{TileMatrix}", at.Matrix, "{TileRow}", fmt.Sprint(c.row), "{TileCol}", fmt.Sprint(c.column)).Replace(l.Resource.Template)
					if r := w.ask(http.MethodHead, path); r.StatusCode != c.want && (r.StatusCode != 200 || c.want != 204) {
						t.Errorf("%s: %d, want %d", path, r.StatusCode, c.want)
					}
				}
			}
		}
	}
	if got := strings.Join(ids, " "); got != "house lane well odd field old_parcel station" { // lane_name has no geometry
		t.Errorf("layers %s", got)
	}
	xsdtest.Valid(t, "wmts/1.0/wmtsGetCapabilities_response.xsd", r.body)
}

func TestWMTSCapabilitiesInPart(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	all := readCapabilities(t, w.get(wmts).body)
	part := readCapabilities(t, w.get(wmts+"&Sections=ServiceProvider,OperationsMetadata").body)
	if part.Provider == nil || part.Operations == nil || part.Service != nil || part.Contents != nil {
		t.Errorf("sections: %+v", part)
	}
	if whole := readCapabilities(t, w.get(wmts+"&sections=All,Contents&ACCEPTVERSIONS=2.0.0,1.0.0").body); whole.Contents == nil || whole.Service == nil {
		t.Error("All is not all")
	}
	same := readCapabilities(t, w.get(fmt.Sprint(wmts, "&updateSequence=", all.Sequence)).body)
	if same.Sequence != all.Sequence || same.Contents != nil || same.Service != nil {
		t.Errorf("what is known is told again: %+v", same)
	}
	if older := readCapabilities(t, w.get(wmts+"&updatesequence=0").body); older.Contents == nil {
		t.Error("what has changed is not told")
	}
	if r := w.get(wmts + "&acceptformats=text/xml"); r.Header.Get("Content-Type") != "text/xml" {
		t.Errorf("Content-Type %s", r.Header.Get("Content-Type"))
	}
	for _, query := range []string{"&sections=ServiceIdentification", "&sections=Contents", fmt.Sprint("&updatesequence=", all.Sequence)} {
		xsdtest.Valid(t, "wmts/1.0/wmtsGetCapabilities_response.xsd", w.get(wmts+query).body)
	}
}

func TestWMTSExceptions(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	const rest = "/wmts/1.0.0/house/default/WebMercatorQuad/14/6444/13475.mvt"
	tile := map[string]string{
		"SERVICE": "WMTS", "Request": "GetTile", "version": "1.0.0", "Layer": "house", "STYLE": "default", "format": "application/vnd.mapbox-vector-tile",
		"TileMatrixSet": "WebMercatorQuad", "TILEMATRIX": "14", "tilerow": "6444", "TileCol": "13475",
	}
	with := func(changes ...string) string {
		q := url.Values{}
		for name, v := range tile {
			q.Set(name, v)
		}
		for _, change := range changes {
			name, v, ok := strings.Cut(change, "=")
			if q.Del(name); ok {
				q.Set(name, v)
			}
		}
		return "/wmts?" + q.Encode()
	}
	w.get(with())
	w.get(with("STYLE="))
	w.get(rest)
	type refusal struct {
		status        int
		code, locator string
	}
	missing := func(name string) refusal { return refusal{400, "MissingParameterValue", name} }
	invalid := func(name string) refusal { return refusal{400, "InvalidParameterValue", name} }
	out := func(name string) refusal { return refusal{400, "TileOutOfRange", name} }
	for path, want := range map[string]refusal{
		"/wmts": missing("service"), "/wmts?service=WMS&request=GetCapabilities": invalid("service"), "/wmts?service=WMTS": missing("request"), "/wmts?service=wmts&request=GetMap": invalid("request"),
		"/wmts?service=WMTS&request=GetFeatureInfo": {501, "OperationNotSupported", "GetFeatureInfo"},
		wmts + "&acceptversions=2.0.0":              {400, "VersionNegotiationFailed", ""}, wmts + "&sections=": missing("sections"), wmts + "&sections=Content": invalid("sections"),
		wmts + "&updatesequence=999999999": {400, "InvalidUpdateSequence", ""}, wmts + "&updatesequence=x": {400, "InvalidUpdateSequence", ""},
		with("version"): missing("version"), with("version=1.1.0"): invalid("version"), with("Layer"): missing("Layer"), with("Layer=none"): invalid("Layer"), with("Layer=house,house"): invalid("Layer"),
		with("Layer=lane_name"): invalid("Layer"), with("STYLE"): missing("Style"), with("STYLE=red"): invalid("Style"), with("format"): missing("Format"), with("format=image/png"): invalid("Format"),
		with("TileMatrixSet"): missing("TileMatrixSet"), with("TileMatrixSet=c"): invalid("TileMatrixSet"), with("TileMatrixSet=WebMercatorQuadGCJ02"): invalid("TileMatrixSet"),
		with("TILEMATRIX"): missing("TileMatrix"), with("TILEMATRIX=99"): invalid("TileMatrix"), with("TILEMATRIX=014"): invalid("TileMatrix"), with("TILEMATRIX=EPSG:3857:14"): invalid("TileMatrix"),
		with("tilerow"): missing("TileRow"), with("tilerow=-1"): invalid("TileRow"), with("tilerow=x"): invalid("TileRow"), with("tilerow=0"): out("TileRow"), with("tilerow=6447"): out("TileRow"),
		with("TileCol"): missing("TileCol"), with("TileCol=1e3"): invalid("TileCol"), with("TileCol=13474"): out("TileCol"), with("TileCol=99999999999999999999999"): out("TileCol"),
		with("FILTER=floors >"): invalid("filter"), with("filter=none = 1"): invalid("filter"), with("properties=none"): invalid("properties"), with("as-of=tomorrow"): invalid("as-of"), "/wmts?service=%FF": invalid("service"),
		"/wmts/1.0.0/none.xml": {404, "NoApplicableCode", ""}, strings.Replace(rest, "house", "none", 1): invalid("Layer"), strings.Replace(rest, "13475", "0", 1): out("TileCol"),
		strings.Replace(rest, "default", "red", 1): invalid("Style"), rest + "?filter=floors%20%3E": invalid("filter"),
	} {
		r := w.ask(http.MethodGet, path)
		var report struct {
			Version   string `xml:"version,attr"`
			Exception struct {
				Code    string   `xml:"exceptionCode,attr"`
				Locator string   `xml:"locator,attr"`
				Text    []string `xml:"ExceptionText"`
			}
		}
		if err := xml.Unmarshal(r.body, &report); err != nil {
			t.Errorf("%s: %v\n%s", path, err, r.body)
			continue
		}
		got := refusal{r.StatusCode, report.Exception.Code, report.Exception.Locator}
		if got != want || report.Version != "1.1.0" || len(report.Exception.Text) != 2 || r.Header.Get("Content-Type") != "application/xml" || r.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %v, want %v\n%s", path, got, want, r.body)
		}
	}
	xsdtest.Valid(t, "ows/1.1.0/owsExceptionReport.xsd", w.ask(http.MethodGet, with("Layer=no<>&\"")).body)
}
