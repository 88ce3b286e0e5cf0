package sink

import (
	"context"
	"net/http"
	"strings"

	"github.com/swell-radar/swell/internal/message"
)

// What Slack takes, in characters. The total is not documented; messages above about 13,200 are refused as
// msg_blocks_too_long.
const (
	slackHeader = 150
	slackTotal  = 12_000
	slackLine   = 1500
)

// slack sends to an incoming webhook. Texts of people stand in objects that Slack does not parse (rich text and plain
// text), so that nothing in them is a mention, a link or formatting. Only the text of the notification is parsed.
type slack struct {
	base
	network *network
	url     address
}

func makeSlack(b base, c Config, n *network) (Sink, error) {
	url, err := n.address("url", c.URL)
	if err != nil {
		return nil, err
	}
	return &slack{b, n, url}, nil
}

type object = map[string]any

// Send implements [Sink].
func (s *slack) Send(ctx context.Context, m *message.Message) error {
	if err := unfollowed(m); err != nil {
		return err
	}
	r, err := s.network.do(ctx, &request{who: "Slack", url: s.url.whole, header: jsonHeader(), body: encode(slackBody(s.digests.noteOf(m)))})
	if err != nil {
		return err
	}
	return orNil(s.judge(r))
}

// judge tells what Slack means: it answers with a word, and all words but those of too many messages last.
func (s *slack) judge(r *reply) *Error {
	e := s.network.judge(r)
	if e == nil && strings.TrimSpace(string(r.body)) != "ok" {
		// Something on the way that answers in its place, as a page to log in does: nobody knows what became of it.
		return &Error{Doubt: true, Reason: "Slack did not answer with ok but with " + s.network.said(r) + ": is the address the one that Slack shows for the webhook?"}
	}
	if e == nil || !e.Permanent {
		return e
	}
	word, _, _ := strings.Cut(strings.TrimSpace(string(r.body)), "\n")
	switch word {
	case "no_service", "no_active_hooks", "no_team", "team_disabled", "invalid_token", "channel_is_archived":
		e.Off = true
		e.Reason += ": the webhook does not work any more; make a new one and start again with its address"
	case "channel_not_found", "user_not_found", "posting_to_general_channel_denied", "action_prohibited":
		e.Reason += ": the webhook may not write where it should; make one for another channel, or ask an administrator"
	}
	if r.status == http.StatusNotFound && word == "" {
		e.Reason += ": is the address the one that Slack shows for the webhook?"
	}
	return e
}

func plainText(s string) object { return object{"type": "plain_text", "text": s, "emoji": false} }

func slackBody(n note) object {
	n = n.within(room{title: slackHeader - units(n.Label) - 2, line: slackLine, total: slackTotal, lines: 200, of: units})
	heading := n.Label + ": " + n.Title
	blocks := []any{object{"type": "header", "text": plainText(heading)}}
	for _, p := range n.Parts {
		if len(blocks) == 46 { // of 50, three of which follow
			break
		}
		blocks = append(blocks, object{"type": "rich_text", "elements": slackPart(p)})
	}
	if len(n.Links) > 0 {
		var buttons []any
		for _, l := range n.Links {
			buttons = append(buttons, object{"type": "button", "text": plainText(l.Text), "url": l.URL})
		}
		blocks = append(blocks, object{"type": "actions", "elements": buttons})
	}
	if n.Footer != "" {
		blocks = append(blocks, object{"type": "context", "elements": []any{plainText(n.Footer)}})
	}
	return object{"text": slackEscape(heading), "mrkdwn": false, "blocks": blocks, "unfurl_links": false, "unfurl_media": false}
}

// slackPart is the heading of a part, and a list of its lines.
func slackPart(p part) []any {
	run := func(s string, bold bool) any {
		t := object{"type": "text", "text": s}
		if bold {
			t["style"] = object{"bold": true}
		}
		return t
	}
	var out, items []any
	if p.Heading != "" {
		out = append(out, object{"type": "rich_text_section", "elements": []any{run(p.Heading, true)}})
	}
	for _, l := range p.Lines {
		var runs []any
		switch {
		case l.Link != "" && l.Bold != "":
			runs = append(runs, object{"type": "link", "url": l.Link, "text": l.Bold, "style": object{"bold": true}})
		case l.Bold != "":
			runs = append(runs, run(l.Bold, true))
		}
		if l.Text != "" {
			text := l.Text
			if l.Bold != "" {
				text = ": " + text
			}
			runs = append(runs, run(text, false))
		}
		if len(runs) > 0 {
			items = append(items, object{"type": "rich_text_section", "elements": runs})
		}
	}
	switch {
	case len(items) == 1 && p.Heading == "":
		return append(out, items...)
	case len(items) > 0:
		out = append(out, object{"type": "rich_text_list", "style": "bullet", "elements": items})
	}
	return out
}

// slackEscape writes what Slack shows as s where it parses: these three are all that begins anything but formatting,
// which is switched off.
func slackEscape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
