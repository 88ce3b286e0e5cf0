package serve

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/scrapers"
)

// coverage tells how much was seen of from ≤ t < to, in Unix seconds: of the given
// platforms, or of all. What was missing before the window of the view is not known: of a
// time that begins there no share is told, and what was missing in the window alone. It
// returns nil where nothing of the time lies in the window. How the sources are doing is
// told unless the view is past.
func (s *Server) coverage(v *engine.View, from, to int64, past bool, platforms ...string) *api.Coverage {
	before := from < v.From
	from, to = max(from, v.From), min(to, v.AsOf)
	if v.AsOf == 0 || from >= to {
		return nil
	}
	out := &api.Coverage{Share: api.Unknown, Platforms: []api.PlatformCoverage{}, Sources: []api.SourceCoverage{}}
	for i := range v.Platforms {
		p := &v.Platforms[i]
		if p.Since >= to || len(platforms) > 0 && !slices.Contains(platforms, p.Name) {
			continue
		}
		row := seenOf(p, from, to)
		if before && p.Since < v.From {
			row.Share = api.Unknown
		}
		out.Platforms = append(out.Platforms, row)
	}
	if len(out.Platforms) > 0 {
		out.Share = slices.MinFunc(out.Platforms, func(a, b api.PlatformCoverage) int { return cmp.Compare(a.Share, b.Share) }).Share // unknown is the least
	}
	if !past {
		out.Sources = s.sourceCoverage(platforms)
	}
	return out
}

// seenOf returns how much of the time a platform was seen for. Views from before that was
// kept do not tell when they met it.
func seenOf(p *engine.Platform, from, to int64) api.PlatformCoverage {
	from = max(from, p.Since)
	out := api.PlatformCoverage{Platform: p.Name, Since: unix(from), Share: api.Unknown, Missing: []api.Span{}}
	if p.Since == 0 {
		return out
	}
	for _, gap := range p.Missing {
		if a, b := max(gap.From, from), min(gap.To, to); a < b {
			out.Missing = append(out.Missing, api.Span{From: unix(a), To: unix(b)})
		}
	}
	out.Share = api.Rounded(1 - float64(missed(p, from, to))/float64(to-from))
	return out
}

// missed returns of how many seconds of the time not all was seen.
func missed(p *engine.Platform, from, to int64) (seconds int64) {
	for _, gap := range p.Missing {
		seconds += max(0, min(gap.To, to)-max(gap.From, from))
	}
	return seconds
}

// sourceHealth is how the sources were doing at a second of the server's clock.
type sourceHealth struct {
	at      time.Time
	sources []scrapers.Health
}

// sourceCoverage returns how the sources of the platforms are doing, or all of them, but
// for those that are switched off.
func (s *Server) sourceCoverage(platforms []string) []api.SourceCoverage {
	out := []api.SourceCoverage{}
	of := func(name string) bool { return slices.Contains(platforms, name) }
	for _, h := range s.healthNow() {
		if h.State == scrapers.Off || len(platforms) > 0 && !slices.ContainsFunc(h.Platforms, of) {
			continue
		}
		row := api.SourceCoverage{Source: h.Name, Platforms: h.Platforms, State: h.State.String(), Share: hundredths(h.Covered)}
		if row.Platforms == nil {
			row.Platforms = []string{}
		}
		out = append(out, row)
	}
	return out
}

// hundredths rounds a share so far that an answer in which it stands changes rarely.
func hundredths(share float64) api.Number { return api.Number(math.Round(share*100) / 100) }

// healthNow returns how the sources are doing, at most a second ago: to ask takes the
// locks of those who run, which a ranking is not to wait for.
func (s *Server) healthNow() []scrapers.Health {
	switch {
	case s.opt.Sources == nil:
		return nil
	case s.opt.Clock == nil:
		return s.opt.Sources()
	}
	now := s.now()
	if last := s.health.Load(); last != nil && last.at.Equal(now) {
		return last.sources
	}
	fresh := &sourceHealth{now, s.opt.Sources()}
	s.health.Store(fresh)
	return fresh.sources
}
