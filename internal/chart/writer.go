package chart

import (
	"html/template"
	"math"
	"strconv"
	"strings"

	"github.com/swell-radar/swell/internal/console"
)

// writer puts markup together. Only raw takes markup; what people wrote goes through text.
type writer struct{ strings.Builder }

// done returns the drawing. All of it came from raw, which constants are given to, from numbers, and from text, which
// escapes.
func (w *writer) done() template.HTML { return template.HTML(w.String()) }

// raw appends pieces of markup: strings as they are, whole numbers and numbers with one decimal at most.
func (w *writer) raw(pieces ...any) *writer {
	for _, p := range pieces {
		switch p := p.(type) {
		case string:
			w.WriteString(p)
		case int:
			w.WriteString(strconv.Itoa(p))
		case float64:
			w.WriteString(short(p))
		}
	}
	return w
}

// escapes are those of text and of values in double quotes, in XML as in HTML.
var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// text appends what somebody wrote, without characters that no document may hold or that turn the writing around.
func (w *writer) text(s string) *writer {
	_, _ = escapes.WriteString(w, clean(s))
	return w
}

// clean returns what somebody wrote as it can be shown in one line, no longer than anybody reads.
func clean(s string) string {
	const longest = 300
	return console.Cut(strings.Map(func(r rune) rune {
		if r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, console.Printable(s)), longest)
}

// short writes a number with one decimal at most; what is no number becomes 0, so that a drawing is never broken by one.
func short(x float64) string {
	const far = 1e6
	if math.IsNaN(x) {
		x = 0
	}
	x = math.Round(max(-far, min(far, x))*10) / 10
	if x == 0 {
		return "0" // not -0
	}
	s := strconv.FormatFloat(x, 'f', -1, 64)
	if rest, ok := strings.CutPrefix(s, "0."); ok {
		return "." + rest
	}
	if rest, ok := strings.CutPrefix(s, "-0."); ok {
		return "-." + rest
	}
	return s
}

// known returns x, or 0 and false where it is no number that can be drawn.
func known(x float64) (float64, bool) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, false
	}
	return x, true
}

// phaseClass returns the class that gives a phase its colour; what is no phase is drawn as something that is over.
func phaseClass(phase string) string {
	switch phase {
	case "emerging", "rising", "peaking", "fading", "unconfirmed":
		return phase
	}
	return "over"
}

// made appends text that is made here and may be long, as the value of an attribute.
func (w *writer) made(s string) *writer {
	_, _ = escapes.WriteString(w, s)
	return w
}

// id appends the name of an element, if it is one.
func (w *writer) id(id string) {
	for i := range len(id) {
		if c := id[i] | 0x20; (c < 'a' || c > 'z') && (id[i] < '0' || id[i] > '9') && id[i] != '-' {
			return
		}
	}
	if id != "" {
		w.raw(` id="`, id, `"`)
	}
}
