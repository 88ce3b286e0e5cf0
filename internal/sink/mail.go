package sink

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/mail"
	"regexp"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/digest"
	"github.com/swell-radar/swell/internal/message"
)

// What a mail has at most: of a subject, and of an alert in it.
const (
	mailSubject = 200
	mailLine    = 2000
	mailText    = 40_000
)

// compose makes the mail, the same in every attempt.
func (m *email) compose(msg *message.Message) (*gomail.Msg, error) {
	n := m.digests.noteOf(msg)
	id := markOf("mail", msg.ID)
	out := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	out.FromMailAddress(&m.from)
	to := make([]*mail.Address, len(m.to))
	for i := range m.to {
		to[i] = &m.to[i]
	}
	out.ToMailAddress(to...)
	out.Subject(cut(n.Label+": "+n.Title, mailSubject, units))
	out.SetMessageIDWithValue(id + "@" + helo(m.from.Address))
	out.SetDateWithValue(msg.Made.UTC())
	out.SetGenHeader("Auto-Submitted", "auto-generated")
	out.SetGenHeader("X-Auto-Response-Suppress", "All") // Exchange asks for it: nobody reads answers
	if msg.Kind == message.Digest && msg.Digest != nil {
		return out, m.digestBody(out, msg)
	}
	n = n.within(room{title: 1000, line: mailLine, total: mailText, lines: 300, of: units})
	page, err := mailHTML(n)
	if err != nil {
		return nil, err
	}
	out.SetBodyString(gomail.TypeTextPlain, mailPlain(n))
	out.AddAlternativeString(gomail.TypeTextHTML, page)
	return out, nil
}

func (m *email) digestBody(out *gomail.Msg, msg *message.Message) error {
	style := digest.Style{Audience: msg.Audience, Format: api.DigestText, Base: pageBase(msg)}
	text, err := m.digests.render(msg.Digest, style)
	if err != nil {
		return err
	}
	style.Format, style.Attached = api.DigestHTML, true
	page, err := m.digests.render(msg.Digest, style)
	if err != nil {
		return err
	}
	out.SetBodyString(gomail.TypeTextPlain, string(text.Body))
	out.AddAlternativeString(gomail.TypeTextHTML, string(page.Body))
	for _, i := range page.Images {
		err := out.EmbedReader(i.Name, bytes.NewReader(i.PNG), gomail.WithFileContentType("image/png"), gomail.WithFileContentID("<"+i.Name+">"))
		if err != nil {
			return err
		}
	}
	return nil
}

// settled gives a mail boundaries that follow from its ID, instead of random ones: it is the same in every attempt. In
// the encodings of the parts no text can look like one.
func settled(content []byte, id string) []byte {
	for i, m := range boundaries.FindAllSubmatch(content, -1) {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", id, i))
		content = bytes.ReplaceAll(content, m[1], []byte(hex.EncodeToString(sum[:30])))
	}
	return content
}

var boundaries = regexp.MustCompile(`\r\n boundary=([0-9a-f]{60})\r\n`)

// mailPlain is a note as text.
func mailPlain(n note) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", n.Label, n.Title)
	for _, p := range n.Parts {
		b.WriteByte('\n')
		if p.Heading != "" {
			fmt.Fprintf(&b, "%s\n", p.Heading)
		}
		for _, l := range p.Lines {
			fmt.Fprintf(&b, "%s\n", l)
		}
	}
	for _, l := range n.Links {
		fmt.Fprintf(&b, "\n%s: %s", l.Text, l.URL)
	}
	if len(n.Links) > 0 {
		b.WriteByte('\n')
	}
	if n.Footer != "" {
		fmt.Fprintf(&b, "\n%s\n", n.Footer)
	}
	return b.String()
}

// mailHTML is a note as a page for mail clients: no style sheet, which some drop, and no pictures; colours of text
// and background are the client's, so that dark ones can turn them.
func mailHTML(n note) (string, error) {
	var b bytes.Buffer
	err := mailPage.Execute(&b, struct {
		note
		Colour template.CSS
	}{n, mailColour(n.Tone)})
	return b.String(), err
}

func mailColour(tone string) template.CSS {
	switch tone {
	case api.SeverityCrisis:
		return "#c62828"
	case api.SeverityWarning:
		return "#ef6c00"
	case api.SeverityNotice:
		return "#1565c0"
	}
	return "#607d8b"
}

var mailPage = template.Must(template.New("mail").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>{{.Label}}</title></head>
<body style="font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.45">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td style="border-left:4px solid {{.Colour}};padding:4px 16px">
<p style="margin:0;color:{{.Colour}};font-weight:bold">{{.Label}}</p>
<p style="margin:4px 0 12px;font-size:20px;font-weight:bold"><bdi>{{.Title}}</bdi></p>
{{range .Parts}}{{with .Heading}}<p style="margin:12px 0 4px;font-weight:bold">{{.}}</p>
{{end}}{{range .Lines}}<p style="margin:2px 0">{{with .Bold}}<strong>{{.}}</strong>{{end}}{{if and .Bold .Text}}: {{end}}<bdi>{{.Text}}</bdi></p>
{{end}}{{end}}{{range .Links}}<p style="margin:12px 0 0"><a href="{{.URL}}">{{.Text}}</a></p>
{{end}}{{with .Footer}}<p style="margin:16px 0 0;font-size:12px">{{.}}</p>
{{end}}</td></tr></table>
</body></html>
`))
