package syndicate

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// property is a content line of a calendar, as any reader sees it.
type property struct{ name, parameters, value string }

var contentLine = regexp.MustCompile(`^([A-Z-]+)((?:;[A-Z-]+=[^;:,"\x00-\x1f\x7f]+)*):([^\x00-\x08\x0a-\x1f\x7f]*)$`)

// parseCalendar undoes the folding (RFC 5545, 3.1) and takes the lines apart. It shares nothing with what
// wrote them.
func parseCalendar(t testing.TB, text []byte) (out []property) {
	t.Helper()
	if !utf8.Valid(text) || !strings.HasSuffix(string(text), "\r\n") {
		t.Fatalf("no lines in UTF-8: %q", text)
	}
	var unfolded []string
	for line := range strings.SplitSeq(strings.TrimSuffix(string(text), "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Fatalf("line of %d octets, in which a character is divided or a line ends: %q", len(line), line)
		}
		if rest, ok := strings.CutPrefix(line, " "); ok && len(unfolded) > 0 {
			unfolded[len(unfolded)-1] += rest
			continue
		}
		unfolded = append(unfolded, line)
	}
	for _, line := range unfolded {
		m := contentLine.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("no content line: %q", line)
		}
		out = append(out, property{m[1], m[2], m[3]})
	}
	return out
}

// unescape reads values of type TEXT (3.3.11), with commas between them.
func unescape(t testing.TB, s string) []string {
	t.Helper()
	values := []string{""}
	last := func() *string { return &values[len(values)-1] }
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ',':
			values = append(values, "")
		case c == ';':
			t.Errorf("a semicolon that is not escaped: %q", s)
		case c == '\\' && i+1 < len(s) && strings.IndexByte(`\;,`, s[i+1]) >= 0:
			i++
			*last() += s[i : i+1]
		case c == '\\' && i+1 < len(s) && (s[i+1] == 'n' || s[i+1] == 'N'):
			i++
			*last() += "\n"
		case c == '\\':
			t.Errorf("a backslash that means nothing: %q", s)
		default:
			*last() += s[i : i+1]
		}
	}
	return values
}

type event map[string]string

// eventsOf holds a calendar to RFC 5545, and returns what its events have.
func eventsOf(t testing.TB, text []byte) (events []event) {
	t.Helper()
	var open []string
	head := event{}
	components := 0
	for _, p := range parseCalendar(t, text) {
		switch p.name {
		case "BEGIN":
			if len(open) == 1 {
				components++
			}
			if open = append(open, p.value); p.value == "VEVENT" {
				events = append(events, event{})
			}
			continue
		case "END":
			if len(open) == 0 || open[len(open)-1] != p.value {
				t.Fatalf("%s ends within %v", p.value, open)
			}
			open = open[:len(open)-1]
			continue
		}
		into := head
		switch {
		case len(open) == 0:
			t.Fatalf("%+v is in nothing", p)
		case slices.Contains(open, "VTIMEZONE"):
			continue
		case slices.Contains(open, "VEVENT"):
			if into = events[len(events)-1]; len(open) != 2 {
				t.Errorf("there is %v", open)
			}
		}
		if _, twice := into[p.name]; twice {
			t.Errorf("%s is there twice", p.name)
		}
		into[p.name] = p.value
	}
	if len(open) > 0 || components == 0 {
		t.Errorf("%v does not end, or there is nothing in it", open)
	}
	if head["VERSION"] != "2.0" || head["PRODID"] == "" || head["REFRESH-INTERVAL"] != "PT1H" || head["X-PUBLISHED-TTL"] != "PT1H" {
		t.Errorf("the head is %v", head)
	}
	uids := map[string]bool{}
	for _, e := range events {
		if e["UID"] == "" || len(e["UID"]) > 255 || uids[e["UID"]] {
			t.Errorf("UID %q is none, or there twice", e["UID"])
		}
		uids[e["UID"]] = true
		from, to := at(t, e["DTSTART"]), at(t, e["DTEND"])
		if !from.Before(to) {
			t.Errorf("it is from %s to %s", from, to)
		}
		if at(t, e["DTSTAMP"]) != at(t, e["LAST-MODIFIED"]) || at(t, e["CREATED"]) != from {
			t.Errorf("times %v", e)
		}
		if e["TRANSP"] != "TRANSPARENT" || e["STATUS"] != "CONFIRMED" && e["STATUS"] != "CANCELLED" || !absolute(e["URL"]) {
			t.Errorf("it is %v", e)
		}
		for _, name := range []string{"SUMMARY", "DESCRIPTION"} {
			if v := unescape(t, e[name]); len(v) != 1 || v[0] == "" {
				t.Errorf("%s is %q", name, v)
			}
		}
		if c := unescape(t, e["CATEGORIES"]); len(c) != 3 {
			t.Errorf("categories %q", c)
		}
	}
	return events
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	out, err := time.Parse("20060102T150405Z", s)
	if err != nil {
		t.Error(err)
	}
	return out
}

