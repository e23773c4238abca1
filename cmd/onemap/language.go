package main

import (
	"os"
	"strings"

	"onemap/layers"
)

// language is what a command speaks to people: "zh" or "en".
type language string

// spoken is the language that was asked for, else that of the terminal.
func spoken(asked string) language {
	if asked != "" {
		return language(asked)
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} { // the first that is set counts
		if locale := os.Getenv(name); locale != "" {
			if strings.HasPrefix(strings.ToLower(locale), "zh") {
				return "zh"
			}
			break
		}
	}
	return "en"
}

// pick is the text in the language.
func (l language) pick(en, zh string) string {
	if l == "zh" {
		return zh
	}
	return en
}

// say is what words say in the language.
func (l language) say(w layers.Words) string { return l.pick(w.En, w.Zh) }

// tell is the error in the language, where it has words in it.
func (l language) tell(err error) error {
	if words, ok := layers.WordsOf(err); ok && l == "zh" {
		return &toldError{err, words.Zh}
	}
	return err
}

// toldError is an error with its text in the language of who reads it.
type toldError struct {
	error
	text string
}

func (e *toldError) Error() string { return e.text }
func (e *toldError) Unwrap() error { return e.error }
