package format

import (
	"strings"
	"testing"
)

// plane is WKT of a Gauss–Kruger plane in ESRI's dialect.
func plane(name, geographic, datum, spheroid, easting, meridian string) string {
	return `PROJCS["` + name + `",GEOGCS["` + geographic + `",DATUM["` + datum + `",SPHEROID[` + spheroid + `]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],` +
		`PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",` + easting + `],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",` + meridian +
		`],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
}

func TestOlderDatumsAreKnownHoweverTheyAreSpelt(t *testing.T) {
	t.Parallel()
	const iag, krasovsky, ours = `"Xian_1980",6378140.0,298.257`, `"Krasovsky_1940",6378245.0,298.3`, `"CGCS2000",6378137.0,298.257222101`
	for _, wkt := range []string{
		plane("Xian_1980_3_Degree_GK_Zone_39", "GCS_Xian_1980", "D_Xian_1980", iag, "39500000.0", "117.0"),
		plane("Beijing_1954_3_Degree_GK_CM_117E", "GCS_Beijing_1954", "D_Beijing_1954", krasovsky, "500000.0", "117.0"),
		plane("unnamed", "unnamed", "unknown", `"Krassowsky 1940",6378245,298.3`, "500000", "117"),
		plane("unnamed", "unnamed", "unknown", `"unknown",6378245,298.3`, "500000", "117"),
		plane("unnamed", "unnamed", "unknown", `"IAG 75",6378140,298.257222`, "500000", "117"),
		plane("unnamed", "unnamed", "unknown", `"unknown",6378140.0,298.256999999998`, "500000", "117"),
		plane("1980西安坐标系三度带39", "x", "x", `"x",1,1`, "39500000", "117"), plane("西安80", "x", "x", `"x",1,1`, "500000", "117"),
		plane("1980年西安坐标系", "x", "x", `"x",1,1`, "500000", "117"), plane("西安坐标系1980", "x", "x", `"x",1,1`, "500000", "117"),
		plane("北京54", "x", "x", `"x",1,1`, "500000", "117"), plane("1954年北京坐标系", "x", "x", `"x",1,1`, "500000", "117"),
		plane("BJ54_117", "x", "x", `"x",1,1`, "500000", "117"), plane("新北京54", "x", "x", `"x",1,1`, "500000", "117"),
		`GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`,
		`GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`,
		`GEOGCRS["New Beijing",DATUM["New Beijing",ELLIPSOID["Krassowsky 1940",6378245,298.3]],ID["EPSG",4555]]`,
		`BOUNDCRS[SOURCECRS[PROJCRS["unnamed",BASEGEOGCRS["unnamed",DATUM["MIF 999,31,0,0,0",ELLIPSOID["IAG 75",6378140,298.257222,LENGTHUNIT["metre",1]]]]]]]`,
		`PROJCRS["unnamed",BASEGEOGCRS["unnamed",DATUM["Pulkovo 1942",ELLIPSOID["Krassovsky",6378245,298.3]]]]`,
	} {
		if c := identify(wkt); !ShiftedDatum(c) {
			t.Errorf("not known to be older: %d %s", c.EPSG, wkt)
		}
	}
	for _, code := range []int{4610, 4214, 4555, 2327, 2338, 2349, 2363, 2384, 2390, 2401, 2415, 2436, 2442, 21413, 21420, 21453, 21480, 4568, 4589, 4652, 4766, 4800, 4812, 4822} {
		if !ShiftedDatum(CRS{EPSG: code}) {
			t.Errorf("EPSG:%d is not known to be older", code)
		}
	}
	for _, c := range []CRS{
		{EPSG: 4490}, {EPSG: 4548}, {EPSG: 4491}, {EPSG: 4554}, {EPSG: 4326}, {EPSG: 3857}, {EPSG: 32650}, {EPSG: 2326}, {EPSG: 2391}, {EPSG: 2443}, {EPSG: 4801},
		identify(plane("Beijing_Local_2000", "GCS_China_Geodetic_Coordinate_System_2000", "D_China_2000", ours, "500000", "116.35")),
		identify(plane("1954 to 1980", "x", "D_China_2000", ours, "500000", "117")),
	} {
		if ShiftedDatum(c) {
			t.Errorf("taken for an older datum: %+v", c)
		}
	}
}

func TestCGCS2000IsKnownHoweverItIsSpelt(t *testing.T) {
	t.Parallel()
	const ours = `"CGCS2000",6378137.0,298.257222101`
	gcs, datum := "GCS_China_Geodetic_Coordinate_System_2000", "D_China_2000"
	geographic := func(name, datum string) string {
		return `GEOGCS["` + name + `",DATUM["` + datum + `",SPHEROID[` + ours + `]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	}
	for _, c := range []struct {
		wkt  string
		want int // EPSG; 0 = left to GDAL, by its parameters
	}{
		{geographic(gcs, datum), 4490}, {geographic("China Geodetic Coordinate System 2000", "China_2000"), 4490}, {geographic("CGCS2000", "CGCS2000"), 4490},
		{geographic("GCS_CGCS2000", "D_CGCS2000"), 4490}, {geographic("CGCS_2000", "D_CGCS_2000"), 4490}, {geographic("国家2000", "2000国家大地坐标系"), 4490},
		{geographic("unnamed", "D_China_Geodetic_Coordinate_System_2000"), 4490},
		{plane("CGCS2000_3_Degree_GK_Zone_39", gcs, datum, ours, "39500000.0", "117.0"), 4527}, {plane("CGCS2000_3_Degree_GK_CM_117E", gcs, datum, ours, "500000.0", "117.0"), 4548},
		{plane("CGCS2000_GK_Zone_20", gcs, datum, ours, "20500000.0", "117.0"), 4498}, {plane("CGCS2000_GK_CM_114E", gcs, datum, ours, "500000.0", "114.0"), 4547},
		{plane("whatever", "GCS_CGCS2000", "D_CGCS2000", ours, "39500000", "117"), 4527}, {plane("2000国家大地坐标系", "x", "2000国家大地坐标系", ours, "500000", "117"), 4548},
		{plane("CGCS2000_3_Degree_GK_Zone_39", gcs, datum, ours, "38500000.0", "114.0"), 4526}, // its parameters count
		{plane("Liangshan_CM_116_30", gcs, datum, ours, "500000", "116.5"), 0}, {plane("Liangshan_CM_117", gcs, datum, ours, "700000", "117"), 0},
		{strings.Replace(plane("scaled", gcs, datum, ours, "500000", "117"), `"Scale_Factor",1.0`, `"Scale_Factor",0.9996`, 1), 0},
		{strings.Replace(plane("false northing", gcs, datum, ours, "500000", "117"), `"False_Northing",0.0`, `"False_Northing",-3000000.0`, 1), 0},
		{plane("WGS_1984_GK_CM_117E", "GCS_WGS_1984", "D_WGS_1984", `"WGS_1984",6378137.0,298.257223563`, "500000", "117"), 0},
	} {
		got := identify(c.wkt)
		if got.EPSG != c.want || got.WKT == "" || got.Name == "" || ShiftedDatum(got) {
			t.Errorf("%d %q, want %d: %s", got.EPSG, got.Name, c.want, c.wkt)
		}
	}
}
