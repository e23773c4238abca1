package search

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// syllable is the sound of one character of a spelling: pinyin without its tone, or a letter or digit itself.
type syllable struct {
	sound string
	place int // in the spelling
}

// mostSoundings is how many ways of reading one text are known.
const mostSoundings = 6

// otherSounds has the characters that names read in two ways, each with the sound that is not the usual one. The usual one is
// the dictionary's; which of its rarer ones names have (庄 was peng, once) it does not tell.
const otherSounds = `重chong 长chang 乐yue 单shan 行hang 朝chao 朝zhao 大dai 都dou 厦xia 会kuai 泊bo 堡pu 解xie 尉yu 万mo 俟qi 盖ge 朴piao 查zha
传zhuan 车ju 仇qiu 区ou 牟mou 任ren 石dan 参shen 藏zang 曾zeng 种chong 什shi 繁po 覃qin 澹tan 谌shen 缪miao 翟zhai 员yun 陂bei 埔bu 圳zhen
涌chong 漯ta 蚌beng 率shuai 殷yan 洞tong 番pan 莞guan 铅yan 六lu 荥ying 浚xun 莘xin 泌bi 阿e 角jue 宿xiu 露lou 薄bo 柏bo 落lao 合ge 省xing 调tiao
弹tan 强jiang 降xiang 校jiao 奇ji 卜bu 便pian 句gou 沈chen 夹ga 系ji`

// others is otherSounds by character.
var others = sync.OnceValue(func() map[rune]string {
	by := map[rune]string{}
	for _, one := range strings.Fields(otherSounds) {
		r, size := utf8.DecodeRuneInString(one)
		if one[size:] != usualSound(r) {
			by[r] = one[size:]
		}
	}
	return by
})

func usualSound(r rune) string {
	if sounds := pinyin.SinglePinyin(r, pinyin.NewArgs()); len(sounds) > 0 {
		return sounds[0]
	}
	return ""
}

// soundings are the ways in which a spelling may be read aloud, the usual one first; none where it has no Chinese character.
func (s spelling) soundings() [][]syllable {
	var usual []syllable
	var twice []int // syllables that have another sound
	chinese := false
	for i, r := range s.runes {
		switch sortOf(r) {
		case han:
			if sound := usualSound(r); sound != "" {
				chinese = true
				if others()[r] != "" {
					twice = append(twice, len(usual))
				}
				usual = append(usual, syllable{sound, i})
			}
		case letter, digit:
			usual = append(usual, syllable{string(r), i})
		}
	}
	if !chinese {
		return nil
	}
	all := [][]syllable{usual}
	for _, i := range twice {
		if len(all) == mostSoundings {
			break
		}
		other := slices.Clone(usual)
		other[i].sound = others()[s.runes[usual[i].place]]
		all = append(all, other)
	}
	return all
}

// sounds reports whether a word is how some syllables sound, from the first on, and how many they are. Written in full, it is the
// sounds one after the other, of the last one any beginning; short, it is their initials (szj), or where it can not be read
// in full, some of them in full and of others the initials (shouzj).
func sounds(syllables []syllable, w word) (n int, short, ok bool) {
	if n, ok := inFull(syllables, w.sound); ok {
		return n, false, true
	}
	if inInitials(syllables, w.sound) {
		return len(w.sound), true, true
	}
	if !w.mixed {
		return 0, false, false
	}
	n, ok = partly(syllables, w.sound)
	return n, true, ok
}

func inFull(syllables []syllable, word string) (n int, ok bool) {
	for n, s := range syllables {
		if strings.HasPrefix(s.sound, word) {
			return n + 1, true
		}
		if word, ok = strings.CutPrefix(word, s.sound); !ok {
			break
		}
	}
	return 0, false
}

func inInitials(syllables []syllable, word string) bool {
	if len(syllables) < len(word) {
		return false
	}
	for i := range len(word) {
		if syllables[i].sound[0] != word[i] {
			return false
		}
	}
	return true
}

func partly(syllables []syllable, word string) (n int, ok bool) {
	if len(syllables) == 0 {
		return 0, false
	}
	whole, beginnings := known()
	sound := syllables[0].sound
	if strings.HasPrefix(sound, word) && beginnings[word] {
		return 1, true
	}
	for _, some := range append([]string{sound}, initials(sound)...) {
		rest, found := strings.CutPrefix(word, some)
		if !found || rest == "" || !whole[some] && (!beginnings[some] || vowel(rest[0])) { // a letter of the text is treated alike
			continue
		}
		if n, ok := partly(syllables[1:], rest); ok {
			return n + 1, true
		}
	}
	return 0, false
}

// initials are what a sound may be shortened to: of zhang, zh and z.
func initials(sound string) []string {
	if len(sound) > 2 && sound[1] == 'h' {
		return []string{sound[:2], sound[:1]}
	}
	_, size := utf8.DecodeRuneInString(sound)
	return []string{sound[:size]}
}

// vowel tells that a letter goes on with the one before: what is before it is not short for a syllable of its own.
func vowel(letter byte) bool { return strings.IndexByte("aeiouv", letter) >= 0 }

// known are all sounds of Chinese characters, and all beginnings of them.
var known = sync.OnceValues(func() (whole, beginnings map[string]bool) {
	whole, beginnings = map[string]bool{}, map[string]bool{}
	for r := range pinyin.PinyinDict {
		for _, sound := range []string{usualSound(rune(r)), others()[rune(r)]} {
			for i := range len(sound) {
				beginnings[sound[:i+1]] = true
			}
			whole[sound] = sound != ""
		}
	}
	for _, digit := range "0123456789" {
		whole[string(digit)], beginnings[string(digit)] = true, true
	}
	return whole, beginnings
})

const mostSyllable = 6 // letters: zhuang

// readable reports whether a word can be read in full: whole sounds, and of the last a beginning.
func readable(word string) bool {
	whole, beginnings := known()
	to := make([]bool, len(word)+1) // places where a syllable may begin
	to[0] = true
	for i := range len(word) {
		if to[i] && beginnings[word[i:]] {
			return true
		}
		for n := 1; to[i] && n <= mostSyllable && i+n <= len(word); n++ {
			to[i+n] = to[i+n] || whole[word[i:i+n]]
		}
	}
	return false
}

// mostShort is how many readings of a shortened word are looked for; long ones that nobody types have more.
const mostShort = 64

// shortened lists the initials of what a word may be short for: szj of szj and of shouzj.
func shortened(w word) []string {
	found := []string{first([]rune(w.sound), mostSound)}
	if len(w.sound) < 2 {
		return nil
	}
	whole, beginnings := known()
	been := map[string]bool{}
	var walk func(rest, made string)
	walk = func(rest, made string) {
		if at := made + " " + rest; been[at] || len(found) == mostShort {
			return
		} else {
			been[at] = true
		}
		if beginnings[rest] && !slices.Contains(found, made+rest[:1]) {
			found = append(found, made+rest[:1])
		}
		if len(made) == mostSound { // the index has no more of it
			found = append(found, made)
			return
		}
		for n := min(len(rest)-1, mostSyllable); n > 0; n-- {
			some := rest[:n]
			initial := (n == 1 || n == 2 && some[1] == 'h') && beginnings[some] && !vowel(rest[n])
			if initial || whole[some] {
				walk(rest[n:], made+some[:1])
			}
		}
	}
	if w.mixed {
		walk(w.sound, "")
	}
	return found
}
