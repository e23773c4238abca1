package layers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// The five ways a request fails that its sender can do something about. Text wrapped around them is
// written for that sender; an error that wraps none of them is internal and never shown.
var (
	ErrInvalid   = errors.New("invalid")
	ErrNotFound  = errors.New("not found")
	ErrForbidden = errors.New("forbidden")
	ErrConflict  = errors.New("conflict")
	ErrTimeout   = errors.New("timeout")
)

// translate turns what the driver says into the sentinels, where the sender can do something about it.
func translate(err error) error {
	if err == nil {
		return nil
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			return fmt.Errorf("%w: %w", ErrTimeout, err)
		}
		return Gone(err)
	}
	switch pg.Code {
	case "23505", "40001", "40P01", "55P03": // unique_violation, serialization_failure, deadlock_detected, lock_not_available
		return Refuse(ErrConflict, "the database says: %v", "数据库提示：%v", err)
	case "22P02", "22003", "22007", "22008", "22009", "22021": // a text that is no value of the column's type, or out of its range
		return Refuse(ErrInvalid, "the database says: %v", "数据库提示：%v", err)
	case "22023": // invalid_parameter_value: among others what PostgreSQL takes for the name of a time zone
		if strings.Contains(pg.Message, "time zone") {
			return Refuse(ErrInvalid, "the database says: %v", "数据库提示：%v", err)
		}
	case "57014": // query_canceled
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	}
	return Gone(err)
}

// errCut is the error of an answer in whose middle the connection ended. It is Unreachable.
var errCut = errors.New("the connection to the database ended in the middle of an answer")

// Gone turns the error of a question to a layer whose table or view somebody has dropped into ErrNotFound, has Unreachable know one
// whose connection has gone, and returns any other as it is. A view that is made again is read again.
func Gone(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %w", errCut, err)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42P01" { // undefined_table
		return Refuse(ErrNotFound, "the table or view that the layer is read from is not there any more: %s", "图层所读取的数据表或视图已不存在：%s", pg.Message)
	}
	return err
}

// Unreachable reports whether a question failed because the database is away, or going or coming: it can be asked again.
func Unreachable(err error) bool {
	var connect *pgconn.ConnectError
	var pg *pgconn.PgError
	if errors.As(err, &pg) && !errors.As(err, &connect) { // classes of SQLSTATE: operator_intervention's shutdowns, connection_exception, too_many_connections
		return strings.HasPrefix(pg.Code, "57P") || strings.HasPrefix(pg.Code, "08") || pg.Code == "53300"
	}
	return errors.As(err, &connect) || errors.Is(err, errCut) || pgconn.SafeToRetry(err)
}
