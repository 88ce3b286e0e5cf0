package app

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/internal/alert"
	"github.com/swell-radar/swell/internal/config"
	"github.com/swell-radar/swell/internal/digest"
)

const fileSink = "[sinks.files]\nkind = \"file\"\ndir = \"out\"\nformat = \"txt\"\n"

func notify(t *testing.T, text string) (NotifyOptions, error) {
	t.Helper()
	c, err := config.Parse("swell.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return NotifyOf(c, SinkOptions{Version: "test"})
}

func TestNotifyOf(t *testing.T) {
	n, err := notify(t, `
[serve]
public_url = "https://radar.example/"
`+fileSink+`
[recipients.ana]
zone = "Asia/Kathmandu"
quiet = "22:00-07:30"
weekends = false
alerts_per_hour = 0
sinks = ["files"]
[digests.team]
at = "08:00"
sinks = ["files"]
week = "Monday"
`)
	if err != nil {
		t.Fatal(err)
	}
	zone, _ := time.LoadLocation("Asia/Kathmandu")
	same := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
	who := []*alert.Recipient{{Name: "ana", Zone: zone, QuietFrom: 22 * 60, QuietTo: 7*60 + 30, PerDay: alertsPerDay, Sinks: []string{"files"}}}
	if d := cmp.Diff(who, n.Recipients, same); d != "" {
		t.Error(d)
	}
	monday := time.Monday
	daily := []DailyDigest{{Name: "team", Schedule: digest.Schedule{Minute: 480, Zone: time.UTC}, Audience: "manager", Sinks: []string{"files"}, Week: &monday}}
	if d := cmp.Diff(daily, n.Digests, same); d != "" {
		t.Error(d)
	}
	if n.Base != "https://radar.example" || n.Sinks == nil {
		t.Errorf("%+v", n)
	}
}

// Each fault names its section, its key and the way out.
func TestNotifyFaults(t *testing.T) {
	for text, want := range map[string]string{
		"[recipients.Ana]\nsinks = [\"files\"]\n":                                         "[recipients.Ana] the name has up to 40",
		"[recipients.ana]\n":                                                              "[recipients.ana] sinks is missing; name some of files",
		"[recipients.ana]\nsinks = [\"chat\"]\n":                                          `[recipients.ana] sinks has "chat", and there is no [sinks.chat]; there are files`,
		"[recipients.ana]\nsinks = [\"files\", \"files\"]\n":                              `[recipients.ana] sinks has "files" twice`,
		"[recipients.ana]\nsinks = [\"files\"]\nzone = \"Mars\"\n":                        `[recipients.ana] zone is "Mars"; use an IANA name`,
		"[recipients.ana]\nsinks = [\"files\"]\nquiet = \"at night\"\n":                   `[recipients.ana] quiet is "at night"; use two hours`,
		"[recipients.ana]\nsinks = [\"files\"]\nquiet = \"22:00-7:00\"\n":                 `[recipients.ana] quiet is "7:00"; use an hour`,
		"[recipients.ana]\nsinks = [\"files\"]\nalerts_per_day = -1\n":                    "[recipients.ana] alerts_per_day is -1; use 1 to 10000, or 0",
		"[recipients.ana]\nsinks = [\"files\"]\nrules = [\"a b\"]\n":                      `[recipients.ana] rules has "a b"`,
		"[digests.team]\nsinks = [\"files\"]\n":                                           `[digests.team] at is ""; use an hour, as in 08:00`,
		"[digests.team]\nat = \"24:00\"\nsinks = [\"files\"]\n":                           `[digests.team] at is "24:00"`,
		"[digests.team]\nat = \"08:00\"\nsinks = [\"files\"]\naudience = \"everybody\"\n": `[digests.team] audience is "everybody"; use manager, stakeholder or researcher`,
		"[digests.team]\nat = \"08:00\"\nsinks = [\"files\"]\nweek = \"yes\"\n":           `[digests.team] week is "yes"; use a day of the week`,
		"[serve]\npublic_url = \"radar.example\"\n":                                       "[serve] public_url is no address",
		"[serve]\npublic_url = \"https://a:secret@radar.example\"\n":                      "[serve] public_url is no address",
	} {
		_, err := notify(t, fileSink+text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngives %v, want %q in it", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("a secret is told: %v", err)
		}
	}
}

// Names of platforms and lists are kept in small letters, and what can be none is refused at the start.
func TestDigestNames(t *testing.T) {
	const morning = fileSink + "[digests.team]\nat = \"08:00\"\nsinks = [\"files\"]\n"
	n, err := notify(t, morning+`platforms = ["TikTok"]`+"\n"+`watches = ["Cola"]`)
	if err != nil || n.Digests[0].Platforms[0] != "tiktok" || n.Digests[0].Watches[0] != "cola" {
		t.Errorf("got %+v, %v", n.Digests, err)
	}
	if _, err := notify(t, morning+`platforms = ["tik tok"]`); err == nil || !strings.Contains(err.Error(), `platforms has "tik tok"`) {
		t.Errorf("got %v", err)
	}
}
