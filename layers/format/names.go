package format

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"

	"onemap/layers"
)

// safeNames makes column names of the names in a file: small ASCII letters, digits and _, Chinese by its sound
// (图斑面积 → tu_ban_mian_ji), at most 40 bytes, none twice. The names of the file stay what readers see, as titles.
func safeNames(titles []string) []string {
	used := map[string]bool{}
	for _, t := range layers.OwnColumns() {
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
	for _, r := range title {
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
	name = strings.TrimRight(name[:min(len(name), 40)], "_")
	if name != "" && unicode.IsDigit(rune(name[0])) {
		name = "f_" + name
	}
	return name
}
