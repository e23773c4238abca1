package format

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// tableText writes a source as text: fields, then rows with number, geometry, values and rules.
func tableText(t testing.TB, s *Source) string {
	t.Helper()
	var fields []string
	for _, f := range s.Fields {
		fields = append(fields, f.Name)
	}
	lines := []string{strings.Join(fields, "|")}
	for _, r := range readAll(t, s) {
		var values []string
		for _, f := range fields {
			values = append(values, r.values[f])
		}
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%d %s %s %s", r.number, strings.Join(values, "|"), r.geometry, strings.Join(r.rules, ",")), " "))
	}
	return strings.Join(lines, "\n")
}

func TestCSVOfAnyKindIsRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, how, text, want, notes string }{
		"plain":       {"a.csv", "", "id,lon,lat\n01,116.09,35.8\n02,,\n", "id|lon|lat\n2 01|116.09|35.8 POINT (116.09 35.8)\n3 02||", "table.geometry"},
		"BOM":         {"a.csv", "", "\ufeffid,lon,lat\r\n01,116.09,35.8", "id|lon|lat\n2 01|116.09|35.8 POINT (116.09 35.8)", "table.geometry"},
		"GBK":         {"a.csv", "gbk", "编号,经度,纬度\n丙,116.09,35.8\n", "编号|经度|纬度\n2 丙|116.09|35.8 POINT (116.09 35.8)", "table.geometry"},
		"UTF-16":      {"a.csv", "utf16", "编号\t经度\t纬度\n丙\t116.09\t35.8\n", "编号|经度|纬度\n2 丙|116.09|35.8 POINT (116.09 35.8)", "table.geometry"},
		"semicolons":  {"a.csv", "", "a;b;geom\n1,5;2;\"POINT (1 2)\"\n", "a|b\n2 1,5|2 POINT (1 2)", "table.geometry csv.delimiter"},
		"wide commas": {"a.csv", "", "名称，X，Y\n甲，1，2\n", "名称|X|Y\n2 甲|1|2 POINT (1 2)", "table.geometry csv.delimiter"},
		"txt":         {"a.txt", "", "a\tb\n1\t2\n", "a|b\n2 1|2", "table.nogeometry"},
		"quotes":      {"a.csv", "", "a,b\n\"1,\"\"x\"\"\ny\",2\n\"z\"w,\"\"\n", "a|b\n2 1,\"x\"\ny|2\n3 zw|", "table.nogeometry"},
		"open quote":  {"a.csv", "", "a,b\n1,\"2\n3,4\n", "a|b\n2 1|2\n3,4\n  csv.quote", "table.nogeometry"},
		"ragged":      {"a.csv", "", "a,b,c\n1,2\n1,2,3,4\n1,2,3,\n\n5,6,7\n", "a|b|c\n2 1|2|  table.ragged\n3 1|2|3  table.ragged\n4 1|2|3\n6 5|6|7", "table.nogeometry"},
		"title":       {"a.csv", "", "某县检查井表,,,\nid,x,y,note\n1,2,3,\n", "id|x|y|note\n3 1|2|3| POINT (2 3)", "table.header table.geometry"},
		"groups":      {"a.csv", "", "点号,坐标,,备注\n,X,Y,\n,(m),(m),\n1,10,20,好\n", "点号|坐标 X|坐标 Y|备注\n4 1|10|20|好 POINT (10 20)", "table.units table.header table.geometry"},
		"no names":    {"a.csv", "", "1,2\n3,4\n", "field_1|field_2\n1 1|2\n2 3|4", "table.header table.nogeometry"},
		"same names":  {"a.csv", "", "a,A,,a\n1,2,,3\n", "a|A_2|a_3\n2 1|2|3", "table.names table.names table.nogeometry"},
		"only header": {"a.csv", "", "a,x,y\n", "a|x|y", "table.geometry table.empty"},
		"years":       {"a.csv", "", "县,2019,2020\n梁山,1,2\n", "县|2019|2020\n2 梁山|1|2", "table.nogeometry"},
		"survey":      {"a.csv", "", "点号,X,Y,H\nJ1,3963733.3661,39417743.2726,43\n", "点号|X|Y|H\n2 J1|3963733.3661|39417743.2726|43 POINT (3963733.3661 39417743.2726)", "table.geometry table.axes"},
		"north named": {"a.csv", "", "点号,纵坐标(X),横坐标(Y),高程\nJ1,3963733.5,417743.25,43\nJ2,3963733.5,417743.25,无\n", "点号|纵坐标(X)|横坐标(Y)|高程\n2 J1|3963733.5|417743.25|43 POINT Z (417743.25 3963733.5 43)\n3 J2|3963733.5|417743.25|无 POINT (417743.25 3963733.5) geometry.height", "table.geometry"},
		"degrees":     {"a.csv", "", "n,经度,纬度\n1,116°05′24″,35度48分\n2,坏,35\n3,\"3,963,700.5\",１２．５\n4,116,\n", "n|经度|纬度\n2 1|116°05′24″|35度48分 POINT (116.09 35.8) geometry.degrees,geometry.degrees\n3 2|坏|35  geometry.number\n4 3|3,963,700.5|１２．５ POINT (3963700.5 12.5)\n5 4|116|  geometry.number", "table.geometry"},
		"bad WKT":     {"a.csv", "", "wkt,n\nPOINT(1 2),1\nPOINT(3 4),2\nPOINT(1 2),1\nPOINT(1 2),1\nPOINT(1 2),1\nPOINT(1 2),1\nPOINT(1 2),1\nPOINT(1 2),1\nPOINT(1 2),1\nPOINT(x),3\n", "", "table.geometry"},
		"WKT":         {"a.csv", "", "n,geometry,m\n1,POINT(1 2),a\n2,POINT(3 4),b\n3,,c,d\n", "n|m\n2 1|a POINT (1 2)\n3 2|b POINT (3 4)\n4 3|c  table.ragged", "table.geometry"},
		"NUL":         {"a.csv", "", "a,b\n1\x002,3\n", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := file(t, c.file, encoded(t, c.text, c.how))
			if name == "NUL" { // no text, by its name all the same
				if _, _, err := openOwn(path, Hints{}); err == nil {
					t.Error("taken for a table")
				}
				return
			}
			sources, f, err := openOwn(path, Hints{})
			if err != nil || f.Name != "csv" {
				t.Fatal(f.Name, err)
			}
			var notes []string
			for _, n := range sources[0].Notes {
				notes = append(notes, n.Rule)
			}
			got := tableText(t, sources[0])
			if name == "bad WKT" {
				if rows := readAll(t, sources[0]); rows[9].geometry != "" || !slices.Equal(rows[9].rules, []string{"geometry.wkt"}) {
					t.Errorf("%+v", rows[9])
				}
				got = ""
			}
			if got != c.want || strings.Join(notes, " ") != c.notes {
				t.Errorf("%s\nnotes %s; want\n%s\nnotes %s", got, strings.Join(notes, " "), c.want, c.notes)
			}
		})
	}
}

