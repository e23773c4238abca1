package ows

import (
	"slices"
	"strings"

	"onemap/layers/format"
)

// The versions of WFS, the newest first.
const (
	wfs202 = "2.0.2"
	wfs200 = "2.0.0"
	wfs110 = "1.1.0"
	wfs100 = "1.0.0"
)

// Namespaces of the two families of WFS.
const (
	wfs2Namespace = "http://www.opengis.net/wfs/2.0"
	wfs1Namespace = "http://www.opengis.net/wfs"
)

// wfsVersion is what differs between the versions of the service.
type wfsVersion struct {
	number    string
	report    string // version of its exception reports
	namespace string
	schema    string // of the service
	gml       *format.GML
	counts    bool   // collections say how many features match
	joins     bool   // several types in one query are a join, not so many queries
	member    string // element around a feature
}

func wfsVersions() []wfsVersion {
	two := wfsVersion{wfs200, "2.0.0", wfs2Namespace, "http://schemas.opengis.net/wfs/2.0/wfs.xsd", format.GML32(), true, true, "wfs:member"}
	later := two
	later.number = wfs202
	return []wfsVersion{
		later, two,
		{wfs110, "1.0.0", wfs1Namespace, "http://schemas.opengis.net/wfs/1.1.0/wfs.xsd", format.GML31(), false, false, "gml:featureMember"},
		{wfs100, "1.2.0", wfs1Namespace, "http://schemas.opengis.net/wfs/1.0.0/WFS-basic.xsd", format.GML2(), false, false, "gml:featureMember"},
	}
}

func wfsVersionOf(number string) (wfsVersion, bool) {
	all := wfsVersions()
	i := slices.IndexFunc(all, func(v wfsVersion) bool { return v.number == number })
	if i < 0 {
		return wfsVersion{}, false
	}
	return all[i], true
}

// negotiate finds the version of a GetCapabilities request: the first of AcceptVersions that there is; else what VERSION says
// or, as WFS 1.0 has it, the next lower one; else 2.0.0.
func negotiate(k KVP) (wfsVersion, error) {
	usual, _ := wfsVersionOf(wfs200)
	if accepted := k.List("acceptversions"); accepted != nil {
		for _, number := range accepted {
			if v, ok := wfsVersionOf(strings.TrimSpace(number)); ok {
				return v, nil
			}
		}
		return usual, Refuse(VersionNegotiationFailed, "", "none of the versions %s is offered; want 2.0.2, 2.0.0, 1.1.0 or 1.0.0",
			"不提供版本 %s，应为 2.0.2、2.0.0、1.1.0 或 1.0.0", k["acceptversions"])
	}
	asked := k["version"]
	if asked == "" {
		return usual, nil
	}
	all := wfsVersions()
	for _, v := range all {
		if v.number <= asked {
			return v, nil
		}
	}
	return all[len(all)-1], nil
}

// versionOf finds the version of any other request.
func versionOf(k KVP) (wfsVersion, error) {
	usual, _ := wfsVersionOf(wfs200)
	asked := k["version"]
	if asked == "" {
		return usual, nil
	}
	v, ok := wfsVersionOf(asked)
	if !ok {
		return usual, Invalid("version", "there is no version %q; want 2.0.2, 2.0.0, 1.1.0 or 1.0.0", "没有版本“%s”，应为 2.0.2、2.0.0、1.1.0 或 1.0.0", asked)
	}
	return v, nil
}
