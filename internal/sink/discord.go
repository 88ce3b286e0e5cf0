package sink

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/message"
)

// What Discord takes, in characters: of a title, a description, and of all text of the embeds.
const (
	discordTitle       = 256
	discordDescription = 4096
	discordLine        = 1000
)

// discord sends to a webhook, as one embed. Its Markdown is escaped, and nobody is mentioned, whatever it says.
type discord struct {
	base
	network *network
	url     secret
}

func makeDiscord(b base, c Config, n *network) (Sink, error) {
	a, err := n.address("url", c.URL)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(a.whole.reveal())
	if err != nil {
		return nil, fmt.Errorf("url: what it holds is no address")
	}
	q := u.Query()
	q.Set("wait", "true") // else it answers before it knows whether the message will do
	u.RawQuery = q.Encode()
	return &discord{b, n, newSecret(u.String())}, nil
}

// Send implements [Sink].
func (d *discord) Send(ctx context.Context, m *message.Message) error {
	if err := unfollowed(m); err != nil {
		return err
	}
	r, err := d.network.do(ctx, &request{who: "Discord", url: d.url, header: jsonHeader(), body: encode(discordBody(d.digests.noteOf(m)))})
	if err != nil {
		return err
	}
	return orNil(d.judge(r))
}

func (d *discord) judge(r *reply) *Error {
	e := d.network.judge(r)
	if e == nil {
		return nil
	}
	var said struct {
		Code       int     `json:"code"`
		RetryAfter float64 `json:"retry_after"` // seconds
	}
	if json.Unmarshal(r.body, &said) != nil {
		return e // of a proxy on the way: the status has to do
	}
	const unknownWebhook, invalidToken = 10015, 50027
	switch {
	case r.status == http.StatusTooManyRequests:
		e.After = max(e.After, seconds(said.RetryAfter))
	case said.Code == unknownWebhook, said.Code == invalidToken:
		e.Off = true
		e.Reason += ": the webhook was deleted; make a new one and start again with its address"
	}
	return e
}

func discordBody(n note) object {
	of := escaped(punctuation)
	n = n.within(room{title: discordTitle - units(n.Label) - 4, line: discordLine, total: discordDescription, lines: 200, of: of})
	var b strings.Builder
	for _, p := range n.Parts {
		if p.Heading != "" {
			fmt.Fprintf(&b, "\n**%s**\n", punctuation(p.Heading))
		}
		for _, l := range p.Lines {
			b.WriteString(markdownLine(l, punctuation))
			b.WriteByte('\n')
		}
	}
	for _, l := range n.Links {
		// Our own words and tame addresses.
		if b.Len() == 0 || units(b.String())+units(l.Text)+units(l.URL)+6 <= discordDescription {
			fmt.Fprintf(&b, "\n[%s](%s)", l.Text, l.URL)
		}
	}
	embed := object{
		"title":       punctuation(n.Label) + ": " + punctuation(n.Title),
		"description": strings.TrimSpace(b.String()),
		"color":       discordColour(n.Tone),
	}
	if n.Footer != "" {
		embed["footer"] = object{"text": n.Footer} // which is plain text
	}
	return object{"embeds": []any{embed}, "allowed_mentions": object{"parse": []any{}}}
}

// markdownLine is a line in Markdown, with its beginning in bold, and as a link where it has one.
func markdownLine(l line, escape func(string) string) string {
	bold, text := escape(l.Bold), escape(l.Text)
	if bold != "" {
		bold = "**" + bold + "**"
		if l.Link != "" {
			bold = "[" + bold + "](" + l.Link + ")"
		}
		if text != "" {
			bold += ": "
		}
	}
	return bold + text
}

func discordColour(tone string) int {
	switch tone {
	case api.SeverityCrisis:
		return 0xc62828
	case api.SeverityWarning:
		return 0xef6c00
	case api.SeverityNotice:
		return 0x1565c0
	}
	return 0x607d8b
}
