package search

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"onemap/layers"
)

// how tells how a typed text matches a text, as "kind marked characters"; "" where it does not.
func how(text, typed string) string {
	words, err := parse(typed)
	if err != nil || len(words) == 0 {
		return "none"
	}
	v := newValue(text)
	var marks []match
	worst := Exact
	for _, w := range words {
		found, _ := all([]value{v}, w)
		if len(found) == 0 {
			return ""
		}
		worst = max(worst, found[0].kind)
		marks = append(marks, found...)
	}
	var marked []string
	for _, m := range v.marks(marks) {
		marked = append(marked, string([]rune(text)[m[0]:m[1]]))
	}
	return worst.String() + " " + strings.Join(marked, "|")
}

func TestHowWordsMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, typed, want string }{
		{"寿张集村", "寿张集村", "exact 寿张集村"},
		{"寿张集村", "寿张", "prefix 寿张"},
		{"寿张集村", "张集", "inside 张集"},
		{"寿张集村", "村", "inside 村"},
		{"寿张集村", "集 寿", "inside 寿|集"},
		{"寿张集村", "寿集", ""},
		{"寿张集村", "szj", "initials 寿张集"},
		{"寿张集村", "SZJC", "initials 寿张集村"},
		{"寿张集村", "zjc", "initials 张集村"},
		{"寿张集村", "z", ""}, // one letter, within
		{"寿张集村", "s", "sound 寿"},
		{"寿张集村", "shouzhang", "sound 寿张"},
		{"寿张集村", "ShouZhangJi", "sound 寿张集"},
		{"寿张集村", "zhangji", "sound 张集"},
		{"寿张集村", "shouz", "sound 寿张"},
		{"寿张集村", "shouzj", "initials 寿张集"},
		{"寿张集村", "shzhj", "initials 寿张集"},
		{"寿张集村", "szhangji", "initials 寿张集"},
		{"寿张集村", "szk", ""},
		{"重庆路", "chongqing", "sound 重庆"},
		{"重庆路", "zhongqing", "sound 重庆"},
		{"重庆路", "cql", "initials 重庆路"},
		{"长清街", "changqing", "sound 长清"},
		{"长清街", "zhangqing", "sound 长清"},
		{"乐陵", "laoling", ""},
		{"西安街", "xi'an", "sound 西安"},
		{"370832100000245382", "245382", "inside 245382"},
		{"370832100000245382", "3708321", "prefix 3708321"},
		{"370832100000245382", "370832100000245382", "exact 370832100000245382"},
		{"370832100000245382", "45", ""},
		{"370832100000245382", "1000002", ""},
		{"YS12-3", "ys12-3", "exact YS12-3"},
		{"YS12-3", "ＹＳ１２－３", "exact YS12-3"},
		{"YS12-3", "12", "word 12"},
		{"YS12-3", "ys 3", "word YS|3"},
		{"YS12-3", "2-3", ""},
		{"AGDL02792", "02792", "word 02792"},
		{"AGDL02792", "2792", "inside 2792"},
		{"梁山路12号", "梁山路12", "prefix 梁山路12"},
		{"梁山路12号", "12号", "word 12号"},
		{"梁山路12号", "2号", ""},
		{"梁山路12号", "梁山12", "inside 梁山|12"},
		{"梁山路12号", "１２号　梁山", "word 梁山|12号"},
		{"梁山路12号", "lsl12h", "initials 梁山路12号"},
		{"梁山路12号", "liangshanlu12hao", "sound 梁山路12号"},
		{"林海村第1网格", "林海村1", "inside 林海村|1"},
		{"X038县道", "x038", "prefix X038"},
		{"X038县道", "x038xd", "initials X038县道"},
		{"Café Ｎｏ.１", "cafe no.1", "word Café|Ｎｏ.１"},
		{"Café Ｎｏ.１", "  CAFÉ  ", "prefix Café"},
		{"水泊  街道", "水泊 街道", "word 水泊|街道"},
		{"（东）梁山", "(东)", "word 东"},
		{"吕庄", "lvzhuang", "sound 吕庄"},
		{"梁山", "", "none"},
		{"梁山", " %_' ", "none"},
		{"", "梁", ""},
	} {
		if got := how(c.text, c.typed); got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.typed, c.text, got, c.want)
		}
	}
	v, _ := parse("水泊 街道")
	if len(v) != 2 || v[0].String() != "水泊" {
		t.Errorf("words: %v", v)
	}
}

