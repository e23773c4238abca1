package format

import (
	"errors"

	"onemap/layers"
)

// refusal is layers.ErrInvalid with words in both languages.
type refusal struct{ words Words }

func (r *refusal) Error() string { return layers.ErrInvalid.Error() + ": " + r.words.En }
func (r *refusal) Unwrap() error { return layers.ErrInvalid }

// refuse makes an error that is layers.ErrInvalid, of two formats that take the same arguments.
func refuse(en, zh string, args ...any) error { return &refusal{Say(en, zh, args...)} }

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
