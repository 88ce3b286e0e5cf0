package entries

import (
	"bytes"
	"context"
	"slices"

	"github.com/swell-radar/swell/scrapers"
)

// What a feed may be made of. The parser calls itself for elements within elements, keeps each
// of them, and copies what it reads several times: without bounds a few kilobytes on the
// wire end the program, or take gigabytes.
const (
	deepest   = 64        // elements within elements; feeds have 10
	mostItems = 10_000    // items; podcasts have 2,000
	mostParts = 150_000   // elements and attributes, or values of JSON; podcasts of 2,000 items have 100,000
	mostDates = 25_000    // each is tried in a hundred forms; feeds have two of an item
	mostOfOne = 512 << 10 // bytes of an item, or of any other element but those that hold items
	mostOfTag = 64 << 10
	mostNames = 256     // prefixes of namespaces at a place
	mostWork  = 1 << 30 // bytes copied because a text comes in pieces: each time all there is of it
)

// askEvery is after how many tokens it is looked whether anybody still waits for the feed.
const askEvery = 4096

// check reads a feed without keeping any of it, and returns a [*scrapers.Trouble] where it goes
// beyond the limits, or ctx's error. What is no XML or JSON it leaves to the parser, which
// cannot read farther than this either.
func check(ctx context.Context, body []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	switch begin := bytes.TrimLeft(body, "\xfe\xff\x00\xef\xbb\xbf \r\n\t"); {
	case len(begin) > 0 && begin[0] == '<':
		return checkXML(ctx, body)
	case len(begin) > 0 && begin[0] == '{':
		return checkJSON(ctx, begin)
	}
	return nil
}

// withoutControls returns a document without the characters that XML does not know: the parser passes over
// them for RSS, so that what it reads is what was checked only if they are left out of both. JSON has none.
func withoutControls(body []byte) []byte {
	unknown := func(b byte) bool { return b < ' ' && b != '\t' && b != '\n' && b != '\r' }
	if !slices.ContainsFunc(body, unknown) {
		return body
	}
	return slices.DeleteFunc(bytes.Clone(body), unknown)
}

func beyond(most int, what string) error {
	return scrapers.NewTrouble(scrapers.SchemaChanged, "the feed cannot be read: it has more than %d %s", most, what)
}

// count counts tokens and parts.
type count struct {
	ctx           context.Context
	tokens, parts int
	items         int
}

// token counts a token of so many parts.
func (c *count) token(parts int) error {
	if c.tokens++; c.tokens%askEvery == 0 && c.ctx.Err() != nil {
		return c.ctx.Err()
	}
	if c.parts += parts; c.parts > mostParts {
		return beyond(mostParts, "parts")
	}
	return nil
}

func (c *count) item() error {
	if c.items++; c.items > mostItems {
		return beyond(mostItems, "items")
	}
	return nil
}
