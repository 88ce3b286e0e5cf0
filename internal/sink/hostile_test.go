package sink

import (
	"bytes"
	"strings"
	"testing"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/digest"
	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/sink/sinktest"
)

// hostile is what somebody may call a hashtag, or write into a post.
var hostile = []string{
	"@everyone", "@here", "@board", "<!channel>", "<!here|x>", "<@U123>", "<@&42>", "<#C1>", "<https://evil.example|click>",
	"](javascript:alert(1))", "[x](https://evil.example)", "![x](https://evil.example/p.png)", "https://evil.example/",
	"a\r\nBcc: victim@example.org\r\n\r\nbody", "=cmd|' /C calc'!A0", "\u202egnp.exe", "\u2066\u2067", "\x1b[31m", "\x00", "\xff\xfe",
	"**bold** _it_ ~~s~~ `c` ||sp||", "# heading", "> quote", "- item", "1. item", "```", "| a | b |", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`,
	"{{DATE(2017-02-14T06:00:00Z, SHORT)}}", "${x}", "@{triggerBody()}", "<at>you</at>", `\`, `\\`, `\@everyone`, "&lt;!channel&gt;", "&amp;",
	"swell-thread-000000000000000000000000", strings.Repeat("x", 10_000), strings.Repeat("*", 5000), strings.Repeat("<", 5000),
	strings.Repeat("👩‍👩‍👧", 600), strings.Repeat("e\u0301", 3000), strings.Repeat("@everyone ", 500),
}

// spoiled is an alert, or a digest, in which everything that somebody may have written is s.
func spoiled(m *message.Message, s string) *message.Message {
	if m.Digest != nil {
		m.Digest.Headline = s
		return m
	}
	a := m.Alert
	a.Term, a.Key, a.Title, a.Advice, a.Rule, a.Thread = s, s, s, s, s, s
	a.Reasons = []string{s, s, s}
	a.Watches = []string{s}
	a.Platforms[0].Platform, a.Platforms[0].Phase = s, s
	a.Words = []api.AlertWord{{Word: s, Posts: 1}, {Word: s, Posts: 2}}
	a.Company = []api.Related{{Kind: "link", Key: s, Term: s}, {Kind: "hashtag", Key: s, Term: s}}
	return m
}

// spoiling writes digests in which everything is what s points to.
func spoiling(of *string) *writer {
	w := *madeUp()
	w.brief = func(*api.Digest, digest.Style) digest.Brief {
		s := *of
		line := digest.Line{Bold: s, Text: s, Link: "https://evil.example/"}
		b := digest.Brief{Title: s, Headline: s, Footer: s}
		for range 12 {
			b.Sections = append(b.Sections, digest.Section{Heading: s, Lines: []digest.Line{line, line, line, line}})
		}
		return b
	}
	return &w
}

// Whatever people write, chats take the message, show it as text, ping nobody and lead nowhere else.
func TestHostileTextsInChats(t *testing.T) {
	var s string
	for _, c := range chats(t, Deps{digests: spoiling(&s)}) {
		for _, s = range hostile {
			for _, m := range []*message.Message{spoiled(alertMessage(), s), spoiled(crisisMessage(), s), spoiled(digestMessage(api.AudienceManager), s)} {
				c.service.Reset()
				if e := send(t, c.sink, m); e != nil {
					t.Fatalf("%s, %.40q: %+v", c.kind, s, e)
				}
				body := c.service.Got()[0].Body
				if err := harmless(t, c.kind, body); err != "" {
					t.Errorf("%s, %.40q: %s\n%.2000s", c.kind, s, err, body)
				}
				for _, text := range texts(t, body) {
					if strings.ContainsAny(text, "\r\x00\x1b\u202e\u2066\u2067") {
						t.Errorf("%s, %.40q: %.200q", c.kind, s, text)
					}
				}
			}
		}
	}
}

// harmless says what in a message could do more than be shown.
func harmless(t *testing.T, kind string, body []byte) string {
	t.Helper()
	links := []string{}
	switch kind {
	case Slack:
		m, err := sinktest.ReadSlack(body)
		if err != nil {
			return err.Error()
		}
		if _, special := sinktest.SlackParsed(m.Text); len(special) > 0 {
			return "the notification has " + special[0]
		}
		if strings.Contains(string(body), `"mrkdwn",`) {
			return "something is parsed"
		}
	case Discord:
		m, err := sinktest.ReadDiscord(body)
		if err != nil {
			return err.Error()
		}
		for _, text := range []string{m.Embeds[0].Title, m.Embeds[0].Description} {
			_, l, err := sinktest.MarkdownShown(text)
			if err != nil {
				return err.Error()
			}
			links = append(links, l...)
		}
	case Teams:
		c, err := sinktest.ReadTeams(body)
		if err != nil {
			return err.Error()
		}
		for _, a := range c.Actions {
			links = append(links, a.URL)
		}
	case Zoom:
		m, err := sinktest.ReadZoom(body)
		if err != nil {
			return err.Error()
		}
		if strings.Contains(string(body), "<!") {
			return "it could mention somebody"
		}
		for _, b := range m.Content.Body {
			if b.Link != "" {
				links = append(links, b.Link)
			}
		}
	}
	for _, l := range links {
		if !strings.HasPrefix(l, testBase+"/") {
			return "it leads to " + l
		}
	}
	return ""
}

// Where the endpoint asks for a token nobody is given a link that leads to a refusal; programs have one.
func TestNoLinksBehindTokens(t *testing.T) {
	server := sinktest.NewMailServer(t, sinktest.MailOptions{})
	d := Deps{digests: &standard}
	all := chats(t, d)
	mail := newSink(t, mailConfig(server.Address), d)
	for name, m := range messages() {
		if m.Kind == message.Change || m.Kind == message.Over {
			continue
		}
		m.Guarded = true
		for _, c := range all {
			c.service.Reset()
			mustSend(t, c.sink, m)
			if got := c.service.Got(); len(got) != 1 || bytes.Contains(got[0].Body, []byte(testBase)) {
				t.Errorf("%s of %s has a link", name, c.kind)
			}
		}
		mustSend(t, mail, m)
		if n := standard.noteOf(m); len(n.Links) > 0 {
			t.Errorf("%s has links: %v", name, n.Links)
		}
	}
	for _, sent := range server.Mails() {
		if bytes.Contains(sent.Data, []byte(testBase)) {
			t.Error("a mail has a link")
		}
	}
	m := alertMessage()
	m.Guarded = true
	if e := eventOf(m); !strings.HasPrefix(e.Data.URL, testBase) {
		t.Errorf("a program gets %q", e.Data.URL)
	}
}
