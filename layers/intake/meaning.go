package intake

import (
	"regexp"
	"slices"

	"onemap/layers/format"
)

// What the name of a field says about its values; names are compared as plainName makes them.
var (
	dateName = regexp.MustCompile(`日期|时间|年月日|(^|_|\d)(date|time|datetime|timestamp)(_|\d|$)|(date|time|rq|sj)$`)
	codeName = regexp.MustCompile(`代码|编码|编号|标识码|区号|号码|证号|电话|手机|邮编|身份证|帐号|账号|code$|^code|phone|mobile|^tel$|(^|_)(zip|postcode)$|dm$|bm$|bh$|^bsm$|adcode`)

	// identifierNames are how fields that tell rows apart are called, the surest first; the first two leave no doubt.
	identifierNames = []*regexp.Regexp{
		regexp.MustCompile(`^(bsm|标识码|uuid|guid)$`),
		regexp.MustCompile(`^(id|编号|唯一编号|唯一标识|主键)$`),
		regexp.MustCompile(`^(code|代码|编码|lno|exp_no|管段号|管线编号|物探点号|点号|xzqdm|行政区划代码|wgdm|网格代码|objectid|osm_id|gid|fid|ogc_fid)$`),
		regexp.MustCompile(`_id$|编号$|标识码$|^id_`),
	}
	// labelNames are how fields that name a feature are called, the surest first.
	labelNames = []*regexp.Regexp{
		regexp.MustCompile(`^(名称|name|title|mc|名字)$`),
		regexp.MustCompile(`(名称|name_zh|namezh|名)$`),
		regexp.MustCompile(`^name|name$|mc$`),
	}
)

func meansDate(name string) bool { return dateName.MatchString(plainName(name)) }

func meansCode(name string) bool { return codeName.MatchString(plainName(name)) }

// identifiers are the places of the fields to watch for values that repeat: the keys, and of those called like an
// identifier the two surest, since watching costs memory.
func identifiers(fields []format.Field, keys []string) map[int]bool {
	watched := map[int]bool{}
	for i, f := range fields {
		if slices.Contains(keys, f.Name) {
			watched[i] = true
		}
	}
	for _, pattern := range identifierNames {
		for i, f := range fields {
			if len(watched) < max(2, len(keys)) && (f.Kind == format.Text || f.Kind == format.Integer) && pattern.MatchString(plainName(f.Name)) {
				watched[i] = true
			}
		}
	}
	return watched
}

// firstNamed is the place of the first name that the surest pattern knows, -1 where none does.
func firstNamed(patterns []*regexp.Regexp, names []string) int {
	for _, pattern := range patterns {
		if i := slices.IndexFunc(names, func(n string) bool { return pattern.MatchString(plainName(n)) }); i >= 0 {
			return i
		}
	}
	return -1
}
