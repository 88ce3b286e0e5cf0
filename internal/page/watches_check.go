package page

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/swell-radar/swell/internal/api"
)

// The endpoint tells the first fault of a list. Whoever fills in a form gets all that can be told at once, and is asked about
// what is well-formed but probably a slip of the pen: a platform that nothing is read of.

// checkWatch notes what is wrong with a list, beside what its lines have themselves.
func (p *Page) checkWatch(v *viewer, f *fields, w *api.Watch, lines *watchLines) {
	if bad := unknownLanguages(w.Languages); len(bad) > 0 {
		f.refuse("languages", "%s. Use codes, as in en or pt-BR.", noLanguages(bad))
	}
	strange, at := map[string]bool{}, map[int]bool{}
	seen := p.platformsSeen(v)
	check := func(line int, languages, platforms []string) {
		if bad := unknownLanguages(languages); len(bad) > 0 {
			lines.refuse(line, noLanguages(bad))
		}
		for _, name := range platforms {
			if name = strings.ToLower(name); !slices.Contains(seen, name) && !slices.Contains(usualPlatforms, name) {
				strange[name], at[line] = true, true
			}
		}
	}
	for i := range w.Terms {
		check(lines.termAt[i], nil, w.Terms[i].Platforms)
		if bare := strings.Trim(w.Terms[i].Term, "#@ \t"); bare == "" {
			lines.refuse(lines.termAt[i], "has a sign, and no term behind it")
		}
	}
	for i := range w.Phrases {
		check(lines.phrasAt[i], w.Phrases[i].Languages, w.Phrases[i].Platforms)
	}
	names := make([]string, 0, len(strange))
	for name := range strange {
		names = append(names, name)
	}
	slices.Sort(names)
	// Nothing may be read of a platform yet: whoever saves the same again means it.
	if asked := strings.Join(names, ","); asked != f.Value("sure") {
		f.values.Set("sure", asked)
		if asked != "" {
			for _, line := range slices.Sorted(maps.Keys(at)) {
				lines.refuse(line, fmt.Sprintf("has a platform of which nothing is read here (%s)%s. Save again to keep it all the same", cutWord(strings.Join(names, ", ")), readHere(seen)))
			}
		}
	}
	slices.SortStableFunc(lines.faults, func(a, b lineFault) int { return cmp.Compare(a.Line, b.Line) })
}

// usualPlatforms are those of which somebody may well mean to read something later.
var usualPlatforms = []string{
	"bluesky", "douyin", "facebook", "instagram", "linkedin", "listenbrainz", "mastodon", "misskey", "nostr", "pinterest", "reddit", "snapchat", "threads", "tiktok",
	"tumblr", "twitch", "weibo", "x", "youtube", "web",
}

func readHere(seen []string) string {
	if len(seen) == 0 {
		return ""
	}
	return "; what is read is of " + listed(seen)
}

// platformsSeen are the platforms that any source, on or off, can see; none: that is not known.
func (p *Page) platformsSeen(v *viewer) []string {
	var out []string
	var sources api.SourcesAnswer
	if problem := p.opt.API.Get(v.Request, api.SourcesPath, nil, &sources); problem == nil {
		for i := range sources.Sources {
			out = append(out, sources.Sources[i].Platforms...)
		}
	}
	var trends api.TrendsAnswer
	if problem := p.opt.API.Get(v.Request, api.TrendsPath, url.Values{"limit": {"1"}}, &trends); problem == nil {
		for _, facet := range trends.Counts.Platforms {
			out = append(out, facet.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// unknownLanguages are the tags of no language. What stands for no known language, or for several, is one here.
func unknownLanguages(tags []string) (bad []string) {
	for _, tag := range tags {
		first, _, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
		if slices.Contains([]string{"und", "mis", "mul", "zxx"}, strings.ToLower(first)) {
			continue
		}
		if _, err := language.ParseBase(first); err != nil {
			bad = append(bad, cutWord(tag))
		}
	}
	return bad
}

func noLanguages(bad []string) string {
	for i := range bad {
		bad[i] = "“" + bad[i] + "”"
	}
	if len(bad) == 1 {
		return bad[0] + " is no language"
	}
	return listed(bad) + " are no languages"
}
