package entries

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"

	"github.com/swell-radar/swell/scrapers"
)

// Feed is a feed as it was read once.
type Feed struct {
	Title   string
	Lang    string // BCP 47 as the feed says it, or empty
	Entries []Entry
	Items   int // how many entries it has, those beyond [MaxEntries] included

	TTL  time.Duration // for which it wants to be left alone; 0: it does not say
	Skip [24]bool      // hours of the day, UTC, in which it does not want to be asked
}

// Entry is an item of a feed.
type Entry struct {
	Where      string // position in the feed: "entry 3"
	ID         string // the feed's own: guid, id; empty where it has none
	Title      string // as it stands, HTML or not
	Link       string // to the page of the entry
	Summary    string // HTML or text, as it stands
	Content    string // HTML or text, as it stands
	Author     string
	Categories []string
	Published  time.Time // or updated, where only that is said; zero: not said, or not readable

	ext []extension
}

// extension is an element of another namespace, by its local name.
type extension struct {
	name, value string
	attrs       map[string]string
}

// MaxEntries is how many entries of a feed are read, the newest by their own word.
const MaxEntries = 1000

// mostExtensions bounds the elements of other namespaces that are kept of an entry.
const mostExtensions = 256

// Ext returns the text and the attributes of the first element of another namespace that has a
// local name ("statistics" of <media:statistics>), at any depth; false where there is none.
func (e *Entry) Ext(name string) (value string, attrs map[string]string, ok bool) {
	for i := range e.ext {
		if e.ext[i].name == name {
			return e.ext[i].value, e.ext[i].attrs, true
		}
	}
	return "", nil, false
}

// Parse reads an RSS, Atom or JSON feed, in UTF-8. Its error is a [*scrapers.Trouble]. Whatever a
// body of 8 MiB is made of, it costs some seconds and 120 MB at most.
func Parse(body []byte) (*Feed, error) { return parse(context.Background(), body) }

// parse is [Parse], which is given up at the start when ctx ends; then its error is ctx's.
func parse(ctx context.Context, body []byte) (f *Feed, err error) {
	defer func() {
		// The parser takes whatever the web calls a feed: what it stumbles over is no
		// feed, and no end of the program.
		if r := recover(); r != nil {
			f, err = nil, scrapers.NewTrouble(scrapers.SchemaChanged, "the feed cannot be read: %.100v", r)
		}
	}()
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, scrapers.NewTrouble(scrapers.SchemaChanged, "the feed is empty: there is no rss, feed or JSON in it")
	}
	body = withoutControls(body)
	if err := check(ctx, body); err != nil {
		return nil, err
	}
	p := gofeed.NewParser()
	p.KeepOriginalFeed = true
	parsed, err := p.Parse(bytes.NewReader(body))
	if errors.Is(err, gofeed.ErrFeedTypeNotDetected) {
		return nil, scrapers.NewTrouble(scrapers.SchemaChanged, "the answer is neither RSS nor Atom nor a JSON feed, but begins with %.20q", bytes.TrimSpace(body))
	}
	if err != nil {
		return nil, &scrapers.Trouble{State: scrapers.SchemaChanged, Why: "the feed cannot be read", Err: err}
	}
	f = &Feed{Title: parsed.Title, Lang: parsed.Language, Items: len(parsed.Items)}
	if original, ok := parsed.OriginalFeed().(*rss.Feed); ok {
		f.wishes(original)
	}
	for i, item := range parsed.Items {
		if item != nil {
			f.Entries = append(f.Entries, entryOf(i, item))
		}
	}
	f.newest()
	return f, nil
}

// wishes reads when an RSS feed wants to be asked.
func (f *Feed) wishes(r *rss.Feed) {
	if minutes, err := strconv.Atoi(strings.TrimSpace(r.TTL)); err == nil && minutes > 0 && minutes < 1<<20 {
		f.TTL = time.Duration(minutes) * time.Minute
	}
	for _, h := range r.SkipHours {
		if hour, err := strconv.Atoi(strings.TrimSpace(h)); err == nil && hour >= 0 && hour <= 24 {
			f.Skip[hour%24] = true
		}
	}
}

// newest keeps the newest entries where there are too many. Those without a time keep their place.
func (f *Feed) newest() {
	if len(f.Entries) <= MaxEntries {
		return
	}
	slices.SortStableFunc(f.Entries, func(a, b Entry) int { return b.Published.Compare(a.Published) })
	f.Entries = f.Entries[:MaxEntries]
}

func entryOf(i int, item *gofeed.Item) Entry {
	e := Entry{
		Where: fmt.Sprintf("entry %d", i), ID: strings.TrimSpace(item.GUID), Title: item.Title, Link: strings.TrimSpace(item.Link),
		Summary: item.Description, Content: item.Content, Categories: item.Categories,
	}
	for _, t := range []*time.Time{item.PublishedParsed, item.UpdatedParsed} {
		if t != nil && e.Published.IsZero() {
			e.Published = t.UTC()
		}
	}
	for _, a := range item.Authors {
		if a == nil {
			continue
		}
		if e.Author = strings.TrimSpace(a.Name); e.Author == "" {
			e.Author = strings.TrimSpace(a.Email)
		}
		if e.Author != "" {
			break
		}
	}
	for _, prefix := range sorted(item.Extensions) {
		e.extend(item.Extensions[prefix], 0)
	}
	return e
}

// extend notes elements of other namespaces, the outer before the inner.
func (e *Entry) extend(elements map[string][]ext.Extension, depth int) {
	const deepest = 8
	for _, name := range sorted(elements) {
		for _, x := range elements[name] {
			if len(e.ext) == mostExtensions {
				return
			}
			e.ext = append(e.ext, extension{name: name, value: x.Value, attrs: x.Attrs})
			if depth < deepest {
				e.extend(x.Children, depth+1)
			}
		}
	}
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
