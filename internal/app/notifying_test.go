package app

import (
	"log/slog"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/alert"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/store"
)

// An alert that could not be sent in time is not sent in quiet hours either, unless somebody at the sink does not rest.
func TestAlertsThatWaitedRespectQuietHours(t *testing.T) {
	s, err := store.Open(t.TempDir(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	now := time.Date(2026, 11, 27, 21, 0, 0, 0, time.UTC) // a Friday
	night := &alert.Recipient{Name: "ana", QuietFrom: 22 * 60, QuietTo: 7 * 60, Weekends: true, CrisisAnytime: true, Sinks: []string{"chat", "mail"}}
	always := &alert.Recipient{Name: "ben", Weekends: true, Sinks: []string{"mail"}}
	n, err := newNotifier(NotifyOptions{Recipients: []*alert.Recipient{night, always}}, s, false, func() time.Time { return now }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	told := []api.AlertTold{{Recipient: "ana", How: alert.HowSent}, {Recipient: "ben", How: alert.HowSent}}
	m := &message.Message{Kind: message.Alert, Alert: &api.Alert{Thread: "a", Severity: api.SeverityNotice, Told: told}}
	crisis := &message.Message{Kind: message.Alert, Alert: &api.Alert{Thread: "a", Severity: api.SeverityCrisis, Told: told}}
	wants := func(sink string, m *message.Message, want string) {
		t.Helper()
		if why := n.unwanted(sink, m); why != want {
			t.Errorf("%s at %s: %q, want %q", sink, now.Format("15:04"), why, want)
		}
	}
	wants("chat", m, "")
	now = now.Add(2 * time.Hour)
	wants("chat", m, "quiet hours")
	wants("chat", crisis, "")
	wants("mail", m, "") // ben is not asleep
	m.Alert.Told[1].How = alert.HowDigest
	wants("mail", m, "quiet hours")
	wants("mail", &message.Message{Kind: message.Digest}, "")
}
