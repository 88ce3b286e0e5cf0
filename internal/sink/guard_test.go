package sink

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/sink/sinktest"
)

func TestPublic(t *testing.T) {
	for a, want := range map[string]bool{
		"1.1.1.1": true, "2606:4700::1111": true, "127.0.0.1": false, "127.8.9.1": false, "::1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false,
		"169.254.169.254": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false, "100.100.100.200": false, "0.0.0.0": false, "0.1.2.3": false, "::": false,
		"224.0.0.1": false, "ff02::1": false, "255.255.255.255": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::127.0.0.1": false,
		"64:ff9b::7f00:1": false, "2002:7f00:1::": false, "192.0.0.192": false, "198.18.0.1": false,
	} {
		if got := public(netip.MustParseAddr(a)); got != want {
			t.Errorf("%s: %t", a, got)
		}
	}
}

// Without leave no address of this machine is connected to, by whatever name it is called.
func TestGuard(t *testing.T) {
	asked := false
	url := fake(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	port := url[strings.LastIndexByte(url, ':'):]
	for _, host := range []string{"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254", "10.0.0.1"} { // known before anything is sent
		for _, c := range []Config{{Kind: Slack, URL: "$URL"}, {Kind: Email, Server: host + ":25", From: "a@example.org", To: []string{"b@example.org"}}} {
			_, err := New("x", c, Deps{Env: environment("URL", "https://"+host+slackPath)})
			if err == nil || !strings.Contains(err.Error(), "private = true") || strings.Contains(err.Error(), slackPath) {
				t.Errorf("%s by %s: %v", host, c.Kind, err)
			}
		}
	}
	for _, host := range []string{"localhost"} {
		s := newSink(t, Config{Kind: Slack, URL: "$URL"}, Deps{Env: environment("URL", "https://"+host+port+slackPath), Timeout: 5 * time.Second})
		if e := send(t, s, alertMessage()); e == nil || !e.Permanent || e.Doubt || !strings.Contains(e.Reason, "private = true") {
			t.Errorf("%s: %+v", host, e)
		}
	}
	mail := Config{Kind: Email, Server: "localhost:25", TLS: "none", From: "a@example.org", To: []string{"b@example.org"}}
	if _, err := New("x", mail, Deps{}); err == nil || !strings.Contains(err.Error(), "private = true") {
		t.Errorf("mail without TLS and leave: %v", err)
	}
	mail.Private = true
	newSink(t, mail, Deps{})
	if asked {
		t.Error("it was asked")
	}
	for _, value := range []string{"http://hooks.example" + slackPath, "ftp://hooks.example/secretsecret", "hooks.example/secretsecret", "https://u:secretsecret@hooks.example/", "https:///secretsecret", "https://a b/secretsecret", "https://%zz/secretsecret"} {
		_, err := New("x", Config{Kind: Slack, URL: "$URL"}, Deps{Env: environment("URL", value)})
		if err == nil || strings.Contains(err.Error(), "secret/") || strings.Contains(err.Error(), "secretsecret") || !strings.Contains(err.Error(), "$URL") {
			t.Errorf("%q: %v", value, err)
		}
	}
}

// A redirect is not followed, though the guard would let it.
func TestRedirect(t *testing.T) {
	followed := false
	elsewhere := fake(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	for _, status := range []string{"301", "302", "303", "307", "308"} {
		url := fake(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", elsewhere)
			var code int
			_, _ = fmt.Sscan(status, &code)
			w.WriteHeader(code)
		}))
		s := newSink(t, Config{Kind: Slack, URL: "$URL", Private: true}, Deps{Env: environment("URL", url+slackPath)})
		if e := send(t, s, alertMessage()); e == nil || !e.Permanent {
			t.Errorf("%s: %+v", status, e)
		}
	}
	if followed {
		t.Error("it was followed")
	}
}

// References to secrets: what is right is taken, what is wrong says what to write.
func TestReferences(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "secret")
	write := func(mode os.FileMode, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	deps := Deps{Env: environment("URL", "https://hooks.example/x", "EMPTY", "", "LINES", "a\nb"), Log: slog.New(slog.NewTextHandler(&log, nil))}
	for _, end := range []string{"", "\n", "\r\n", "\n\n"} {
		write(0o600, "https://hooks.example/from-file"+end)
		s, err := New("x", Config{Kind: Slack, URL: "file:" + path}, deps)
		if err != nil || s.(*slack).url.whole.reveal() != "https://hooks.example/from-file" {
			t.Errorf("%q: %v", end, err)
		}
	}
	if log.Len() > 0 {
		t.Errorf("a file for nobody else is warned of: %s", &log)
	}
	write(0o644, "https://hooks.example/from-file")
	if _, err := New("x", Config{Kind: Slack, URL: "file:" + path}, deps); err != nil || !strings.Contains(log.String(), "chmod 600") || strings.Contains(log.String(), "from-file") {
		t.Errorf("%v, logged %q", err, &log)
	}
	write(0o600, strings.Repeat("x", maxSecret+1))
	for reference, want := range map[string]string{
		"https://hooks.example/literal": "write $NAME", "$": "no name of a variable", "$9": "no name of a variable", "$a-literal-secret": "no name of a variable",
		"$NONE": "no variable NONE", "$EMPTY": "is empty", "$LINES": "several lines", "file:": "no path", "file:" + dir: "is no file", "file:" + dir + "/none": "cannot read",
		"file:" + path: "longer than",
	} {
		_, err := New("x", Config{Kind: Slack, URL: reference}, deps)
		if err == nil || !strings.HasPrefix(err.Error(), "url: ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "literal") {
			t.Errorf("%q: %v", reference, err)
		}
	}
	for want, c := range map[string]Config{
		`kind = "fax"`: {Kind: "fax"}, "url is missing": {Kind: Slack}, "token has no meaning": {Kind: Slack, URL: "$URL", Token: "$URL"}, "dir is missing": {Kind: File},
		"token is missing": {Kind: Zoom, URL: "$URL"}, "private has no meaning": {Kind: File, Dir: dir, Private: true},
	} {
		if _, err := New("x", c, deps); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q in it", err, want)
		}
	}
}

