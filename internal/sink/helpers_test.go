package sink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/digest"
	"github.com/swell-radar/swell/internal/message"
)

var update = flag.Bool("update", false, "write the golden files anew")

// now is the time in all tests.
func now() time.Time { return time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC) }

const testBase = "http://127.0.0.1:7310"

// alertMessage is an alert with everything in it.
func alertMessage() *message.Message {
	by := now().Add(4 * time.Hour)
	hours := make([]uint32, 72)
	for i := range hours {
		hours[i] = uint32(i * i)
	}
	return &message.Message{
		ID: "a-20261121-0001-x", Kind: message.Alert, Made: now(), Base: testBase, Zone: "Europe/Berlin",
		Alert: &api.Alert{
			ID: "20261121-0001", Rule: "rising", Severity: api.SeverityWarning, TS: now().Add(-10 * time.Minute), Thread: "hashtag:booktok", Kind: "hashtag",
			Key: "booktok", Term: "#BookTok", Watches: []string{"brands"}, Phase: "rising", Title: "#BookTok rises on Bluesky: 4.1 times as many posts as expected",
			Reasons: []string{"412 posts in the last hour, 100 were expected.", "2,311 people in 24 hours."}, Advice: "Post today, and reply to the largest threads.", ActBy: &by,
			Platforms: []api.AlertPlatform{
				{Platform: "bluesky", Phase: "rising", Confidence: 0.82, HoursLeft: &api.Range{Low: 6, Mid: 9, High: 14}, RatePerH: 412, ExpectedPerH: 100, Hours: hours},
				{Platform: "mastodon", Confidence: api.Unknown, RatePerH: 12, ExpectedPerH: 10},
			},
			Words: []api.AlertWord{}, Company: []api.Related{{Kind: "hashtag", Key: "romantasy", Term: "#romantasy", Both: 210}}, State: api.AlertOpen,
			Told: []api.AlertTold{},
		},
	}
}

// crisisMessage is an alert on the mentions of a brand.
func crisisMessage() *message.Message {
	m := alertMessage()
	m.ID = "a-20261121-0002-x"
	a := m.Alert
	a.ID, a.Rule, a.Severity, a.Kind, a.Key, a.Term = "20261121-0002", "crisis", api.SeverityCrisis, "watch", "acme", "Acme"
	a.Thread, a.Phase = "watch:acme", ""
	a.Title = "Acme: 40 times as many mentions as usual"
	a.Words = []api.AlertWord{{Word: "recall", Posts: 311}, {Word: "glass", Posts: 120}}
	a.Company = []api.Related{{Kind: "link", Key: "https://news.example/recall", Term: "news.example/recall", Both: 88}, {Kind: "hashtag", Key: "acmerecall", Term: "#AcmeRecall", Both: 1}}
	return m
}

func changeMessage() *message.Message {
	m := alertMessage()
	m.ID, m.Kind = "c-20261121-0001-x", message.Change
	m.Alert.Phase, m.Alert.Title = "peaking", "#BookTok is about to peak on Bluesky"
	return m
}

func overMessage() *message.Message {
	m := alertMessage()
	m.ID, m.Kind = "o-20261121-0001-x", message.Over
	m.Alert.Title, m.Alert.State = "#BookTok is over", api.AlertOver
	return m
}

func digestMessage(audience string) *message.Message {
	end := now()
	return &message.Message{
		ID: "d-20261120-" + audience, Kind: message.Digest, Made: now(), Base: testBase, Zone: "Europe/Berlin", Audience: audience, Name: "daily",
		Digest: &api.Digest{Date: "2026-11-20", Zone: "Europe/Berlin", AsOf: &end, Headline: "3 trends are new, 1 is about to peak."},
	}
}

func testMessage() *message.Message {
	return &message.Message{ID: "t-1", Kind: message.Test, Made: now(), Base: testBase, Zone: "Europe/Berlin", Demo: true}
}

// messages are one of each, by name.
func messages() map[string]*message.Message {
	return map[string]*message.Message{
		"alert": alertMessage(), "crisis": crisisMessage(), "change": changeMessage(), "over": overMessage(), "test": testMessage(),
		"digest-manager": digestMessage(api.AudienceManager), "digest-stakeholder": digestMessage(api.AudienceStakeholder),
		"digest-researcher": digestMessage(api.AudienceResearcher),
	}
}

// madeUp writes digests whose texts are known here.
func madeUp() *writer {
	return &writer{
		render: func(d *api.Digest, s digest.Style) (*digest.Document, error) {
			out := &digest.Document{Type: s.Format, Body: []byte("<p>" + d.Headline + " for the " + s.Audience + "</p>")}
			if s.Attached {
				out.Body = append(out.Body, `<img src="cid:spark-1.png" alt="rises">`...)
				out.Images = []digest.Image{{Name: "spark-1.png", Alt: "rises", PNG: []byte("\x89PNG\r\n\x1a\nnot really")}}
			}
			return out, nil
		},
		brief: func(d *api.Digest, s digest.Style) digest.Brief {
			return digest.Brief{
				Title: "Trends of Friday, November 20, for the " + s.Audience, Headline: d.Headline,
				Sections: []digest.Section{
					{Heading: "What to do", Lines: []digest.Line{{Bold: "#BookTok", Text: "post before 15:00", Link: s.Base + "/api/v1/terms/hashtag/booktok"}}},
					{Heading: "New", Lines: []digest.Line{{Bold: "#a_b_c", Text: "4.1 times as expected"}, {Text: "and one more"}}},
				},
				Footer: "Seen: 98% of the day.",
			}
		},
	}
}

// environment is a set of variables.
func environment(pairs ...string) func(string) (string, bool) {
	all := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	return func(name string) (string, bool) {
		v, ok := all[name]
		return v, ok
	}
}

// fake serves a service on this machine and returns its address.
func fake(t testing.TB, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func newSink(t testing.TB, c Config, d Deps) Sink {
	t.Helper()
	if d.Now == nil {
		d.Now = now
	}
	if d.digests == nil {
		d.digests = madeUp()
	}
	s, err := New("test", c, d)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// send sends and returns the error, which has to be one of this package.
func send(t testing.TB, s Sink, m *message.Message) *Error {
	t.Helper()
	err := s.Send(context.Background(), m)
	if err == nil {
		return nil
	}
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%T is no *Error: %v", err, err)
	}
	return e
}

func mustSend(t testing.TB, s Sink, m *message.Message) {
	t.Helper()
	if e := send(t, s, m); e != nil {
		t.Fatalf("%+v", e)
	}
}

// golden holds a text against a file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got, go test -update writes it):\n%s", path, d)
	}
}

func indented(t *testing.T, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, body, "", "  "); err != nil {
		t.Fatal(err)
	}
	return append(b.Bytes(), '\n')
}
