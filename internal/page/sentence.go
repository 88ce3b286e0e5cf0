package page

import (
	"html/template"
	"strings"
)

// The marks that sentences of the endpoint have around what people wrote (first strong isolate, and its end).
const (
	isolateMark = "\u2068"
	popMark     = "\u2069"
)

// sentence writes a sentence of the endpoint: what people wrote is apart from the words around it, so that its direction
// does not turn them.
func sentence(s string) template.HTML {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, isolateMark)
		b.WriteString(template.HTMLEscapeString(text(before)))
		if !ok {
			return template.HTML(b.String())
		}
		inner, after, _ := strings.Cut(rest, popMark)
		b.WriteString(`<bdi dir="auto">` + template.HTMLEscapeString(text(inner)) + `</bdi>`)
		s = after
	}
}
