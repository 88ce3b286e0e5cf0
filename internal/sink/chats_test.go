package sink

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/sink/sinktest"
)

const (
	slackPath   = "/services/T00000000/B00000000/slacksecretslacksecret"
	discordPath = "/api/webhooks/123456789012345678/discordsecretdiscordsecret"
	teamsPath   = "/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers&sv=1.0&sig=teamssecretteamssecret"
	zoomPath    = "/chat/webhooks/incomingwebhook/zoomsecretzoomsecret"
	zoomToken   = "zoomtokenzoomtoken"
)

// chat is a service with a webhook, and a sink that sends to it.
type chat struct {
	kind    string
	service *sinktest.Service
	sink    Sink
}

func chats(t testing.TB, d Deps) []chat {
	t.Helper()
	all := []struct {
		kind, path string
		service    *sinktest.Service
	}{
		{Slack, slackPath, sinktest.NewSlack()}, {Discord, discordPath, sinktest.NewDiscord()}, {Teams, teamsPath, sinktest.NewTeams()},
		{Zoom, zoomPath, sinktest.NewZoom(zoomToken)},
	}
	out := make([]chat, len(all))
	for i, c := range all {
		d.Env = environment("URL", fake(t, c.service)+c.path, "TOKEN", zoomToken)
		config := Config{Kind: c.kind, URL: "$URL", Private: true}
		if c.kind == Zoom {
			config.Token = "$TOKEN"
		}
		out[i] = chat{c.kind, c.service, newSink(t, config, d)}
	}
	return out
}

// What chats are sent, they take, and it is what the golden files show.
func TestChatsAreSent(t *testing.T) {
	for _, c := range chats(t, Deps{Version: "1.2"}) {
		for name, m := range messages() {
			if m.Kind == message.Change || m.Kind == message.Over {
				if e := send(t, c.sink, m); e == nil || !e.Permanent {
					t.Errorf("%s takes %s: %v", c.kind, name, e)
				}
				continue
			}
			c.service.Reset()
			mustSend(t, c.sink, m)
			got := c.service.Got()
			if len(got) != 1 {
				t.Fatalf("%s got %d messages", c.kind, len(got))
			}
			if agent := got[0].Header.Get("User-Agent"); agent != "Swell/1.2" {
				t.Errorf("the agent is %q", agent)
			}
			golden(t, c.kind+"/"+name+".json", indented(t, got[0].Body))
		}
		if c.sink.Follows() || c.sink.Recognises() {
			t.Errorf("%s follows or recognises", c.kind)
		}
	}
}

// What services answer means what they say it means.
func TestChatsRefuse(t *testing.T) {
	type want struct {
		permanent, off, doubt bool
		after                 time.Duration
		reason                string
	}
	for _, c := range []struct {
		kind   string
		answer sinktest.Answer
		want   want
	}{
		{Slack, sinktest.Answer{Status: 400, Body: "invalid_payload"}, want{permanent: true, reason: "Slack answered 400 Bad Request (invalid_payload)"}},
		{Slack, sinktest.Answer{Status: 403, Body: "invalid_token"}, want{permanent: true, off: true, reason: "make a new one"}},
		{Slack, sinktest.Answer{Status: 404, Body: "no_service"}, want{permanent: true, off: true}},
		{Slack, sinktest.Answer{Status: 404, Body: "channel_not_found"}, want{permanent: true}},
		{Slack, sinktest.Answer{Status: 410, Body: "channel_is_archived"}, want{permanent: true, off: true}},
		{Slack, sinktest.Answer{Status: 429, Header: map[string]string{"Retry-After": "30"}}, want{after: 30*time.Second + time.Millisecond}},
		{Slack, sinktest.Answer{Status: 503, Header: map[string]string{"Retry-After": "Sat, 21 Nov 2026 09:31:00 GMT", "Date": "Sat, 21 Nov 2026 09:30:00 GMT"}},
			want{after: time.Minute}},
		{Slack, sinktest.Answer{Status: 500}, want{}},
		{Slack, sinktest.Answer{Status: 502}, want{doubt: true}},
		{Slack, sinktest.Answer{Status: 504}, want{doubt: true}},
		{Slack, sinktest.Answer{Status: 408}, want{}},
		{Slack, sinktest.Answer{Abort: true}, want{doubt: true, reason: "Slack was not reached"}},
		{Slack, sinktest.Answer{Abort: true, Take: true}, want{doubt: true}},
		{Slack, sinktest.Answer{Status: 307, Header: map[string]string{"Location": "http://127.0.0.1:1/"}}, want{permanent: true, reason: "redirects are not followed"}},
		{Discord, sinktest.DiscordLimited(64.57), want{after: 65*time.Second + time.Millisecond, reason: "fewer messages"}},
		{Discord, sinktest.Answer{Status: 429, Body: `{"retry_after": 1.5}`}, want{after: 1501 * time.Millisecond}},
		{Discord, sinktest.Answer{Status: 429, Body: "<html>banned</html>", Header: map[string]string{"Retry-After": "9"}}, want{after: 9*time.Second + time.Millisecond}},
		{Discord, sinktest.Answer{Status: 404, Body: `{"message": "Unknown Webhook", "code": 10015}`}, want{permanent: true, off: true}},
		{Discord, sinktest.Answer{Status: 401, Body: `{"message": "Invalid Webhook Token", "code": 50027}`}, want{permanent: true, off: true}},
		{Discord, sinktest.Answer{Status: 400, Body: `{"message": "Invalid Form Body", "code": 50035}`}, want{permanent: true}},
		{Teams, sinktest.Answer{Status: 404, Body: `{"error":{"code":"WorkflowNotFound"}}`}, want{permanent: true, off: true}},
		{Teams, sinktest.Answer{Status: 400, Body: `{"error":{"code":"WorkflowTriggerIsNotEnabled"}}`}, want{permanent: true, off: true, reason: "turn it on"}},
		{Teams, sinktest.Answer{Status: 401, Body: `{"error":{"code":"DirectApiAuthorizationRequired"}}`}, want{permanent: true, reason: "copied whole"}},
		{Teams, sinktest.Answer{Status: 429, Header: map[string]string{"Retry-After": "7"}}, want{after: 7*time.Second + time.Millisecond}},
		{Zoom, sinktest.Answer{Status: 401}, want{permanent: true, reason: "verification token"}},
		{Zoom, sinktest.Answer{Status: 404}, want{permanent: true, off: true}},
	} {
		for _, to := range chats(t, Deps{}) {
			if to.kind != c.kind {
				continue
			}
			to.service.Next(c.answer)
			e := send(t, to.sink, alertMessage())
			if e == nil {
				t.Errorf("%s takes %+v for success", c.kind, c.answer)
				continue
			}
			got := want{e.Permanent, e.Off, e.Doubt, e.After, e.Reason}
			if !strings.Contains(got.reason, c.want.reason) {
				t.Errorf("%s, %+v: the reason is %q, want %q in it", c.kind, c.answer, got.reason, c.want.reason)
			}
			got.reason, c.want.reason = "", ""
			if got != c.want {
				t.Errorf("%s, %+v: %+v, want %+v", c.kind, c.answer, got, c.want)
			}
		}
	}
}