func TestEmptyCSVSaysSo(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\n\n", "\ufeff", ",,\n,\n"} {
		if _, _, err := openOwn(file(t, "a.csv", text), Hints{}); err == nil || !strings.Contains(err.Error(), "empty") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestColumnsOfCoordinatesAreKnownByName(t *testing.T) {
	t.Parallel()
	roles := map[string]string{}
	for _, names := range []string{
		"lon:经度 經度 lng LON Longitude GPS_Lon 经度(°) 东经 Residence_Addresses_Longitude 经度坐标", "lat:纬度 緯度座標 Lat decimalLatitude home_lat",
		"x:X x坐标 X坐标(m) point_x 坐标(X) X_COORD", "y:Y Y坐标 YCOORD", "z:Z 高程 标高(m) Elevation",
		"east:橫座標 横坐标 横坐标Y easting 东坐标", "north:纵坐标（x） Northing 北坐标", ":name 地面高程 long_name LatLongAccuracy 起点X platform",
	} {
		role, list, _ := strings.Cut(names, ":")
		for name := range strings.FieldsSeq(list) {
			roles[name] = role
		}
	}
	for _, name := range slices.Sorted(maps.Keys(roles)) {
		if got := columnRole(name); got != roles[name] {
			t.Errorf("%s is %q, want %q", name, got, roles[name])
		}
	}
}

func TestOrdinatesArePeoplesOwn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"116.09": "116.09", " 1e2 ": "100", "１１６．５": "116.5", "3,963,700.25": "3963700.25", "116°05′24″": "116.09", "116°5'24.36\"E": "116.0901",
		"W116°30′": "-116.5", "北纬35度48分0秒": "35.8", "35°": "35", "-35°30'": "-35.5", "116°05′24": "116.09",
		"": "no", "abc": "no", "116,10": "116.1", "3963733,366": "3963733.366", "1.5,2": "no", "116°75′": "no", "0x10": "no", "NaN": "no", "116 05 24": "no", "1°2°3°": "no", "400°": "no", "12,34,567": "no", "∞": "no",
	} {
		got := "no"
		if v, ok := ordinate(text); ok {
			got = fmt.Sprintf("%.10g", v)
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestCSVsOfOthers(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"1-admin/codes/streets-37.csv": "1853 None", "1-admin/codes/villages-3708.csv": "4927 None", "1-admin/codes/areacity-level4-370800.csv": "169 None",
		"1-admin/codes/geonames-shandong.tsv": "370 None", "5-nasty/mapshaper/csv/wkt.csv": "3 Point", "5-nasty/mapshaper/text/states.csv": "52 None",
		"5-nasty/mapshaper/text/utf16_be_bom.csv": "1 None", "5-nasty/mapshaper/text/utf16_le_bom.csv": "1 None", "5-nasty/mapshaper/text/two_states.tsv": "2 Point",
		"5-nasty/fiona/curves_line.csv": "9 Multi Line String", "5-nasty/fiona/test_tin.csv": "3 Unknown (any)", "5-nasty/r5-datasource/cities.csv": "4 Point",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sources, _, err := openOwn(sharedFile(t, name), Hints{})
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(sources[0].Count, " ", sources[0].Geometry); got != want {
				t.Errorf("%s, want %s", got, want)
			}
			for _, r := range readAll(t, sources[0]) {
				if len(r.rules) > 0 {
					t.Errorf("row %d: %v", r.number, r.rules)
				}
			}
		})
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"id,lon,lat\n01,116.09,35.8\n", "a;b\n\"x\n\"\"y\";POINT(1 2)\n", "\xff\xfea\x00,\x00b\x00\n\x00", "点号,坐标,,备注\n,X,Y,\n1,10,20,好\n", "wkt\nPOINT ZM(1 2 3 4)\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		path := file(t, "f.csv", string(b))
		if sources, err := openCSV(context.Background(), input{path: path, name: "f.csv"}); err == nil {
			checkRows(t, sources[0])
		}
	})
}
