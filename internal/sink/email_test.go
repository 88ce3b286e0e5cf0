package sink

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/sink/sinktest"
)

func mailConfig(server string) Config {
	return Config{Kind: Email, Server: server, TLS: "none", From: "Swell <swell@example.org>", To: []string{"a@example.org", "B <b@example.org>"}, Private: true}
}

// part is one of a mail, decoded.
type mailPart struct {
	kind, id, text string
}

// parts returns the parts of a mail, whatever they are within.
func mailParts(t *testing.T, data []byte) []mailPart {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var out []mailPart
	var walk func(kind, encoding, id string, r io.Reader)
	walk = func(kind, encoding, id string, r io.Reader) {
		media, params, err := mime.ParseMediaType(kind)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(media, "multipart/") {
			out = append(out, mailPart{kind: media})
			for parts := multipart.NewReader(r, params["boundary"]); ; {
				p, err := parts.NextRawPart()
				if err == io.EOF {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				walk(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Id"), p)
			}
		}
		switch encoding {
		case "quoted-printable":
			r = quotedprintable.NewReader(r)
		case "base64":
			r = base64.NewDecoder(base64.StdEncoding, r)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, mailPart{media, id, strings.ReplaceAll(string(text), "\r\n", "\n")})
	}
	walk(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body)
	return out
}

// Mails are what the golden files show, and the same in every attempt.
func TestMails(t *testing.T) {
	server := sinktest.NewMailServer(t, sinktest.MailOptions{})
	s := newSink(t, mailConfig(server.Address), Deps{})
	for name, m := range messages() {
		if m.Kind == message.Change || m.Kind == message.Over {
			if e := send(t, s, m); e == nil || !e.Permanent {
				t.Errorf("%s: %v", name, e)
			}
			continue
		}
		mustSend(t, s, m)
		mustSend(t, s, m)
		mails := server.Mails()
		last := mails[len(mails)-1]
		if !bytes.Equal(last.Data, mails[len(mails)-2].Data) {
			t.Errorf("%s is not the same when it is sent again", name)
		}
		var b strings.Builder
		fmt.Fprintf(&b, "from %s to %s\n", last.From, strings.Join(last.To, ", "))
		for _, h := range []string{"From", "To", "Subject", "Date", "Message-Id", "Auto-Submitted", "Mime-Version"} {
			fmt.Fprintf(&b, "%s: %s\n", h, last.Header(h))
		}
		for _, p := range mailParts(t, last.Data) {
			fmt.Fprintf(&b, "\n--- %s %s\n%s\n", p.kind, p.id, strings.ToValidUTF8(p.text, "?"))
		}
		golden(t, "email/"+name+".txt", []byte(b.String()))
	}
}

// One recipient that is refused costs the others nothing, and nobody gets a mail twice.
func TestRecipients(t *testing.T) {
	server := sinktest.NewMailServer(t, sinktest.MailOptions{})
	memory := forgetful{}
	s := newSink(t, mailConfig(server.Address), Deps{Memory: memory})

	server.Refuse("a@example.org", 550)
	mustSend(t, s, alertMessage())
	server.Refuse("a@example.org", 450)
	if e := send(t, s, testMessage()); e == nil || e.Permanent || e.Doubt || !strings.Contains(e.Reason, "a@example.org later") {
		t.Errorf("%+v", e)
	}
	mustSend(t, s, testMessage())
	var to []string
	for _, m := range server.Mails() {
		to = append(to, strings.Join(m.To, ","))
	}
	if want := []string{"b@example.org", "b@example.org", "a@example.org"}; !slices.Equal(to, want) {
		t.Errorf("mails went to %q, want %q", to, want)
	}
	if len(memory) != 0 {
		t.Errorf("it remembers %d things for good", len(memory))
	}

	server.Refuse("a@example.org", 550)
	server.Refuse("b@example.org", 550)
	if e := send(t, s, alertMessage()); e == nil || !e.Permanent || !strings.Contains(e.Reason, "a@example.org, b@example.org") {
		t.Errorf("%+v", e)
	}
	server.Refuse("a@example.org", 550)
	server.Refuse("b@example.org", 451)
	if e := send(t, s, alertMessage()); e == nil || e.Permanent {
		t.Errorf("%+v", e)
	}
	server.RefuseData(554)
	if e := send(t, s, alertMessage()); e == nil || !e.Permanent || !strings.Contains(e.Reason, "554") {
		t.Errorf("%+v", e)
	}
	server.RefuseData(451)
	if e := send(t, s, alertMessage()); e == nil || e.Permanent || e.Doubt {
		t.Errorf("%+v", e)
	}
	server.HangUp()
	if e := send(t, s, alertMessage()); e == nil || e.Permanent || !e.Doubt {
		t.Errorf("%+v", e)
	}
}

// Passwords go over TLS, by whatever the server offers, and nowhere else.
func TestPasswords(t *testing.T) {
	certificate, roots := sinktest.Certificate(t)
	env := environment("PASSWORD", "mailsecretmailsecret")
	for _, implicit := range []bool{false, true} {
		for _, mechanism := range []string{"PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"} {
			server := sinktest.NewMailServer(t, sinktest.MailOptions{
				Certificate: &certificate, Implicit: implicit, User: "swell", Password: "mailsecretmailsecret", Mechanisms: []string{mechanism},
			})
			c := mailConfig(server.Address)
			c.User, c.Password, c.TLS = "swell", "$PASSWORD", map[bool]string{false: "", true: "implicit"}[implicit]
			s := newSink(t, c, Deps{Env: env, Roots: roots})
			if mechanism == "XOAUTH2" {
				if e := send(t, s, alertMessage()); e == nil || !e.Permanent || !strings.Contains(e.Reason, "XOAUTH2") {
					t.Errorf("%+v", e)
				}
				continue
			}
			mustSend(t, s, alertMessage())
			if m := server.Mails()[0]; m.Plain || m.Auth != mechanism {
				t.Errorf("implicit %t, %s: open %t, by %q", implicit, mechanism, m.Plain, m.Auth)
			}
			s = newSink(t, c, Deps{Env: environment("PASSWORD", "wrongsecretwrongsecret"), Roots: roots})
			if e := send(t, s, alertMessage()); e == nil || !e.Permanent || !strings.Contains(e.Reason, "535") || strings.Contains(e.Reason, "wrongsecret") {
				t.Errorf("%s: %+v", mechanism, e)
			}
			s = newSink(t, c, Deps{Env: env}) // which trusts others
			if e := send(t, s, alertMessage()); e == nil || !strings.Contains(e.Reason, "certificate") {
				t.Errorf("%+v", e)
			}
		}
	}
	open := sinktest.NewMailServer(t, sinktest.MailOptions{User: "swell", Password: "mailsecretmailsecret", Mechanisms: []string{"PLAIN"}})
	c := mailConfig(open.Address)
	c.User, c.Password, c.TLS = "swell", "$PASSWORD", "starttls"
	if e := send(t, newSink(t, c, Deps{Env: env}), alertMessage()); e == nil || !e.Permanent || !strings.Contains(e.Reason, "does not offer STARTTLS") {
		t.Errorf("%+v", e)
	}
	if n := len(open.Mails()); n != 0 {
		t.Errorf("%d mails went over an open line", n)
	}
}

// No text adds a header or a part, and pages show texts as texts.
func TestHostileTextsInMails(t *testing.T) {
	server := sinktest.NewMailServer(t, sinktest.MailOptions{})
	s := newSink(t, mailConfig(server.Address), Deps{})
	clean := newSink(t, mailConfig(server.Address), Deps{})
	mustSend(t, clean, crisisMessage())
	want := headers(t, server.Mails()[0].Data)
	for _, text := range hostile {
		mustSend(t, s, spoiled(crisisMessage(), text))
		mails := server.Mails()
		got := mails[len(mails)-1]
		if h := headers(t, got.Data); !slices.Equal(h, want) {
			t.Errorf("%.40q: the headers are %q, want %q", text, h, want)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(got.Header("Subject"))
		if err != nil || units(subject) > mailSubject || strings.ContainsAny(subject, "\r\n\x00\x1b\u202e") {
			t.Errorf("%.40q: the subject is %.300q: %v", text, subject, err)
		}
		parts := mailParts(t, got.Data)
		if len(parts) != 3 {
			t.Fatalf("%.40q: %d parts", text, len(parts))
		}
		if page := parts[2].text; strings.Contains(page, "<script") || strings.Contains(page, "<img") || strings.Contains(page, "\u202e") {
			t.Errorf("%.40q: %.2000s", text, page)
		}
	}
}

func headers(t *testing.T, data []byte) []string {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for name := range m.Header {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func TestMailSettings(t *testing.T) {
	for want, change := range map[string]func(*Config){
		`server = "mail"`:            func(c *Config) { c.Server = "mail" },
		`server = "mail:0"`:          func(c *Config) { c.Server = "mail:0" },
		`tls = "ssl"`:                func(c *Config) { c.TLS = "ssl" },
		"cross a network":            func(c *Config) { c.Server = "mail.example.org:25" },
		"no password is sent":        func(c *Config) { c.User, c.Password = "u", "$P" },
		"one of them is there":       func(c *Config) { c.TLS, c.User = "starttls", "u" },
		`from = "nobody"`:            func(c *Config) { c.From = "nobody" },
		`to = "x@"`:                  func(c *Config) { c.To = []string{"x@"} },
		"is there twice":             func(c *Config) { c.To = []string{"a@example.org", "A@example.org"} },
		"to is missing":              func(c *Config) { c.To = nil },
		"url has no meaning":         func(c *Config) { c.URL = "$P" },
		"to has 51 addresses: at mo": func(c *Config) { c.To = make([]string, 51) },
	} {
		c := mailConfig("127.0.0.1:25")
		change(&c)
		if _, err := New("m", c, Deps{Env: environment("P", "secret")}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q in it", err, want)
		}
	}
	c := mailConfig("localhost:1")
	c.Private, c.TLS = false, tlsStart
	if e := send(t, newSink(t, c, Deps{Timeout: time.Second}), digestMessage(api.AudienceManager)); e == nil || !e.Permanent || !strings.Contains(e.Reason, "private = true") {
		t.Errorf("%+v", e)
	}
}

// What package digest writes fits as it is.
func TestRealDigests(t *testing.T) {
	server := sinktest.NewMailServer(t, sinktest.MailOptions{})
	d := Deps{digests: &standard}
	sinks := []Sink{newSink(t, mailConfig(server.Address), d), newSink(t, Config{Kind: File, Dir: t.TempDir()}, d)}
	for _, c := range chats(t, d) {
		sinks = append(sinks, c.sink)
	}
	for _, s := range sinks {
		mustSend(t, s, digestMessage(api.AudienceManager))
	}
}
