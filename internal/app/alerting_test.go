package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/swell-radar/swell/internal/api"
)

// A question that fails costs the company alone, and the log says so.
func TestCompanyThatCannotBeTold(t *testing.T) {
	var log strings.Builder
	a := &alerter{log: slog.New(slog.NewTextHandler(&log, nil))}
	for _, err := range []error{nil, errors.New("nobody answers")} {
		a.company = func(ctx context.Context, list string) ([]api.Related, error) {
			if _, bounded := ctx.Deadline(); !bounded || list != "acme" {
				t.Errorf("asked for %s without a bound", list)
			}
			return []api.Related{{Key: "a"}}, err
		}
		if got := a.comesWith(t.Context(), "acme"); (len(got) == 1) != (err == nil) || (log.Len() > 0) != (err != nil) {
			t.Errorf("%v: got %+v, and in the log %q", err, got, log.String())
		}
	}
}
