package sinktest

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf16"
)

// NewSlack returns an incoming webhook of Slack, at any path below /services/.
func NewSlack() *Service {
	return &Service{check: checkSlack, taken: Answer{Status: 200, Header: map[string]string{"Content-Type": "text/html"}, Body: "ok"}}
}

// SlackMessage is what a webhook is sent, as far as it may be.
type SlackMessage struct {
	Text        string       `json:"text"`
	Mrkdwn      *bool        `json:"mrkdwn"`
	Blocks      []slackBlock `json:"blocks"`
	UnfurlLinks *bool        `json:"unfurl_links"`
	UnfurlMedia *bool        `json:"unfurl_media"`
}

type slackBlock struct {
	Type     string          `json:"type"`
	Text     *slackText      `json:"text"`
	Elements []slackElement  `json:"elements"`
	Fields   []slackText     `json:"fields"`
	BlockID  json.RawMessage `json:"block_id"`
}

type slackText struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Emoji *bool  `json:"emoji"`
}

// slackElement is one of a block: a text, a button, a section or list of rich text, or a run within one.
type slackElement struct {
	Type     string          `json:"type"`
	Text     json.RawMessage `json:"text"` // a text object or a string
	Emoji    *bool           `json:"emoji"`
	URL      string          `json:"url"`
	Style    json.RawMessage `json:"style"`
	Elements []slackElement  `json:"elements"`
}

// ReadSlack reads the body of a message.
func ReadSlack(body []byte) (*SlackMessage, error) {
	var m SlackMessage
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	return &m, d.Decode(&m)
}

func checkSlack(q *Request) *Answer {
	if q.Method != "POST" || !strings.HasPrefix(q.Path, "/services/") {
		return no(404, "no_service")
	}
	m, err := ReadSlack(q.Body)
	switch {
	case err != nil:
		return no(400, "invalid_payload")
	case m.Text == "" && len(m.Blocks) == 0:
		return no(400, "no_text")
	case len(m.Blocks) > 50:
		return no(400, "invalid_blocks")
	}
	total := 0
	for i := range m.Blocks {
		n, ok := m.Blocks[i].size()
		if !ok {
			return no(400, "invalid_blocks")
		}
		total += n
	}
	if total > 13_200 {
		return no(400, "msg_blocks_too_long")
	}
	return nil
}

// size returns how many characters of text a block has, and whether it is as it should be.
func (b *slackBlock) size() (int, bool) {
	switch b.Type {
	case "header":
		if b.Text == nil || b.Text.Type != "plain_text" {
			return 0, false
		}
		n := Units(b.Text.Text)
		return n, n > 0 && n <= 150
	case "section":
		if b.Text == nil {
			return 0, false
		}
		n := Units(b.Text.Text)
		return n, n > 0 && n <= 3000
	case "context":
		total := 0
		for i := range b.Elements {
			n, ok := b.Elements[i].textSize(2000, "plain_text", "mrkdwn")
			if !ok {
				return 0, false
			}
			total += n
		}
		return total, len(b.Elements) > 0 && len(b.Elements) <= 10
	case "actions":
		total := 0
		for _, e := range b.Elements {
			var t slackText
			if e.Type != "button" || json.Unmarshal(e.Text, &t) != nil || t.Type != "plain_text" || t.Text == "" || Units(t.Text) > 75 || len(e.URL) > 3000 {
				return 0, false
			}
			total += Units(t.Text)
		}
		return total, len(b.Elements) > 0 && len(b.Elements) <= 25
	case "rich_text":
		return richSize(b.Elements, "rich_text_section", "rich_text_list")
	}
	return 0, false
}

func (e *slackElement) textSize(most int, types ...string) (int, bool) {
	var s string
	if json.Unmarshal(e.Text, &s) != nil || !contains(types, e.Type) {
		return 0, false
	}
	n := Units(s)
	return n, n > 0 && n <= most
}

func richSize(elements []slackElement, types ...string) (int, bool) {
	total := 0
	for i := range elements {
		e := &elements[i]
		if !contains(types, e.Type) {
			return 0, false
		}
		var n int
		var ok bool
		switch e.Type {
		case "rich_text_section":
			n, ok = richSize(e.Elements, "text", "link")
		case "rich_text_list":
			n, ok = richSize(e.Elements, "rich_text_section")
		case "text":
			n, ok = e.textSize(12_000, "text")
		case "link":
			n, ok = e.textSize(3000, "link")
			ok = ok && (strings.HasPrefix(e.URL, "http://") || strings.HasPrefix(e.URL, "https://"))
		}
		if !ok {
			return 0, false
		}
		total += n
	}
	return total, len(elements) > 0
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Units returns how long JavaScript takes a text to be.
func Units(s string) int { return len(utf16.Encode([]rune(s))) }

// SlackParsed returns what Slack shows of a text that it parses, and what in it is no text: links, mentions of people,
// channels and everybody, which stand in angle brackets.
func SlackParsed(s string) (shown string, special []string) {
	var b strings.Builder
	for s != "" {
		i := strings.IndexAny(s, "<&")
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		switch {
		case strings.HasPrefix(s, "&amp;"):
			b.WriteByte('&')
			s = s[5:]
		case strings.HasPrefix(s, "&lt;"):
			b.WriteByte('<')
			s = s[4:]
		case strings.HasPrefix(s, "&gt;"):
			b.WriteByte('>')
			s = s[4:]
		case s[0] == '<':
			end := strings.IndexByte(s, '>')
			if end < 0 {
				end = len(s) - 1
			}
			special = append(special, s[:end+1])
			s = s[end+1:]
		default:
			b.WriteByte(s[0])
			s = s[1:]
		}
	}
	return b.String(), special
}
