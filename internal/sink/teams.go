package sink

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/message"
)

// What Teams takes: 28 KB for a message, of which it says "approximately"; what a card is made of beside its text needs
// about as much as the text.
const (
	teamsBody = 27_000 // bytes
	teamsText = 10_000
	teamsLine = 800
)

// teams sends an Adaptive Card to a workflow that begins when a webhook request is received. Texts stand in text runs,
// of which nothing is Markdown.
type teams struct {
	base
	network *network
	url     address
}

func makeTeams(b base, c Config, n *network) (Sink, error) {
	url, err := n.address("url", c.URL)
	if err != nil {
		return nil, err
	}
	return &teams{b, n, url}, nil
}

// Send implements [Sink]. The workflow says that it has the card, not that it could show it.
func (t *teams) Send(ctx context.Context, m *message.Message) error {
	if err := unfollowed(m); err != nil {
		return err
	}
	r, err := t.network.do(ctx, &request{who: "the workflow of Teams", url: t.url.whole, header: jsonHeader(), body: teamsFit(t.digests.noteOf(m))})
	if err != nil {
		return err
	}
	return orNil(t.judge(r))
}

func (t *teams) judge(r *reply) *Error {
	e := t.network.judge(r)
	if e == nil {
		return nil
	}
	var said struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if json.Unmarshal(r.body, &said) != nil {
		return e
	}
	switch said.Error.Code {
	case "WorkflowNotFound", "WorkflowTriggerIsNotEnabled":
		e.Permanent, e.Off = true, true
		e.Reason += ": the workflow was deleted or turned off; turn it on, or start again with the address of another"
	case "DirectApiAuthorizationRequired", "AuthorizationFailed", "MissingApiVersionParameter":
		e.Reason += ": the address has to be copied whole, with its signature, from a workflow that anyone may start"
	}
	if r.status == http.StatusRequestEntityTooLarge {
		e.Reason += ": the card is too large"
	}
	return e
}

// teamsFit returns a card that is within the limit, whatever it says.
func teamsFit(n note) []byte {
	for total := teamsText; ; total /= 2 {
		body := encode(teamsBodyOf(n, total))
		if len(body) <= teamsBody || total < 1000 {
			return body
		}
	}
}

func teamsBodyOf(n note, total int) object {
	n = n.within(room{title: 400, line: teamsLine, total: total, lines: 80, of: bytesOf})
	colour := map[string]string{api.SeverityCrisis: "Attention", api.SeverityWarning: "Warning", api.SeverityNotice: "Accent"}[n.Tone]
	if colour == "" {
		colour = "Default"
	}
	body := []any{
		richText(object{"text": teamsEscape(n.Label), "weight": "Bolder", "color": colour}),
		richText(object{"text": teamsEscape(n.Title), "size": "Large", "weight": "Bolder"}),
	}
	for _, p := range n.Parts {
		if p.Heading != "" {
			body = append(body, richText(object{"text": teamsEscape(p.Heading), "weight": "Bolder"}))
		}
		for _, l := range p.Lines {
			var runs []object
			if l.Bold != "" {
				bold := object{"text": teamsEscape(l.Bold), "weight": "Bolder"}
				if l.Link != "" {
					bold["selectAction"] = object{"type": "Action.OpenUrl", "url": l.Link}
				}
				runs = append(runs, bold)
			}
			if l.Text != "" {
				text := teamsEscape(l.Text)
				if l.Bold != "" {
					text = ": " + text
				}
				runs = append(runs, object{"text": text})
			}
			if len(runs) > 0 {
				body = append(body, richText(runs...))
			}
		}
	}
	if n.Footer != "" {
		body = append(body, richText(object{"text": teamsEscape(n.Footer), "size": "Small", "isSubtle": true}))
	}
	card := object{
		"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": body,
		"msteams": object{"width": "Full"},
	}
	if len(n.Links) > 0 {
		var actions []any
		for _, l := range n.Links {
			actions = append(actions, object{"type": "Action.OpenUrl", "title": l.Text, "url": l.URL})
		}
		card["actions"] = actions
	}
	return object{"type": "message", "attachments": []any{object{
		"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil, "content": card,
	}}}
}

func richText(runs ...object) object {
	inlines := make([]any, len(runs))
	for i, r := range runs {
		r["type"] = "TextRun"
		inlines[i] = r
	}
	return object{"type": "RichTextBlock", "inlines": inlines}
}

// teamsEscape keeps a text from being taken for a field or a mention: {{DATE(…)}}, ${…}, <at>.
func teamsEscape(s string) string {
	return strings.NewReplacer("{", "{"+joiner, "<", "<"+joiner).Replace(s)
}
