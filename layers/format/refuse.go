package format

import (
	"errors"
	"strings"

	"onemap/layers"
)

// refuse is layers.Refuse of what is wrong with a file.
func refuse(en, zh string, args ...any) error {
	return layers.Refuse(layers.ErrInvalid, en, zh, args...)
}

// WordsOf is what a reader's error says to people; of one that has no words, such as a library's, its text.
func WordsOf(err error) layers.Words {
	if said, ok := layers.WordsOf(err); ok {
		return said
	}
	text := err.Error()
	if errors.Is(err, layers.ErrInvalid) {
		text = strings.TrimPrefix(text, layers.ErrInvalid.Error()+": ")
	}
	return layers.Words{En: text, Zh: "无法读取：" + text}
}
