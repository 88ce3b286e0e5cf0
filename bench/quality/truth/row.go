package truth

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/swell-radar/swell/term"
)

// Types lists the types.
func Types() []Type { return []Type{Trend, Regular, Burst, Bot, Flood} }

// shapes of an oracle stand in its column kind.
var oracleShapes = []string{"spike", "surge"}

// row makes a Row of the cells of a line.
func (l *loader) row(cells []string) (Row, *RowError) {
	wrong := func(f field, advice string) *RowError {
		return &RowError{File: l.file, Line: l.line, Column: f.String(), Value: shortened(l.columns.of(cells, f)), Advice: advice}
	}
	r := Row{
		Platform: strings.ToLower(l.columns.of(cells, fieldPlatform)),
		Shape:    l.columns.of(cells, fieldShape),
		Type:     Trend,
	}
	if advice := l.kind(&r, l.columns.of(cells, fieldKind)); advice != "" {
		return r, wrong(fieldKind, advice)
	}
	r.Key = term.KeyOf(max(r.Kind, term.Hashtag), l.columns.of(cells, fieldTerm))
	if r.Key == "" {
		return r, wrong(fieldTerm, "nothing in it can be counted; write the term as people do")
	}
	if name := strings.ToLower(l.columns.of(cells, fieldType)); name != "" {
		if r.Type = Type(name); !slices.Contains(Types(), r.Type) {
			return r, wrong(fieldType, fmt.Sprintf("no such type; the types are %v", Types()))
		}
	}
	for _, t := range []struct {
		field field
		to    *int64
	}{{fieldOnset, &r.Onset}, {fieldPeak, &r.Peak}, {fieldEnd, &r.End}} {
		text := l.columns.of(cells, t.field)
		if text == "" && t.field != fieldOnset {
			continue
		}
		at, ok := parseTime(text)
		if !ok {
			return r, wrong(t.field, "no time; write it as 2026-06-01T00:00:00Z or in Unix seconds")
		}
		if t.field != fieldOnset && at < max(r.Onset, r.Peak) {
			return r, wrong(t.field, "before what should come earlier; the order is onset, peak, end")
		}
		*t.to = at
	}
	switch tier := l.columns.of(cells, fieldTier); strings.ToLower(tier) {
	case "", "a", "b":
	case "near":
		r.Near = true
	default:
		return r, wrong(fieldTier, "no such tier; the tiers are A, B and near")
	}
	if text := l.columns.of(cells, fieldNear); text != "" {
		near, err := strconv.ParseBool(strings.ToLower(text))
		if err != nil {
			return r, wrong(fieldNear, "write true or false")
		}
		r.Near = r.Near || near
	}
	r.Event = l.event(l.columns.of(cells, fieldEvent))
	return r, nil
}

// kind fills in Kind, and Shape where an oracle's stands in its place. It returns
// what should stand there instead.
func (l *loader) kind(r *Row, name string) (advice string) {
	name = strings.ToLower(name)
	switch {
	case l.set.Oracle && slices.Contains(oracleShapes, name):
		if r.Shape == "" {
			r.Shape = name
		}
	case name != "":
		kind, err := term.ParseKind(name)
		if err != nil {
			return fmt.Sprintf("no such kind; the kinds are %v", term.Kinds())
		}
		r.Kind = kind
	case !l.set.Oracle:
		r.Kind = term.Hashtag
	}
	return ""
}

// event returns the number of an event by what the file calls it; what has no
// name is an event of its own.
func (l *loader) event(name string) int {
	if n, ok := l.events[name]; ok && name != "" {
		return n
	}
	l.count++
	if name != "" {
		l.events[name] = l.count
	}
	return l.count
}

// Times lie after 1970, because a zero stands for one that is not known, and
// before the year 10000; milliseconds are beyond that.
const (
	minTime = 1
	maxTime = 253402300799
)

func parseTime(text string) (unix int64, ok bool) {
	unix, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return 0, false
		}
		unix = at.Unix()
	}
	return unix, minTime <= unix && unix <= maxTime
}
