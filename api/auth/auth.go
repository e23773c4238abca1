// Package auth knows who is asking. For now nobody has to say: every request is anonymous, and what it may see is
// what the store shows to layers.Anonymous. Doors ask Actor and never look at credentials themselves.
package auth

import (
	"github.com/labstack/echo/v4"

	"onemap/layers"
)

const key = "onemap actor"

// Middleware finds out who is asking, before any door is entered.
func Middleware() echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.Set(key, layers.Anonymous)
			return next(c)
		}
	}
}

// Actor is who sent the request.
func Actor(c echo.Context) layers.Actor {
	if actor, ok := c.Get(key).(layers.Actor); ok {
		return actor
	}
	return layers.Anonymous
}
