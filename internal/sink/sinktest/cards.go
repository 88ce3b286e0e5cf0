package sinktest

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// NewTeams returns a workflow of Teams that begins when a webhook request is received.
func NewTeams() *Service { return &Service{check: checkTeams, taken: Answer{Status: 202}} }

// TeamsCard is the Adaptive Card of a message, as far as it may be.
type TeamsCard struct {
	Schema  string         `json:"$schema"`
	Type    string         `json:"type"`
	Version string         `json:"version"`
	Body    []TeamsElement `json:"body"`
	Actions []TeamsAction  `json:"actions"`
	Msteams struct {
		Width string `json:"width"`
	} `json:"msteams"`
}

// TeamsElement is one of a card.
type TeamsElement struct {
	Type    string    `json:"type"`
	Inlines []TeamsIn `json:"inlines"`
}

// TeamsIn is a run of text, which is not parsed but for fields in double braces.
type TeamsIn struct {
	Type         string       `json:"type"`
	Text         string       `json:"text"`
	Size         string       `json:"size"`
	Weight       string       `json:"weight"`
	Color        string       `json:"color"`
	IsSubtle     bool         `json:"isSubtle"`
	SelectAction *TeamsAction `json:"selectAction"`
}

// TeamsAction is what a click does.
type TeamsAction struct {
	Type  string `json:"type"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

// ReadTeams reads the card of a message.
func ReadTeams(body []byte) (*TeamsCard, error) {
	var m struct {
		Type        string `json:"type"`
		Attachments []struct {
			ContentType string    `json:"contentType"`
			ContentURL  *string   `json:"contentUrl"`
			Content     TeamsCard `json:"content"`
		} `json:"attachments"`
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return nil, err
	}
	if m.Type != "message" || len(m.Attachments) != 1 || m.Attachments[0].ContentType != "application/vnd.microsoft.card.adaptive" {
		return nil, errors.New("no message with one Adaptive Card")
	}
	return &m.Attachments[0].Content, nil
}

func checkTeams(q *Request) *Answer {
	if q.Method != "POST" || !strings.Contains(q.Path, "/workflows/") {
		return no(404, `{"error":{"code":"WorkflowNotFound","message":"The workflow could not be found."}}`)
	}
	if !strings.Contains(q.Query, "sig=") {
		return no(401, `{"error":{"code":"DirectApiAuthorizationRequired","message":"The request must be authenticated."}}`)
	}
	if len(q.Body) > 28<<10 {
		return no(413, `{"error":{"code":"RequestEntityTooLarge","message":"Request Entity too large"}}`)
	}
	bad := no(400, `{"error":{"code":"BadRequest","message":"The card cannot be read."}}`)
	c, err := ReadTeams(q.Body)
	if err != nil || c.Type != "AdaptiveCard" || c.Version != "1.4" || len(c.Body) == 0 || len(c.Actions) > 6 {
		return bad
	}
	for _, e := range c.Body {
		if e.Type != "RichTextBlock" || len(e.Inlines) == 0 {
			return bad
		}
		for _, in := range e.Inlines {
			if in.Type != "TextRun" || in.Text == "" || in.SelectAction != nil && !web(in.SelectAction.URL) || strings.Contains(in.Text, "{{") {
				return bad
			}
		}
	}
	for _, a := range c.Actions {
		if a.Type != "Action.OpenUrl" || !web(a.URL) || a.Title == "" {
			return bad
		}
	}
	return nil
}

func web(u string) bool { return strings.HasPrefix(u, "https://") || strings.HasPrefix(u, "http://") }

// NewZoom returns an incoming webhook of Zoom with this verification token.
func NewZoom(token string) *Service {
	return &Service{check: func(q *Request) *Answer { return checkZoom(q, token) }, taken: Answer{Status: 200, Body: `{"status":"success"}`}}
}

// ZoomMessage is what a webhook is sent in its full format, as far as it may be.
type ZoomMessage struct {
	Content struct {
		Head struct {
			Text string `json:"text"`
		} `json:"head"`
		Body []struct {
			Type  string `json:"type"`
			Text  string `json:"text"`
			Link  string `json:"link"`
			Style *struct {
				Bold bool `json:"bold"`
			} `json:"style"`
		} `json:"body"`
	} `json:"content"`
}

// ReadZoom reads the body of a message.
func ReadZoom(body []byte) (*ZoomMessage, error) {
	var m ZoomMessage
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	return &m, d.Decode(&m)
}

func checkZoom(q *Request, token string) *Answer {
	if q.Method != "POST" || !strings.HasPrefix(q.Path, "/chat/webhooks/incomingwebhook/") {
		return no(404, `{"status":false,"errorCode":404,"errorMessage":"Not found"}`)
	}
	if q.Header.Get("Authorization") != token {
		return no(401, `{"status":false,"errorCode":401,"errorMessage":"Invalid authorization token"}`)
	}
	m, err := ReadZoom(q.Body)
	if err != nil || q.Query != "format=full" || m.Content.Head.Text == "" {
		return no(400, `{"status":false,"errorCode":400,"errorMessage":"Invalid message format"}`)
	}
	total := Units(m.Content.Head.Text)
	for _, b := range m.Content.Body {
		if b.Type != "message" || b.Text == "" || b.Link != "" && !web(b.Link) {
			return no(400, `{"status":false,"errorCode":400,"errorMessage":"Invalid message body"}`)
		}
		total += Units(b.Text)
	}
	if total > 4096 {
		return no(400, `{"status":false,"errorCode":400,"errorMessage":"Message too long"}`)
	}
	return nil
}
