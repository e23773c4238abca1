package format

import (
	"errors"

	"onemap/layers"
)

// refusal is an error under a sentinel that says itself to people, in both languages.
type refusal struct {
	sentinel error
	words    Words
}

// Refuse makes an error that wraps a sentinel; both texts take the same arguments. Its method Words has them for doors.
func Refuse(sentinel error, en, zh string, args ...any) error {
	return &refusal{sentinel, Say(en, zh, args...)}
}

// Refused is Refuse of words that are there.
func Refused(sentinel error, words Words) error { return &refusal{sentinel, words} }

func (r *refusal) Error() string { return r.sentinel.Error() + ": " + r.words.En }
func (r *refusal) Unwrap() error { return r.sentinel }
func (r *refusal) Words() Words  { return r.words }

// refuse is Refuse of what is wrong with a file: layers.ErrInvalid.
func refuse(en, zh string, args ...any) error { return Refuse(layers.ErrInvalid, en, zh, args...) }

// WordsOf is what an error says to people, in both languages where it has them.
func WordsOf(err error) Words {
	var r *refusal
	if errors.As(err, &r) {
		return r.words
	}
	text := err.Error()
	if errors.Is(err, layers.ErrInvalid) {
		if rest := text[min(len(text), len(layers.ErrInvalid.Error())):]; len(rest) > 2 && rest[:2] == ": " {
			text = rest[2:]
		}
	}
	return Words{En: text, Zh: "无法读取：" + text}
}
