package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// slowChunk is how long a client may take for what one write gives it: who takes longer is dropped, so that it does not hold a
// connection to the database for ever.
const slowChunk = 30 * time.Second

// patient writes a long answer to a client that may be slow, or gone. begin sets the headers before the first byte, so that an
// error which comes before it is still an answer of its own.
type patient struct {
	c       echo.Context
	control *http.ResponseController
	begin   func(h http.Header)
	begun   bool
}

func newPatient(c echo.Context, begin func(h http.Header)) *patient {
	return &patient{c, http.NewResponseController(c.Response().Writer), begin, false}
}

func (p *patient) start() {
	if !p.begun {
		p.begun = true
		p.begin(p.c.Response().Header())
		p.c.Response().WriteHeader(http.StatusOK)
	}
}

// Write implements io.Writer.
func (p *patient) Write(b []byte) (int, error) {
	p.start()
	_ = p.control.SetWriteDeadline(time.Now().Add(slowChunk)) // a recorder in a test has none
	return p.c.Response().Write(b)
}

// close sends the headers where nothing was written, and gives the connection its time back for the next request.
func (p *patient) close() {
	p.start()
	_ = p.control.SetWriteDeadline(time.Time{})
}
