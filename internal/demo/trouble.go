package demo

import (
	"net/http"
	"time"

	"github.com/swell-radar/swell/scrapers/scrapetest"
)

// spells returns a failure that comes in spells: it begins with each period and lasts for a part of it.
func (l *life) spells(period, lasts time.Duration, f scrapetest.Failure) scrapetest.Failure {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if now := l.now(); now.Sub(now.Truncate(period)) < lasts {
			f(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	}
}
