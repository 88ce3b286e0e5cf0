package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"syscall"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/app"
)

// explain turns an error of the client into the end of the program: it names the flag at
// fault, or says that nobody is there.
func (q *session) explain(err error) error {
	var p *api.Problem
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return codeError{q.ofFlag(p, err), codeOfProblem(p)}
	case errors.Is(err, context.Canceled):
		return app.ErrInterrupted
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nobody answers at %s; start a server with swell serve, or swell replay FILE --serve", q.Base)
	}
	return err
}

// ofFlag puts the flag before a problem of the parameter that it sets.
func (q *session) ofFlag(p *api.Problem, err error) error {
	for flag, parameter := range q.params {
		if parameter == p.Parameter && q.flags.Changed(flag) {
			return fmt.Errorf("--%s: %w", flag, err)
		}
	}
	return err
}

// codeOfProblem returns the exit code for what a server refuses.
func codeOfProblem(p *api.Problem) int {
	switch p.Status {
	case http.StatusBadRequest, http.StatusNotAcceptable, http.StatusRequestURITooLong, http.StatusUnprocessableEntity:
		return exitUsage
	case http.StatusUnauthorized, http.StatusForbidden:
		return exitBlocked
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusInsufficientStorage:
		return exitLater
	}
	return exitFailed
}
