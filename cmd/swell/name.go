package main

import (
	"fmt"
	"slices"
	"strings"
)

const (
	hashtag = "hashtag"
	mention = "mention"
)

// readName takes a term from the command line: KIND KEY, or one argument that is #key,
// @key, kind:key, or the key of a hashtag.
func readName(args []string) (kind, key string, err error) {
	if len(args) == 2 {
		if !slices.Contains(kindWords, args[0]) {
			return "", "", fmt.Errorf("kind %q: give one of %s", args[0], strings.Join(kindWords, ", "))
		}
		return args[0], args[1], nil
	}
	kind, key = hashtag, args[0]
	before, after, found := strings.Cut(key, ":")
	tag, isTag := cutSign(key, "#", "＃")
	name, isName := cutSign(key, "@", "＠")
	switch {
	case isTag:
		key = tag
	case isName:
		kind, key = mention, name
	case found && slices.Contains(kindWords, before):
		kind, key = before, after
	}
	if key == "" {
		return "", "", fmt.Errorf("%q names no term; write '#BookTok', or KIND KEY, as in sound 7016", args[0])
	}
	return kind, key, nil
}

// cutSign takes one of two forms of a sign from the front of a text.
func cutSign(s, narrow, wide string) (string, bool) {
	if rest, ok := strings.CutPrefix(s, narrow); ok {
		return rest, true
	}
	return strings.CutPrefix(s, wide)
}

// nameOf writes a term such that [readName] takes it as it is.
func nameOf(kind, key string) string {
	switch kind {
	case hashtag:
		return "#" + key
	case mention:
		return "@" + key
	}
	return kind + ":" + key
}
