package sink

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/sink/sinktest"
)

const (
	webhookSecret = "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
	otherSecret   = "whsec_AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
)

// The signature is the one that others compute.
func TestSignature(t *testing.T) {
	key, err := webhookKey(webhookSecret)
	if err != nil {
		t.Fatal(err)
	}
	if got := sign(key, "msg_1", "1763740800", []byte(`{"a":1}`)); got != "v1,boeE5KGcr6+jdBA72yaV+RQFutDVh9angS6HgLsV3AA=" {
		t.Error(got)
	}
	for _, bad := range []string{"", "secret", "whsec_", "whsec_%%%", "whsec_AQEB", "whsec_" + strings.Repeat("AQEB", 22)} {
		if _, err := webhookKey(bad); err == nil || bad != "" && len(bad) > 7 && strings.Contains(err.Error(), bad[6:]) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func hook(t testing.TB, secrets, has string, d Deps) (*sinktest.Service, Sink) {
	t.Helper()
	service := sinktest.NewWebhook(has, now)
	d.Env = environment("URL", fake(t, service)+"/hooks/hooksecrethooksecret", "SECRET", secrets)
	return service, newSink(t, Config{Kind: Webhook, URL: "$URL", Secret: "$SECRET", Private: true}, d)
}

// Every kind of message arrives, signed, under its ID.
func TestWebhook(t *testing.T) {
	service, s := hook(t, webhookSecret, webhookSecret, Deps{})
	if !s.Recognises() || !s.Follows() {
		t.Error("it neither recognises nor follows")
	}
	for name, m := range messages() {
		service.Reset()
		mustSend(t, s, m)
		got := service.Got()[0]
		if id := got.Header.Get("webhook-id"); id != m.ID {
			t.Errorf("the ID is %q", id)
		}
		golden(t, "webhook/"+name+".json", indented(t, got.Body))
	}
}

// While a secret is replaced, receivers with the old and with the new one can both know who sent it.
func TestSecretsRotate(t *testing.T) {
	for _, has := range []string{webhookSecret, otherSecret} {
		service, s := hook(t, webhookSecret+" "+otherSecret, has, Deps{})
		mustSend(t, s, alertMessage())
		if n := len(service.Got()); n != 1 {
			t.Errorf("%d", n)
		}
	}
	_, s := hook(t, otherSecret, webhookSecret, Deps{})
	if e := send(t, s, alertMessage()); e == nil || e.Permanent {
		t.Errorf("a receiver without the secret: %+v", e) // it may get it
	}
	for _, c := range []struct {
		answer         sinktest.Answer
		permanent, off bool
	}{
		{sinktest.Answer{Status: 410}, true, true}, {sinktest.Answer{Status: 404}, false, false}, {sinktest.Answer{Status: 400}, true, false},
		{sinktest.Answer{Status: 301}, true, false}, {sinktest.Answer{Status: 503}, false, false},
	} {
		service, s := hook(t, webhookSecret, webhookSecret, Deps{})
		service.Next(c.answer)
		if e := send(t, s, alertMessage()); e == nil || e.Permanent != c.permanent || e.Off != c.off {
			t.Errorf("%+v: %+v", c.answer, e)
		}
	}
}

// What is too long is made shorter, names what is missing, and leaves the message as it was.
func TestLongEvents(t *testing.T) {
	m := crisisMessage()
	for range 20 {
		m.Alert.Platforms = append(m.Alert.Platforms, m.Alert.Platforms[0])
	}
	for range 200 {
		m.Alert.Company = append(m.Alert.Company, api.Related{Kind: "hashtag", Key: "k", Term: strings.Repeat("x", 100)})
	}
	d := digestMessage(api.AudienceResearcher)
	for range 100 {
		d.Digest.New = append(d.Digest.New, api.DigestTrend{Term: "#t", Hours: make([]uint32, 72), Why: strings.Repeat("w", 300)})
	}
	for range 3 {
		d.Digest.Alerts = append(d.Digest.Alerts, *m.Alert)
	}
	for name, m := range map[string]*message.Message{"alert": m, "digest": d, "hostile": spoiled(alertMessage(), strings.Repeat("\x01", 10_000))} {
		before, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		service, s := hook(t, webhookSecret, webhookSecret, Deps{})
		mustSend(t, s, m)
		body := service.Got()[0].Body
		var e Event
		if err := json.Unmarshal(body, &e); err != nil || len(body) > maxWebhook || len(e.Data.LeftOut) == 0 || e.Data.URL == "" {
			t.Errorf("%s: %d bytes, left out %q, URL %q: %v", name, len(body), e.Data.LeftOut, e.Data.URL, err)
		}
		if after, err := json.Marshal(m); err != nil || string(after) != string(before) {
			t.Errorf("%s was changed", name)
		}
	}
}

func TestHostileTextsInWebhooks(t *testing.T) {
	service, s := hook(t, webhookSecret, webhookSecret, Deps{})
	for _, text := range hostile {
		service.Reset()
		mustSend(t, s, spoiled(crisisMessage(), text))
		if len(text) > 1000 {
			continue // made shorter
		}
		var e Event
		if err := json.Unmarshal(service.Got()[0].Body, &e); err != nil || e.Data.Alert.Term != strings.ToValidUTF8(text, "\ufffd\ufffd") && e.Data.Alert.Term != text {
			t.Errorf("%q arrives as %q: %v", text, e.Data.Alert.Term, err)
		}
	}
}

// A date that a receiver asks for is bounded, and one that is past is none.
func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "-5": 0, "NaN": 0, "1e300": longestRetry, "120": 120*time.Second + time.Millisecond, "soon": 0,
		"Sat, 21 Nov 2026 09:00:00 GMT": 0, "Sat, 21 Nov 2026 09:30:10 GMT": 10 * time.Second, "Sat, 21 Nov 2099 09:30:10 GMT": longestRetry,
	} {
		if got := retryAfter(map[string][]string{"Retry-After": {value}}, now()); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}
