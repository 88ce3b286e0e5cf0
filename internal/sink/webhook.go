package sink

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/message"
)

// The types of messages to programs.
const (
	TypeRaised  = "alert.raised"
	TypeChanged = "alert.changed"
	TypeOver    = "alert.over"
	TypeDigest  = "digest"
	TypeTest    = "test"
)

// Event is a message for a program: the body of a webhook, and a line of a file of alerts.
type Event struct {
	ID        string    `json:"id"` // the same whenever it comes again
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"` // at which it was made
	Demo      bool      `json:"demo,omitzero"`
	Data      EventData `json:"data"`
}

// EventData is what it is about. Exactly one of Alert, Digest and Text is there.
type EventData struct {
	Alert  *api.Alert  `json:"alert,omitempty"`
	Digest *api.Digest `json:"digest,omitempty"`
	Text   string      `json:"text,omitempty"`
	// Audience is that of a digest, and URL where the whole of it can be read; empty where there is no address.
	Audience string `json:"audience,omitempty"`
	URL      string `json:"url,omitempty"`
	// LeftOut are the parts that are emptied because the message would be too long.
	LeftOut []string `json:"left_out,omitempty"`
}

// eventOf returns a message for programs, with all that is in it.
func eventOf(m *message.Message) *Event {
	e := &Event{ID: m.ID, Timestamp: m.Made.UTC(), Demo: m.Demo, Type: TypeTest}
	base := baseOf(m)
	switch {
	case m.Kind == message.Digest && m.Digest != nil:
		e.Type, e.Data.Digest, e.Data.Audience = TypeDigest, m.Digest, m.Audience
		if base != "" {
			e.Data.URL = digestAddress(base, m, "")
		}
	case m.Alert != nil:
		e.Type = map[message.Kind]string{message.Change: TypeChanged, message.Over: TypeOver}[m.Kind]
		if e.Type == "" {
			e.Type = TypeRaised
		}
		e.Data.Alert = m.Alert
		if base != "" {
			e.Data.URL = base + api.AlertsPath + "/" + url.PathEscape(m.Alert.ID)
		}
	default:
		e.Data.Text = m.Title()
	}
	return e
}

// maxWebhook is how long a body may be, in bytes: receivers need not take more.
const maxWebhook = 20_000

// webhook sends to a program of one's own by the rules of Standard Webhooks.
type webhook struct {
	base
	network *network
	url     address
	keys    []secret // decoded; all of them sign
}

func makeWebhook(b base, c Config, n *network) (Sink, error) {
	url, err := n.address("url", c.URL)
	if err != nil {
		return nil, err
	}
	all, err := n.secrets.get("secret", c.Secret)
	if err != nil {
		return nil, err
	}
	w := &webhook{base: b, network: n, url: url}
	for _, s := range strings.Fields(all.reveal()) {
		n.secrets.hide(s)
		key, err := webhookKey(s)
		if err != nil {
			return nil, fmt.Errorf("secret: what %s holds is %w", shownReference(c.Secret), err)
		}
		w.keys = append(w.keys, newSecret(string(key)))
	}
	if len(w.keys) == 0 || len(w.keys) > 4 {
		return nil, fmt.Errorf("secret: what %s holds are %d secrets: there have to be 1 to 4", shownReference(c.Secret), len(w.keys))
	}
	return w, nil
}

// webhookKey returns what a secret in its usual form stands for. Its errors do not show it.
func webhookKey(s string) ([]byte, error) {
	text, ok := strings.CutPrefix(s, "whsec_")
	if !ok {
		return nil, fmt.Errorf("no secret of a webhook: it begins with whsec_")
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		key, err = base64.RawStdEncoding.DecodeString(text)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("no secret of a webhook: behind whsec_ comes base64")
	case len(key) < 24 || len(key) > 64:
		return nil, fmt.Errorf("a key of %d bytes: a secret of a webhook has 24 to 64, as of openssl rand -base64 32", len(key))
	}
	return key, nil
}

// Recognises implements [Sink]: webhook-id is the same in every attempt.
func (*webhook) Recognises() bool { return true }

// Follows implements [Sink].
func (*webhook) Follows() bool { return true }

// Send implements [Sink].
func (w *webhook) Send(ctx context.Context, m *message.Message) error {
	body, e := fitted(eventOf(m), maxWebhook)
	if e != nil {
		return e
	}
	stamp := strconv.FormatInt(w.now().Unix(), 10)
	signatures := make([]string, len(w.keys))
	for i, key := range w.keys {
		signatures[i] = sign([]byte(key.reveal()), m.ID, stamp, body)
	}
	header := jsonHeader()
	// Header names of the specification are written as they stand there; HTTP does not care.
	header["Webhook-Id"] = []string{m.ID}
	header["Webhook-Timestamp"] = []string{stamp}
	header["Webhook-Signature"] = []string{strings.Join(signatures, " ")}
	r, e := w.network.do(ctx, &request{who: "the webhook", url: w.url.whole, header: header, body: body})
	if e != nil {
		return e
	}
	return orNil(w.judge(r))
}

// judge takes every answer that does not say otherwise for one that may be better next time: programs of one's own
// answer 404 while they are deployed, and 401 until their secret is there. Only their owner's 410 is meant.
func (w *webhook) judge(r *reply) *Error {
	e := w.network.judge(r)
	if e != nil && e.Permanent && !e.Off {
		switch r.status {
		case 400, 405, 413, 415, 422:
		default:
			e.Permanent = r.status >= 300 && r.status < 400
		}
	}
	return e
}

// sign returns the signature of a body in the form v1,BASE64.
func sign(key []byte, id, stamp string, body []byte) string {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(id + "." + stamp + "."))
	_, _ = h.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// fitted returns an event as JSON of at most so many bytes. What is long and can be asked for is emptied first, and
// LeftOut names it.
func fitted(e *Event, most int) ([]byte, *Error) {
	for step := 0; ; step++ {
		body := encode(e)
		if body == nil {
			return nil, Permanentf("the message cannot be written as JSON")
		}
		if len(body) <= most {
			return body, nil
		}
		var name string
		if e.Data.Alert != nil {
			e.Data.Alert, name = lessAlert(e.Data.Alert, step)
		} else if e.Data.Digest != nil {
			e.Data.Digest, name = lessDigest(e.Data.Digest, step)
		}
		if name == "" {
			return nil, Permanentf("the message has %d bytes, and nothing that could be left out: at most %d are possible", len(body), most)
		}
		e.Data.LeftOut = append(e.Data.LeftOut, name)
	}
}
