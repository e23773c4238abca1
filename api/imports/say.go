package imports

import "onemap/layers/format"

// spoken is an error under a sentinel that says itself in both languages.
type spoken struct {
	sentinel error
	words    format.Words
}

// Say wraps a sentinel; both texts take the same arguments.
func Say(sentinel error, en, zh string, args ...any) error {
	return &spoken{sentinel, format.Say(en, zh, args...)}
}

func (e *spoken) Error() string       { return e.sentinel.Error() + ": " + e.words.En }
func (e *spoken) Unwrap() error       { return e.sentinel }
func (e *spoken) Words() format.Words { return e.words }