// Secrets are nowhere: not in errors of any kind, not in the log, not in a sink however it is printed.
func TestSecretsAreHidden(t *testing.T) {
	hiding := []string{"slacksecretslacksecret", "discordsecretdiscordsecret", "teamssecretteamssecret", "zoomsecretzoomsecret", zoomToken, trelloKey, trelloToken,
		"hooksecrethooksecret", "AQEBAQEBAQEB", strings.Repeat("\x01", 24), "mailsecretmailsecret"}
	var log bytes.Buffer
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest) // as a service that repeats what it was sent
		_, _ = fmt.Fprintf(w, "%s %v", r.URL, r.Header)
	})
	abort := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	for _, h := range []http.Handler{echo, abort, nil} {
		url := "http://127.0.0.1:1"
		if h != nil {
			url = fake(t, h)
		}
		env := environment("SLACK", url+slackPath, "DISCORD", url+discordPath, "TEAMS", url+teamsPath, "ZOOM", url+zoomPath, "TOKEN", zoomToken, "TRELLO", url, "KEY", trelloKey,
			"TTOKEN", trelloToken, "HOOK", url+"/hooks/hooksecrethooksecret", "SECRET", webhookSecret, "PASSWORD", "mailsecretmailsecret")
		mailConfig := mailConfig("127.0.0.1:1")
		mailConfig.TLS, mailConfig.User, mailConfig.Password = "", "swell", "$PASSWORD"
		for _, c := range []Config{
			{Kind: Slack, URL: "$SLACK", Private: true}, {Kind: Discord, URL: "$DISCORD", Private: true}, {Kind: Teams, URL: "$TEAMS", Private: true},
			{Kind: Zoom, URL: "$ZOOM", Token: "$TOKEN", Private: true}, {Kind: Trello, URL: "$TRELLO", Key: "$KEY", Token: "$TTOKEN", List: trelloList, Private: true},
			{Kind: Webhook, URL: "$HOOK", Secret: "$SECRET", Private: true}, mailConfig,
		} {
			s := newSink(t, c, Deps{Env: env, Log: slog.New(slog.NewJSONHandler(&log, nil))})
			err := s.Send(context.Background(), alertMessage())
			if err == nil {
				t.Fatalf("%s was sent", c.Kind)
			}
			slog.New(slog.NewTextHandler(&log, nil)).Info("sink", "sink", s, "error", err)
			shown := fmt.Sprintf("%v %+v %#v %v %+v %#v %s", s, s, s, err, err, err, &log)
			switch of := s.(type) {
			case *slack:
				shown += fmt.Sprintf("%v %+v %#v %s %+v", of.url, of.url, of.url.whole, of.url.whole, *of)
			case *trello:
				shown += fmt.Sprintf("%v %+v %#v", of.auth, *of, *of)
			}
			for _, secret := range hiding {
				if i := strings.Index(shown, secret); i >= 0 {
					t.Errorf("%s: %q is shown in %q", c.Kind, secret, shown[max(0, i-200):min(len(shown), i+100)])
				}
			}
		}
	}
}

// Nothing of the fakes is so lenient that a wrong message is taken.
func TestFakesRefuse(t *testing.T) {
	long := strings.Repeat("x", 30_000)
	for _, c := range []struct {
		service *sinktest.Service
		path    string
		bodies  []string
	}{
		{sinktest.NewSlack(), slackPath, []string{"", "{}", `{"text":"x","colour":1}`, `{"blocks":[{"type":"header","text":{"type":"plain_text","text":"` + long[:151] + `"}}]}`,
			`{"blocks":[{"type":"rich_text","elements":[]}]}`, `{"blocks":[` + strings.TrimSuffix(strings.Repeat(`{"type":"header","text":{"type":"plain_text","text":"x"}},`, 51), ",") + `]}`,
			`{"blocks":[` + strings.TrimSuffix(strings.Repeat(`{"type":"section","text":{"type":"mrkdwn","text":"`+long[:2900]+`"}},`, 5), ",") + `]}`}},
		{sinktest.NewDiscord(), discordPath + "?wait=true", []string{"", "{}", `{"content":"@everyone"}`, `{"content":"` + long[:2001] + `","allowed_mentions":{"parse":[]}}`,
			`{"embeds":[{"title":"` + long[:257] + `"}],"allowed_mentions":{"parse":[]}}`}},
		{sinktest.NewTeams(), teamsPath, []string{"", "{}", `{"type":"message","attachments":[]}`, `{"@type":"MessageCard"}`, `"` + long + `"`}},
		{sinktest.NewZoom(""), zoomPath + "?format=full", []string{"", "{}", `"hello"`, `{"content":{"head":{"text":""}}}`, `{"content":{"head":{"text":"` + long[:4097] + `"}}}`}},
		{sinktest.NewWebhook(webhookSecret, now), "/", []string{"", "{}"}},
	} {
		url := fake(t, c.service)
		for _, body := range c.bodies {
			answer, err := http.Post(url+c.path, "application/json", strings.NewReader(body)) //nolint:noctx // the server is in this process
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode < 400 {
				t.Errorf("%s takes %.100s", c.path, body)
			}
		}
	}
}
