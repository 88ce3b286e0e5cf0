package page

import (
	"slices"
	"strings"

	"github.com/swell-radar/swell/internal/api"
)

// A watch list is written with a term or a phrase on each line:
//
//	#BookTok
//	@penguinbooks | on tiktok
//	sound:id:douyin:7481
//	new york | not new york times, yorkshire | in en, de | on x
//
// What begins with # or @, or with the name of a kind and a colon, is a term; all else is a phrase, and phrase: says so where
// that would be one. Behind | stands where it is watched, and for phrases what excludes them and in which languages. A
// backslash keeps the meaning of |, comma and backslash from the character behind it, and stands for a line end as \n.

// postKinds are the kinds of what people use in posts.
func postKinds() []string { return []string{"hashtag", "sound", "keyword", "mention", "link"} }

const phraseKind = "phrase"

// linesOf writes the terms and phrases of a list.
func linesOf(w *api.Watch) string {
	var lines []string
	for i := range w.Terms {
		t := &w.Terms[i]
		line := escapeLine(t.Term)
		if kind, _ := kindOf(t.Term); kind != t.Kind || strings.HasPrefix(t.Term, kind+":") {
			line = t.Kind + ":" + line
		}
		lines = append(lines, line+option("on", t.Platforms))
	}
	for i := range w.Phrases {
		p := &w.Phrases[i]
		line := escapeLine(p.Phrase)
		if kind, _ := kindOf(p.Phrase); kind != phraseKind || strings.HasPrefix(p.Phrase, phraseKind+":") {
			line = phraseKind + ":" + line
		}
		lines = append(lines, line+option("not", p.Exclude)+option("in", p.Languages)+option("on", p.Platforms))
	}
	return strings.Join(lines, "\n")
}

func option(word string, list []string) string {
	if len(list) == 0 {
		return ""
	}
	return " | " + word + " " + strings.Join(mapped(list, escapeLine), ", ")
}

func escapeLine(s string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, ",", `\,`, "\n", `\n`, "\r", `\r`).Replace(s)
}

// kindOf returns the kind of what is written, and the rest of it without the kind's name.
func kindOf(s string) (kind, rest string) {
	switch {
	case strings.HasPrefix(s, "#"):
		return "hashtag", s
	case strings.HasPrefix(s, "@"):
		return "mention", s
	}
	if kind, rest, ok := strings.Cut(s, ":"); ok && (kind == phraseKind || slices.Contains(postKinds(), kind)) {
		return kind, strings.TrimSpace(rest)
	}
	return phraseKind, s
}

// lineFault is what is wrong with a line, from 1.
type lineFault struct {
	Line   int
	Reason string
}

// watchLines are the terms and phrases that somebody wrote, with the lines that they are on.
type watchLines struct {
	terms           []api.WatchTerm
	phrases         []api.WatchPhrase
	termAt, phrasAt []int
	faults          []lineFault // the first of them
	wrong           int         // how many there are
}

// maxFaults is how many faulty lines are named: who has repaired those finds the others sooner.
const maxFaults = 10

// readLines reads what [linesOf] writes.
func readLines(text string) *watchLines {
	out := &watchLines{terms: []api.WatchTerm{}, phrases: []api.WatchPhrase{}}
	n := 0
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		n++
		if strings.TrimSpace(line) == "" {
			continue
		}
		if reason := out.read(n, line); reason != "" {
			out.refuse(n, reason)
		}
	}
	return out
}

// refuse notes what is wrong with a line.
func (l *watchLines) refuse(n int, reason string) {
	if l.wrong++; l.wrong <= maxFaults {
		l.faults = append(l.faults, lineFault{n, reason})
	}
}

// read reads a line, and returns what is wrong with it.
func (l *watchLines) read(n int, line string) string {
	pieces := splitAt(line, '|')
	kind, name := kindOf(strings.TrimSpace(pieces[0]))
	name = unescapeLine(name)
	if strings.TrimSpace(name) == "" {
		return "has no term or phrase"
	}
	var exclude, languages, platforms []string
	for _, piece := range pieces[1:] {
		word, rest, _ := strings.Cut(strings.TrimSpace(piece), " ")
		list := map[string]*[]string{"not": &exclude, "in": &languages, "on": &platforms}[strings.TrimSuffix(word, ":")]
		if list == nil {
			return "has “" + cutWord(word) + "” behind |; use on, not or in, as in | on tiktok, x (and \\| for the sign itself)"
		}
		for _, name := range splitAt(rest, ',') {
			if name = strings.TrimSpace(unescapeLine(strings.TrimSpace(name))); name != "" {
				*list = append(*list, name)
			}
		}
	}
	if kind == phraseKind {
		l.phrases, l.phrasAt = append(l.phrases, api.WatchPhrase{Phrase: name, Exclude: exclude, Languages: languages, Platforms: platforms}), append(l.phrasAt, n)
		return ""
	}
	if len(exclude)+len(languages) > 0 {
		return "has “not” or “in” behind a term; these are for phrases alone"
	}
	l.terms, l.termAt = append(l.terms, api.WatchTerm{Kind: kind, Term: name, Platforms: platforms}), append(l.termAt, n)
	return ""
}

func cutWord(s string) string {
	if s = text(s); len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return s
}

// splitAt cuts a line at a sign that no backslash stands before, and leaves the backslashes.
func splitAt(s string, sign byte) []string {
	var out []string
	from := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case sign:
			out, from = append(out, s[from:i]), i+1
		}
	}
	return append(out, s[from:])
}

func unescapeLine(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
