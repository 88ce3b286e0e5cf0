package sinktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// NewDiscord returns a webhook of Discord, at any path below /api/webhooks/.
func NewDiscord() *Service {
	return &Service{
		check: checkDiscord,
		taken: Answer{Status: 200, Header: map[string]string{"Content-Type": "application/json"}, Body: `{"id":"1","type":0,"content":""}`},
	}
}

// DiscordLimited is how Discord answers when there were too many messages.
func DiscordLimited(seconds float64) Answer {
	return Answer{
		Status: 429,
		Header: map[string]string{"Content-Type": "application/json", "Retry-After": fmt.Sprintf("%.0f", seconds), "X-RateLimit-Scope": "shared"},
		Body:   fmt.Sprintf(`{"message": "You are being rate limited.", "retry_after": %g, "global": false}`, seconds),
	}
}

// DiscordMessage is what a webhook is sent, as far as it may be.
type DiscordMessage struct {
	Content         string         `json:"content"`
	Embeds          []DiscordEmbed `json:"embeds"`
	AllowedMentions *struct {
		Parse []string `json:"parse"`
	} `json:"allowed_mentions"`
}

// DiscordEmbed is a card in a message.
type DiscordEmbed struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Color       int    `json:"color"`
	Footer      *struct {
		Text string `json:"text"`
	} `json:"footer"`
}

// ReadDiscord reads the body of a message.
func ReadDiscord(body []byte) (*DiscordMessage, error) {
	var m DiscordMessage
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	return &m, d.Decode(&m)
}

func checkDiscord(q *Request) *Answer {
	if q.Method != "POST" || !strings.HasPrefix(q.Path, "/api/webhooks/") {
		return no(404, `{"message": "Unknown Webhook", "code": 10015}`)
	}
	if v, err := url.ParseQuery(q.Query); err != nil || v.Get("wait") != "true" {
		return no(204, "") // it does not say what became of it
	}
	m, err := ReadDiscord(q.Body)
	if err != nil {
		return no(400, `{"message": "The request body contains invalid JSON.", "code": 50109}`)
	}
	invalid := no(400, `{"message": "Invalid Form Body", "code": 50035, "errors": {}}`)
	total := 0
	for _, e := range m.Embeds {
		footer := 0
		if e.Footer != nil {
			footer = Units(e.Footer.Text)
		}
		if Units(e.Title) > 256 || Units(e.Description) > 4096 || footer > 2048 || e.Color < 0 || e.Color > 0xffffff {
			return invalid
		}
		total += Units(e.Title) + Units(e.Description) + footer
	}
	switch {
	case Units(m.Content) > 2000 || len(m.Embeds) > 10 || total > 6000:
		return invalid
	case m.Content == "" && total == 0:
		return no(400, `{"message": "Cannot send an empty message", "code": 50006}`)
	case m.AllowedMentions == nil || m.AllowedMentions.Parse == nil || len(m.AllowedMentions.Parse) > 0:
		return no(400, `this fake takes no message that could ping somebody: allowed_mentions has to have "parse": []`)
	}
	return nil
}

var (
	// What begins something in the Markdown of Discord, where it is not behind a backslash.
	discordMarks = regexp.MustCompile("[*_~`|\\[\\]<@]|https?://|^[#>-] |(?m:^#{1,3} |^> |^[*-] |^ *[0-9]+\\. )|:[a-z_]+:")
	markdownLink = regexp.MustCompile(`^\[((?:[^\\\]]|\\.)*)\]\(([^()<> ]*)\)`)
)

// MarkdownShown returns what is shown of Markdown in which only bold text and links are meant, and the addresses of
// the links. An error means that something else in it has a meaning: it was not escaped. A backslash takes the
// meaning of the ASCII punctuation behind it, in Discord as in CommonMark.
func MarkdownShown(s string) (shown string, links []string, err error) {
	var b, plain strings.Builder // plain: b with placeholders for what was escaped
	for s != "" {
		switch {
		case s[0] == '\\' && len(s) > 1 && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", s[1]) >= 0:
			b.WriteByte(s[1])
			plain.WriteByte(' ')
			s = s[2:]
			if plain.Len() == 1 || strings.HasSuffix(plain.String(), "\n ") {
				plain.WriteByte('x') // no mark of a list or heading follows something
			}
		case strings.HasPrefix(s, "**"):
			s = s[2:]
		case s[0] == '[':
			m := markdownLink.FindStringSubmatch(s)
			if m == nil {
				return "", nil, fmt.Errorf("a bracket that is no link: %.40q", s)
			}
			inner, _, err := MarkdownShown(m[1])
			if err != nil {
				return "", nil, err
			}
			b.WriteString(inner)
			links = append(links, m[2])
			s = s[len(m[0]):]
		default:
			b.WriteByte(s[0])
			plain.WriteByte(s[0])
			s = s[1:]
		}
	}
	text := strings.ReplaceAll(plain.String(), "\n- ", "\n  ") // items of lists are meant
	text = strings.TrimPrefix(text, "- ")
	if m := discordMarks.FindString(text); m != "" {
		return "", nil, fmt.Errorf("%q has a meaning", m)
	}
	return b.String(), links, nil
}
