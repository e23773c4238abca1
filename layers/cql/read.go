package cql

// The languages of filters, as the parameter filter-lang names them.
const (
	LangText = "cql2-text"
	LangJSON = "cql2-json"
)

// Read reads a filter in a language, "" being cql2-text, whose geometries are meant as crs says. It returns ErrInvalid, as an
// *Error, for what is none.
func Read(lang, text string, crs CRS) (*Filter, error) {
	switch lang {
	case "", LangText:
		return parseText(text, crs)
	case LangJSON:
		return parseJSON(text, crs)
	}
	return nil, wrong(0, "filter-lang %[1]q is not offered; want %[2]s or %[3]s", "不支持 filter-lang %[1]q，应为 %[2]s 或 %[3]s", lang, LangText, LangJSON)
}
