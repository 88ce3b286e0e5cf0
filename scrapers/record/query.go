package record

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// query hides what stands behind the '?' of an address that was asked for: keys of accounts, IDs, places
// in a list.
type query struct {
	shown string // the address without values
	pairs []*regexp.Regexp
}

// leastValue is how long a value is that is looked for everywhere: shorter ones are words and numbers too.
const leastValue = 6

// word is a value that sites have in their answers for other reasons: "app.bsky.feed.post". It is hidden
// behind its name alone.
var word = regexp.MustCompile(`^[a-z._-]*$`)

// queryOf returns the query of an address, and has its values replaced from now on like names.
func (r *redactor) queryOf(address string) query {
	u, err := url.Parse(address)
	if err != nil {
		return query{shown: "(no address)"}
	}
	var q query
	var hidden []string
	for _, pair := range strings.Split(u.RawQuery, "&") {
		name, raw, ok := strings.Cut(pair, "=")
		if !ok || raw == "" {
			raw = name
			name = ""
		}
		if raw == "" {
			continue
		}
		value, err := url.QueryUnescape(raw)
		if err != nil {
			value = raw
		}
		if len(value) >= leastValue && !word.MatchString(value) {
			for _, s := range []string{value, raw, escaped(value)} {
				r.hide(s)
			}
		}
		if name == "" {
			hidden = append(hidden, "…")
			continue
		}
		hidden = append(hidden, name+"=…")
		var spellings []string
		for _, s := range append(forms(value), raw, escaped(value)) {
			if s = regexp.QuoteMeta(s); !slices.Contains(spellings, s) {
				spellings = append(spellings, s)
			}
		}
		q.pairs = append(q.pairs, regexp.MustCompile(`((?:[?&;]|\\u0026)`+regexp.QuoteMeta(name)+`=)(?:`+strings.Join(spellings, "|")+`)([^\w%.~+-]|$)`))
	}
	if password, ok := u.User.Password(); ok && len(password) >= leastValue {
		r.hide(password)
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", ""
	q.shown = u.String()
	if len(hidden) > 0 {
		q.shown += "?" + strings.Join(hidden, "&")
	}
	return q
}

// escaped writes a value with "%20" for spaces, as some do.
func escaped(value string) string { return strings.ReplaceAll(url.QueryEscape(value), "+", "%20") }

// hide has a value replaced by a pseudonym, a number by a number.
func (r *redactor) hide(value string) {
	if strings.Trim(value, "0123456789") == "" {
		r.known[value] = r.number(value)
		return
	}
	r.pseudonym(value)
}

// within replaces the values where they stand behind their names, as in a page's address of itself.
func (q *query) within(text []byte) []byte {
	for _, pair := range q.pairs {
		text = pair.ReplaceAll(text, []byte("${1}x${2}"))
	}
	return text
}