func TestCalendarKeepsToTheRFC(t *testing.T) {
	for _, s := range []Site{site, some} {
		events := eventsOf(t, Calendar(&s, fixed(), nil))
		if len(events) != len(fixed()) {
			t.Fatalf("%d events, want %d", len(events), len(fixed()))
		}
		for i, r := range fixed() {
			if got := events[i]["STATUS"] == "CANCELLED"; got != r.Over() {
				t.Errorf("%s: cancelled %t", r.Last.Key, got)
			}
			if made := strings.HasPrefix(events[i]["SUMMARY"], "DEMO"); made != s.Demo {
				t.Errorf("a summary is %q", events[i]["SUMMARY"])
			}
		}
		if events := eventsOf(t, Calendar(&s, nil, nil)); len(events) != 0 {
			t.Errorf("of nothing there are %v", events)
		}
	}
}

// An event is told from the one before by its number alone, and cancelled by a higher one.
func TestSequenceRises(t *testing.T) {
	before := -1
	uid := ""
	for changes, phase := range []string{"emerging", "rising", "peaking", "fading", "over"} {
		r := rise("hashtag", "BookTok", "tiktok", phase, 0, changes)
		e := eventsOf(t, Calendar(&site, []Rise{r}, nil))[0]
		if uid == "" {
			uid = e["UID"]
		}
		if n := int(e["SEQUENCE"][0] - '0'); n <= before || e["UID"] != uid {
			t.Errorf("%s: number %d after %d, name %s", phase, n, before, e["UID"])
		} else {
			before = n
		}
	}
}

// Whatever a term is, the calendar is one and nothing is added to it.
func FuzzCalendar(f *testing.F) {
	for _, term := range hostile {
		f.Add("hashtag", term, "x", "rising")
		f.Add(term, "a", term, term)
	}
	f.Fuzz(func(t *testing.T, kind, term, platform, phase string) {
		r := rise(kind, term, platform, phase, 0, 1)
		events := eventsOf(t, Calendar(&some, []Rise{r}, map[string]string{platform: term}))
		if len(events) != 1 {
			t.Fatalf("%d events", len(events))
		}
		if c := unescape(t, events[0]["CATEGORIES"]); !slices.Equal(c, []string{clean(kind), clean(platform), clean(phase)}) {
			t.Errorf("categories are %q", c)
		}
	})
}

// Folding takes nothing away and divides no character.
func FuzzFold(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
		f.Add(strings.Repeat(s, 9))
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := "a\n" + clean(s)
		l := &lines{}
		l.text("SUMMARY", "a\n"+strings.ReplaceAll(s, "\n", ""))
		p := parseCalendar(t, []byte(l.b.String()))
		if len(p) != 1 || p[0].name != "SUMMARY" {
			t.Fatalf("got %+v", p)
		}
		if got := unescape(t, p[0].value); len(got) != 1 || got[0] != want {
			t.Errorf("%q came back as %q", want, got)
		}
	})
}
