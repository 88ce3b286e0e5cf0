package serve

import (
	"strings"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

// splitKind takes the kind from the name of a term as it stands in a query: #key is a
// hashtag, @key a mention, an address of the web a link, kind:key what it says. ok is
// false where the name does not say.
func splitKind(name string) (kind term.Kind, key string, ok bool) {
	switch {
	case strings.HasPrefix(name, "#"), strings.HasPrefix(name, "＃"):
		return term.Hashtag, name, true
	case strings.HasPrefix(name, "@"), strings.HasPrefix(name, "＠"):
		return term.Mention, name, true
	case strings.HasPrefix(name, "http://"), strings.HasPrefix(name, "https://"):
		return term.Link, name, true
	}
	before, after, found := strings.Cut(name, ":")
	if kind, err := term.ParseKind(before); found && err == nil {
		return kind, after, true
	}
	return 0, name, false
}

// named returns the term that a name stands for, a hashtag where the name does not say.
func named(parameter, name string) (kind term.Kind, key string, fault *api.Problem) {
	kind, text, ok := splitKind(name)
	if !ok {
		kind = term.Hashtag
	}
	if key = term.KeyOf(kind, text); key == "" {
		return 0, "", api.NewProblem(api.ProblemInvalidParameter, "%s is %.80q, in which there is nothing to count; use #key, @key or kind:key", parameter, name).At(parameter)
	}
	return kind, key, nil
}