// A message in doubt says so; an answer that takes too long is one.
func TestTimeout(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	url := fake(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	s := newSink(t, Config{Kind: Slack, URL: "$URL", Private: true}, Deps{Env: environment("URL", url+slackPath), Timeout: 50 * time.Millisecond})
	e := send(t, s, alertMessage())
	if e == nil || !e.Doubt || e.Permanent || !strings.Contains(e.Reason, "no answer within 50ms") {
		t.Errorf("%+v", e)
	}
}

// What was refused before it was sent is not in doubt.
func TestNobodyListens(t *testing.T) {
	s := newSink(t, Config{Kind: Slack, URL: "$URL", Private: true}, Deps{Env: environment("URL", "http://127.0.0.1:1"+slackPath)})
	if e := send(t, s, alertMessage()); e == nil || e.Doubt || e.Permanent || !strings.Contains(e.Reason, "refused") {
		t.Errorf("%+v", e)
	}
}

// texts returns all strings of a JSON value that are shown to somebody, by the keys under which services show them.
func texts(t testing.TB, body []byte) []string {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	var out []string
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				walk(k, x)
			}
		case []any:
			for _, x := range v {
				walk(key, x)
			}
		case string:
			if slices.Contains([]string{"text", "title", "description", "name", "desc"}, key) {
				out = append(out, v)
			}
		}
	}
	walk("", v)
	return out
}

// Links lead to the digest that was sent, not to that of another zone, and not to one of everything.
func TestDigestAddress(t *testing.T) {
	m := &message.Message{Kind: message.Digest, Audience: api.AudienceManager, Platforms: []string{"tiktok", "x"}, Watches: []string{"cola"},
		Base: "http://swell.example", Digest: &api.Digest{Date: "2026-11-21", Zone: "Europe/Berlin", Week: &api.DigestWeek{}}}
	const same = "platform=tiktok%2Cx&watch=cola&week=1&zone=Europe%2FBerlin"
	if got, want := eventOf(m).Data.URL, "http://swell.example/api/v1/digests/2026-11-21?"+same; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	links := standard.noteOf(m).Links
	if want := "http://swell.example/api/v1/digests/2026-11-21?audience=manager&format=html&" + same; len(links) != 1 || links[0].URL != want {
		t.Errorf("got %v, want %s", links, want)
	}
}

// Slack says ok when it has a message. A page that answers in its place does not.
func TestSlackSaysOK(t *testing.T) {
	answer := "<html>Log in to the network</html>"
	url := fake(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answer)) }))
	s := newSink(t, Config{Kind: Slack, URL: "$URL", Private: true}, Deps{Env: environment("URL", url+slackPath)})
	if e := send(t, s, alertMessage()); e == nil || e.Permanent || e.Off || !e.Doubt {
		t.Errorf("a page: %+v", e)
	}
	answer = "ok\n"
	mustSend(t, s, alertMessage())
}
