package ows

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// KVP is the parameters of a request as keyword-value pairs, by name in lower case (06-121r3, 11.5.2). Of a name that
// is there several times, in whatever case, the last counts.
type KVP map[string]string

// ParseKVP reads a query, or a body that is encoded like one.
func ParseKVP(query string) (KVP, error) {
	k := KVP{}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil || !text(name) {
			return nil, Refuse(NoApplicableCode, "", "the query is not properly percent-encoded UTF-8", "查询串不是正确的 UTF-8 百分号编码")
		}
		value, err = url.QueryUnescape(value)
		if err != nil || !text(value) {
			return nil, Invalid(strings.ToLower(name), "the value of %s is not percent-encoded UTF-8 text", "参数 %s 的值不是 UTF-8 百分号编码的文字", name)
		}
		if name != "" {
			k[strings.ToLower(name)] = value
		}
	}
	return k, nil
}

func text(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// Need is the value of a parameter that has to be there; names are other names of it. An empty value is none. The
// exception names the first.
func (k KVP) Need(name string, names ...string) (string, error) {
	for _, n := range append([]string{name}, names...) {
		if v := k[strings.ToLower(n)]; v != "" {
			return v, nil
		}
	}
	return "", Missing(name)
}

// OneOf is Need of a parameter with few possible values, which are compared without regard to case and returned as they
// are listed.
func (k KVP) OneOf(name string, possible ...string) (string, error) {
	v, err := k.Need(name)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(possible, func(p string) bool { return strings.EqualFold(p, v) })
	if i < 0 {
		all := strings.Join(possible, ", ")
		return "", Invalid(name, "%s is %q; want %s", "参数 %s 的值为“%s”，应为 %s", name, v, all)
	}
	return possible[i], nil
}

// List is a value at its commas; nil where there is none.
func (k KVP) List(name string) []string {
	v := k[strings.ToLower(name)]
	if v == "" {
		return nil
	}
	return strings.Split(v, ",")
}

// Whole is a whole number that is not negative; usual where the parameter is not there.
func (k KVP) Whole(name string, usual int) (int, error) {
	v := k[strings.ToLower(name)]
	if v == "" {
		return usual, nil
	}
	n, err := strconv.ParseUint(strings.TrimSpace(v), 10, 31)
	if err != nil {
		return 0, Invalid(name, "%s is %q; want a whole number from 0 to 2147483647", "参数 %s 的值为“%s”，应为 0 至 2147483647 的整数", name, v)
	}
	return int(n), nil
}
