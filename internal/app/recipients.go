package app

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/alert"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/config"
	"github.com/swell-radar/swell/internal/digest"
	"github.com/swell-radar/swell/internal/outbox"
	"github.com/swell-radar/swell/internal/sink"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/internal/week"
	"github.com/swell-radar/swell/term"
)

// What a recipient is sent at most, if nothing else is said.
const (
	alertsPerHour = 4
	alertsPerDay  = 12
)

// NotifyOf returns whom a configuration has told of what. Nothing is sent, and the errors name all that is wrong.
func NotifyOf(c config.Config, o SinkOptions) (NotifyOptions, error) {
	var n NotifyOptions
	_, err := SinksOf(c, o)
	errs := []error{err}
	n.Base, err = publicURL(c.Serve.PublicURL)
	errs = append(errs, err)
	for _, name := range slices.Sorted(maps.Keys(c.Recipients)) {
		r, err := recipientOf(&c, name)
		n.Recipients, errs = append(n.Recipients, r), append(errs, err)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Digests)) {
		d, err := digestOf(&c, name)
		n.Digests, errs = append(n.Digests, d), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return NotifyOptions{}, err
	}
	if len(c.Sinks) > 0 {
		n.Sinks = func(memory func(name string) sink.Memory) (map[string]outbox.Target, error) {
			o := o
			o.Memory, o.checked = memory, true
			sinks, err := SinksOf(c, o)
			targets := map[string]outbox.Target{}
			for name, s := range sinks {
				targets[name] = outbox.Target{Sink: s.Sink, Kind: s.Kind}
			}
			return targets, err
		}
	}
	return n, nil
}

// publicURL returns the address that links begin with, without a slash at its end.
func publicURL(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("[serve] public_url is no address that links can begin with; write it as https://radar.example, without a name, a question mark or #")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// section collects what is wrong with one section of the configuration.
type section struct {
	name string // as in recipients.ana
	errs []error
}

func (s *section) refuse(format string, args ...any) {
	s.errs = append(s.errs, fmt.Errorf("[%.70s] %s", s.name, fmt.Sprintf(format, args...)))
}

func (s *section) named(name string) {
	if !sinkName(name) {
		s.refuse("the name has up to 40 of a-z, 0-9, - and _, and begins with a letter")
	}
}

func (s *section) zone(name string) *time.Location {
	if name == "" {
		return time.UTC
	}
	zone, err := week.Zone(name)
	if err != nil {
		s.refuse("zone is %.60q; use an IANA name, as in Europe/Berlin, or leave it out for UTC", name)
		return time.UTC
	}
	return zone
}

func (s *section) minute(key, text string) int {
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		s.refuse("%s is %.40q; use an hour, as in 08:00", key, text)
		return 0
	}
	return t.Hour()*60 + t.Minute()
}

func (s *section) sinks(c *config.Config, names []string) []string {
	if len(names) == 0 {
		s.refuse("sinks is missing; name some of %s", listed(slices.Sorted(maps.Keys(c.Sinks))))
	}
	for i, name := range names {
		switch _, ok := c.Sinks[name]; {
		case !ok:
			s.refuse("sinks has %.60q, and there is no [sinks.%.60s]; there are %s", name, name, listed(slices.Sorted(maps.Keys(c.Sinks))))
		case slices.Contains(names[:i], name):
			s.refuse("sinks has %q twice", name)
		}
	}
	return names
}

func (s *section) names(key string, names []string) []string {
	for _, name := range names {
		if err := watch.CheckName(name); err != nil {
			s.refuse("%s has %.60q: %v", key, name, err)
		}
	}
	return names
}

func (s *section) platforms(names []string) []string {
	names = lower(names)
	for _, name := range names {
		if name == "" || len(name) > term.MaxPlatformBytes || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" {
			s.refuse("platforms has %.60q; use up to %d of a-z, 0-9, '-', '_' and '.', as in tiktok", name, term.MaxPlatformBytes)
		}
	}
	return names
}

// lower returns names as they are kept.
func lower(names []string) []string {
	var out []string
	for _, name := range names {
		out = append(out, strings.ToLower(strings.TrimSpace(name)))
	}
	return out
}

// bound returns how many alerts are sent at most.
func (s *section) bound(key string, given *int, usual int) int {
	if given == nil {
		return usual
	}
	const most = 10_000
	if *given < 0 || *given > most {
		s.refuse("%s is %d; use 1 to %d, or 0 for no bound", key, *given, most)
	}
	return *given
}

func recipientOf(c *config.Config, name string) (*alert.Recipient, error) {
	in, s := c.Recipients[name], &section{name: "recipients." + name}
	s.named(name)
	out := &alert.Recipient{
		Name: name, Zone: s.zone(in.Zone), Weekends: in.Weekends == nil || *in.Weekends, CrisisAnytime: in.CrisisAnytime,
		PerHour: s.bound("alerts_per_hour", in.PerHour, alertsPerHour), PerDay: s.bound("alerts_per_day", in.PerDay, alertsPerDay),
		Rules: s.names("rules", in.Rules), Sinks: s.sinks(c, in.Sinks),
	}
	if in.Quiet != "" {
		from, to, ok := strings.Cut(in.Quiet, "-")
		if !ok {
			s.refuse("quiet is %.40q; use two hours, as in 22:00-07:00", in.Quiet)
		} else {
			out.QuietFrom, out.QuietTo = s.minute("quiet", from), s.minute("quiet", to)
		}
	}
	return out, errors.Join(s.errs...)
}

func digestOf(c *config.Config, name string) (DailyDigest, error) {
	in, s := c.Digests[name], &section{name: "digests." + name}
	s.named(name)
	out := DailyDigest{
		Name: name, Schedule: digest.Schedule{Minute: s.minute("at", in.At), Zone: s.zone(in.Zone)}, Audience: in.Audience,
		Sinks: s.sinks(c, in.Sinks), Platforms: s.platforms(in.Platforms), Watches: s.names("watches", lower(in.Watches)),
	}
	switch in.Audience {
	case "":
		out.Audience = api.AudienceManager
	case api.AudienceManager, api.AudienceStakeholder, api.AudienceResearcher:
	default:
		s.refuse("audience is %.40q; use %s, %s or %s", in.Audience, api.AudienceManager, api.AudienceStakeholder, api.AudienceResearcher)
	}
	if in.Week != "" {
		var names []string
		for day := time.Sunday; day <= time.Saturday; day++ {
			names = append(names, strings.ToLower(day.String()))
		}
		day := slices.Index(names, strings.ToLower(in.Week))
		if day < 0 {
			s.refuse("week is %.40q; use a day of the week, as in monday, or leave it out", in.Week)
		}
		weekday := time.Weekday(day)
		out.Week = &weekday
	}
	return out, errors.Join(s.errs...)
}
