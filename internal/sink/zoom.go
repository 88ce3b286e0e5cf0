package sink

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/swell-radar/swell/internal/message"
)

// What Zoom takes of one text; it says of none how long it may be beyond that of a chat message.
const (
	zoomTotal = 3800
	zoomLine  = 600
)

// zoom sends to an incoming webhook in its full format, in which nothing is Markdown unless it is asked for.
type zoom struct {
	base
	network *network
	url     secret
	token   secret
}

func makeZoom(b base, c Config, n *network) (Sink, error) {
	a, err := n.address("url", c.URL)
	if err != nil {
		return nil, err
	}
	token, err := n.secrets.get("token", c.Token)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(a.whole.reveal())
	if err != nil {
		return nil, fmt.Errorf("url: what it holds is no address")
	}
	q := u.Query()
	q.Set("format", "full")
	u.RawQuery = q.Encode()
	return &zoom{b, n, newSecret(u.String()), token}, nil
}

// Send implements [Sink].
func (z *zoom) Send(ctx context.Context, m *message.Message) error {
	if err := unfollowed(m); err != nil {
		return err
	}
	header := jsonHeader()
	header["Authorization"] = []string{z.token.reveal()}
	r, err := z.network.do(ctx, &request{who: "Zoom", url: z.url, header: header, body: encode(zoomBody(z.digests.noteOf(m)))})
	if err != nil {
		return err
	}
	e := z.network.judge(r)
	if e == nil {
		return nil
	}
	switch r.status {
	case http.StatusUnauthorized, http.StatusForbidden:
		e.Reason += ": the token is not the verification token of this webhook; /inc list in the channel shows it"
	case http.StatusNotFound:
		e.Off = true
		e.Reason += ": the webhook was removed; make a new one with /inc connect and start again with its address"
	}
	return e
}

func zoomBody(n note) object {
	n = n.within(room{title: 200, line: zoomLine, total: zoomTotal, lines: 60, of: escaped(zoomEscape)})
	var body []any
	text := func(s string) { body = append(body, object{"type": "message", "text": s}) }
	for _, p := range n.Parts {
		if p.Heading != "" {
			body = append(body, object{"type": "message", "text": zoomEscape(p.Heading), "style": object{"bold": true}})
		}
		for _, l := range p.Lines {
			text(zoomEscape(l.String()))
		}
	}
	for _, l := range n.Links {
		body = append(body, object{"type": "message", "text": l.Text, "link": l.URL})
	}
	if n.Footer != "" {
		text(zoomEscape(n.Footer))
	}
	head := object{"text": zoomEscape(n.Label + ": " + n.Title)}
	return object{"content": object{"head": head, "body": body}}
}

// zoomEscape keeps a text from being taken for a mention, which begins with <!.
func zoomEscape(s string) string { return strings.ReplaceAll(s, "<", "<"+joiner) }
