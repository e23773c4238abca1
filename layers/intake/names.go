package intake

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"

	"onemap/layers"
)

// systemColumns are those that PostgreSQL gives every table.
var systemColumns = []string{"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}

// safeNames makes column names of the names in a file: small ASCII letters, digits and _, Chinese by its sound
// (图斑面积 → tu_ban_mian_ji), at most 40 bytes, none twice and none of taken. The names of the file stay what readers
// see, as titles.
func safeNames(titles []string, taken ...string) []string {
	used := map[string]bool{}
	for _, t := range slices.Concat(layers.OwnColumns(), systemColumns, taken) {
		used[t] = true
	}
	names := make([]string, len(titles))
	for i, title := range titles {
		base := safeName(title)
		if base == "" {
			base = "f" + strconv.Itoa(i+1)
		}
		name := base
		for n := 2; used[name]; n++ {
			name = base + "_" + strconv.Itoa(n)
		}
		used[name] = true
		names[i] = name
	}
	return names
}

func safeName(title string) string {
	var b strings.Builder
	gap := func() {
		if b.Len() > 0 && !strings.HasSuffix(b.String(), "_") {
			b.WriteByte('_')
		}
	}
	sound := pinyin.NewArgs()
	for _, r := range halfWidth(title) {
		switch {
		case r == '_' || r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(unicode.ToLower(r))
		case unicode.Is(unicode.Han, r):
			gap()
			if s := pinyin.SinglePinyin(r, sound); len(s) > 0 {
				b.WriteString(s[0])
			}
			b.WriteByte('_')
		default:
			gap()
		}
		if b.Len() >= 40 {
			break
		}
	}
	name := strings.Trim(b.String(), "_")
	if name != "" && unicode.IsDigit(rune(name[0])) {
		name = "f_" + name
	}
	return strings.TrimRight(name[:min(len(name), 40)], "_")
}

// abbreviates tells whether a name is the first letters of a title's sounds, as the standards name their fields:
// dlbm of 地类编码.
func abbreviates(name, title string) bool {
	return len(name) == utf8.RuneCountInString(title) && name == initials(title)
}

// initials are the first letters of a title's sounds; "" where the title is not all Chinese.
func initials(title string) string {
	var b strings.Builder
	sound := pinyin.NewArgs()
	sound.Style = pinyin.FirstLetter
	for _, r := range title {
		s := pinyin.SinglePinyin(r, sound)
		if len(s) == 0 {
			return ""
		}
		b.WriteString(s[0])
	}
	return b.String()
}

// halfWidth is s with full-width letters, digits, marks and spaces as ASCII.
func halfWidth(s string) string {
	return strings.Map(halfRune, s)
}

// halfRune is the ASCII twin of a full-width character, or the character.
func halfRune(r rune) rune {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	case r == 0x3000 || r == 0xA0:
		return ' '
	case r == 0x2212:
		return '-'
	}
	return r
}

// plainName is a name as names are compared: without case, width, and spaces around.
func plainName(s string) string {
	return strings.ToLower(strings.TrimSpace(halfWidth(s)))
}
