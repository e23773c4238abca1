package layers

import "errors"

// The five ways a request fails that its sender can do something about. Text wrapped around them is
// written for that sender; an error that wraps none of them is internal and never shown.
var (
	ErrInvalid   = errors.New("invalid")
	ErrNotFound  = errors.New("not found")
	ErrForbidden = errors.New("forbidden")
	ErrConflict  = errors.New("conflict")
	ErrTimeout   = errors.New("timeout")
)
