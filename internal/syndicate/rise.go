package syndicate

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

// Rise is a trend that was raised.
type Rise struct {
	// Last is its last change of phase; the raise itself where there was none since.
	Last api.Detection
	// Raised is when it was raised. No two rises have this, the term, the platform and what they were found in
	// in common.
	Raised time.Time
	// Changes is how many changes of phase there were since.
	Changes int
}

// over is the phase of a trend that is over.
const over = "over"

// Over reports whether the trend is over.
func (r *Rise) Over() bool { return r.Last.Phase == over }

// Ends returns until when the trend may go on: to the middle of the hours that were left at its last change of
// phase, or to when it was found to be over. It is after Raised by ten minutes at least.
func (r *Rise) Ends() time.Time {
	const (
		least = 10 * time.Minute
		most  = 30 * 24 // hours: nothing trends for longer
	)
	end := r.Last.TS
	if hours := float64(r.Last.HoursLeft.Mid); !r.Over() && hours > 0 {
		end = end.Add(time.Duration(math.Round(min(hours, most)*60)) * time.Minute)
	}
	if first := r.Raised.Add(least); end.Before(first) {
		return first
	}
	return end
}

// Site is where a feed or a calendar comes from, and what is asked of it.
type Site struct {
	// Base is how the endpoint is reached: scheme and host, as in https://radar.example, and maybe a path. It
	// is a URL, and as such ASCII.
	Base string
	// Path is that of the feed or the calendar.
	Path string
	// Query says what is asked, without secrets; empty: all trends.
	Query url.Values
	// Demo says that all that is told is made up.
	Demo bool
}

// self is the address of the feed or the calendar itself.
func (s *Site) self() string { return s.Base + s.Path + s.search() }

func (s *Site) search() string {
	if len(s.Query) == 0 {
		return ""
	}
	return "?" + s.Query.Encode()
}

// title names the feed or the calendar to people.
func (s *Site) title() string {
	title := "Swell: trends"
	if wanted := s.Query.Encode(); wanted != "" {
		if plain, err := url.QueryUnescape(wanted); err == nil {
			title += " (" + shown(strings.ReplaceAll(plain, "&", ", ")) + ")"
		}
	}
	return s.marked(title)
}

// marked says of a title whether what it stands for is made up.
func (s *Site) marked(title string) string {
	if s.Demo {
		return "DEMO, made up: " + title
	}
	return title
}

// authority is who gives out names (RFC 4151): the host. It stays the same by whatever name of this machine
// the endpoint is asked, and whatever its port is. What a name may not hold, as the colons of an address of
// IPv6, becomes a hyphen.
func (s *Site) authority() string {
	host := ""
	if u, err := url.Parse(s.Base); err == nil {
		host = strings.ToLower(u.Hostname())
	}
	if host == "::1" || strings.HasPrefix(host, "127.") {
		return "localhost"
	}
	host = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' {
			return r
		}
		return '-'
	}, host)
	return cmp.Or(strings.Trim(host, "-."), "localhost")
}

// tag begins names that no other host gives out. The year is that of their form: it changes when that does.
func (s *Site) tag() string { return "tag:" + s.authority() + ",2026:" }

// id names a rise for ever: over changes of phase and restarts.
func (s *Site) id(r *Rise) string {
	parts := []string{r.Last.From, r.Last.Kind, r.Last.Platform, r.Raised.UTC().Format(time.RFC3339), r.Last.Key}
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return s.tag() + "trend/" + strings.Join(parts, "/")
}

// link is the address of what is known of the term on the platform.
func (s *Site) link(r *Rise) string {
	return s.Base + api.TermPath(r.Last.Kind, r.Last.Key) + "?" + url.Values{"platform": {r.Last.Platform}}.Encode()
}

// signs stand before terms of some kinds.
var signs = map[string]string{"hashtag": "#", "mention": "@"}

// name is the term as people write it.
func (r *Rise) name() string {
	name := cmp.Or(clean(r.Last.Term), clean(r.Last.Key))
	if sign := signs[r.Last.Kind]; !strings.HasPrefix(name, sign) {
		name = sign + name
	}
	return name
}

// title is a rise in one line: no other rise comes into it, whichever way the term is written.
func (s *Site) titleOf(r *Rise) string {
	return s.marked(fmt.Sprintf("%s on %s: %s", shown(r.name()), shown(r.Last.Platform), shown(r.Last.Phase)))
}

// sentences say what was found at the last change of phase, and what that means.
func (r *Rise) sentences() (out []string) {
	d := &r.Last
	if d.From != "gauge" {
		people := ""
		if d.Authors24h > 0 {
			people = fmt.Sprintf(", by %s in 24 hours", count(d.Authors24h, "author"))
		}
		if known(d.RatePerH, d.ExpectedPerH) {
			out = append(out, fmt.Sprintf("%s posts in an hour, where %s were expected%s.", amount(d.RatePerH), amount(d.ExpectedPerH), people))
		}
	} else {
		out = append(out, "Found in the totals or ranks of lists.")
	}
	out = append(out, fmt.Sprintf("The rise began at %s and was recognised at %s.", console.Minute(d.Started), console.Minute(r.Raised)))
	if known(d.Confidence) {
		out = append(out, fmt.Sprintf("It is real with a chance of %s.", console.Share(float64(d.Confidence))))
	}
	switch left := d.HoursLeft; {
	case r.Over():
		out = append(out, fmt.Sprintf("It was over at %s.", console.Minute(d.TS)))
	case known(left.Low, left.Mid, left.High):
		out = append(out, fmt.Sprintf("It is %s since %s, and may go on for %s to %s hours from then; half of such trends last until %s.",
			shown(d.Phase), console.Minute(d.TS), amount(left.Low), amount(left.High), console.Minute(r.Ends())))
	default:
		out = append(out, fmt.Sprintf("It is %s since %s.", shown(d.Phase), console.Minute(d.TS)))
	}
	return out
}

func known(numbers ...api.Number) bool {
	for _, n := range numbers {
		if x := float64(n); math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}

// amount writes a number as exactly as it is worth reading.
func amount(n api.Number) string {
	x, decimals := float64(n), 0
	switch {
	case x > 0 && x < 0.05:
		return "hardly any"
	case x < 10:
		decimals = 1
	}
	return strings.TrimSuffix(console.Decimal(x, decimals), ".0")
}

func count(n uint64, of string) string {
	if n != 1 {
		of += "s"
	}
	return console.Count(n) + " " + of
}