// The index finds what matches: a word that a text has lies in one of the word's spans as one of the text's keys.
func checkCovered(t *testing.T, text, typed string) {
	t.Helper()
	words, err := parse(typed)
	if err != nil {
		return
	}
	l := &layers.Layer{Theme: "base"}
	keys := newValue(text).keys(l)
	for key := range keys {
		if !utf8.ValidString(key) {
			t.Fatalf("key %q of %q is no text", key, text)
		}
	}
	for _, w := range words {
		found, _ := all([]value{newValue(text)}, w)
		if len(found) == 0 || len(shortened(w)) >= mostShort {
			continue
		}
		covered := false
		for _, sp := range w.spans() {
			for key := range keys {
				covered = covered || sp.from <= key && key < sp.to
			}
		}
		if !covered {
			t.Fatalf("%q has %q (%v), but none of its keys lies in a span", text, w, found)
		}
		for _, m := range newValue(text).marks(found) {
			if m[0] < 0 || m[0] >= m[1] || m[1] > utf8.RuneCountInString(text) {
				t.Fatalf("marks %v of %q", m, text)
			}
		}
	}
}

func TestTheIndexFindsWhatMatches(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("寿张集村重长泊水乐单会城西安尔阿鄂一二abcsz09-. ＡＢ１（é")
	matched := 0
	for range 20_000 {
		text := make([]rune, 1+random.IntN(12))
		for i := range text {
			text[i] = alphabet[random.IntN(len(alphabet))]
		}
		for _, typed := range typings(random, string(text)) {
			if how(string(text), typed) != "" {
				matched++
			}
			checkCovered(t, string(text), typed)
		}
	}
	if matched < 20_000 {
		t.Errorf("only %d typed texts matched: too few to tell", matched)
	}
}

// typings are what somebody may type who looks for a text: a part of it, its sound, its sound shortened here and there, its end.
func typings(random *rand.Rand, text string) []string {
	v := newValue(text)
	if len(v.runes) == 0 {
		return nil
	}
	from := random.IntN(len(v.runes))
	to := from + 1 + random.IntN(len(v.runes)-from)
	typed := []string{string(v.runes[from:to]), string(v.runes[from:])}
	if len(v.readings()) > 0 {
		var b strings.Builder
		for _, s := range v.readings()[random.IntN(len(v.readings()))] {
			if s.place < from {
				continue
			}
			sound := s.sound
			if random.IntN(2) == 0 {
				sound = initials(sound)[random.IntN(len(initials(sound)))]
			}
			b.WriteString(sound)
		}
		typed = append(typed, b.String(), b.String()[:random.IntN(b.Len()+1)])
	}
	return typed
}

func FuzzWords(f *testing.F) {
	for _, seed := range [][2]string{{"寿张集村", "szj"}, {"YS12-3", "ｙｓ 3"}, {"梁山路12号", "梁山12"}, {"370832100000245382", "245382"}, {"Café", "CAFE\u0301"}, {"重庆长安", "cqca"}, {"\u0000", "\xff"}, {"ﷺ", "ﷺ"}, {"½", "1"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, typed string) {
		if len(text) > 400 || len(typed) > 400 {
			return
		}
		checkCovered(t, strings.ToValidUTF8(text, ""), typed)
	})
}

func TestSoundsOfNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"重庆": "zhong chong", "长": "zhang chang", "庄": "zhuang", "泊": "po bo", "家": "jia", "曾": "ceng zeng", "中": "zhong"} {
		var got []string
		for _, reading := range newValue(text).readings() {
			got = append(got, reading[0].sound)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s is read %v, want %s", text, got, want)
		}
	}
	if got := newValue("Main St. 5").readings(); got != nil {
		t.Errorf("a text without Chinese characters is read %v", got)
	}
	if n := len(newValue("长乐单行朝大都厦会").readings()); n != mostSoundings {
		t.Errorf("%d readings, want %d", n, mostSoundings)
	}
	for typed, want := range map[string]string{"s": "", "szj": "szj", "shouzj": "shouzj shzj szj", "shouzhangji": "shouzhangji", "xas": "xas"} {
		words, _ := parse(typed)
		got := shortened(words[0])
		if slices.Sort(got); strings.Join(got, " ") != want {
			t.Errorf("%s is short for %v, want %s", typed, got, want)
		}
	}
}

func ExampleKind() {
	for _, k := range []Kind{Exact, Prefix, Inside, Sound, Short} {
		fmt.Println(k)
	}
	// Output:
	// exact
	// prefix
	// inside
	// sound
	// initials
}
