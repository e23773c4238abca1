package layers

import (
	"errors"
	"fmt"
)

// Words is one message in both languages.
type Words struct {
	En string `json:"en"`
	Zh string `json:"zh"`
}

// Say makes words of two formats that take the same arguments. An argument that has words of its own, an error of Refuse or
// Words, stands in each text in that text's language.
func Say(en, zh string, args ...any) Words {
	inEn, inZh := args, args
	for i, arg := range args {
		own, ok := wordsOf(arg)
		if !ok {
			continue
		}
		if &inEn[0] == &args[0] {
			inEn, inZh = append([]any(nil), args...), append([]any(nil), args...)
		}
		inEn[i], inZh[i] = own.En, own.Zh
	}
	return Words{En: fmt.Sprintf(en, inEn...), Zh: fmt.Sprintf(zh, inZh...)}
}

func wordsOf(arg any) (Words, bool) {
	switch arg := arg.(type) {
	case Words:
		return arg, true
	case error:
		return WordsOf(arg)
	}
	return Words{}, false
}

// refusal is an error under a sentinel that says itself to people, in both languages.
type refusal struct {
	words Words
	wraps []error
}

// Refuse is how a request is refused: an error that wraps a sentinel, and each argument that is an error, and has words
// for the sender: what is wrong, and what would be right. Both texts take the same arguments.
func Refuse(sentinel error, en, zh string, args ...any) error {
	r := &refusal{Say(en, zh, args...), []error{sentinel}}
	for _, arg := range args {
		if err, ok := arg.(error); ok {
			r.wraps = append(r.wraps, err)
		}
	}
	return r
}

// Refused is Refuse of words that are there.
func Refused(sentinel error, words Words) error { return &refusal{words, []error{sentinel}} }

func (r *refusal) Error() string   { return r.wraps[0].Error() + ": " + r.words.En }
func (r *refusal) Unwrap() []error { return r.wraps }
func (r *refusal) Words() Words    { return r.words }

// WordsOf is what an error says to its reader; false where it has no words, and is none of a reader's business.
func WordsOf(err error) (Words, bool) {
	var said interface{ Words() Words }
	if !errors.As(err, &said) || said.Words() == (Words{}) {
		return Words{}, false
	}
	return said.Words(), true
}
