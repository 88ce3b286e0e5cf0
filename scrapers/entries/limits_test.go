package entries

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/swell-radar/swell/scrapers"
)

const (
	rssBegins = `<rss version="2.0" xmlns:x="urn:x"><channel><title>x</title>`
	rssEnds   = `</channel></rss>`
	jsonFeed  = `{"version":"https://jsonfeed.org/version/1.1","title":"x",`
)

// A few kilobytes on the wire may be anything: what costs more than a feed can be worth is refused before it
// is parsed.
func TestHostileFeedsAreRefused(t *testing.T) {
	many := strings.Repeat
	attributes := `<x:b` + many(` c`, 1000) + `/>`
	for name, c := range map[string]struct{ body, want string }{
		"elements in an extension": {rssBegins + `<item><guid>1</guid><x:a>` + many(`<b>`, 1<<20), "64 levels"},
		"extensions":               {rssBegins + `<item>` + many(`<x:a>`, 100) + many(`</x:a>`, 100) + `</item>` + rssEnds, "64 levels"},
		"closed by another's end":  {rssBegins + `<item>` + many(`<x:a><b></x:a><c>`, 100), "64 levels"},
		"with control characters":  {rssBegins + `<item><x:a>` + many("<\x01b\x02>", 100), "64 levels"},
		"in Atom":                  {`<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml">` + many(`<a>`, 100), "64 levels"},
		"in JSON":                  {jsonFeed + `"_x":` + many(`[`, 100), "64 levels"},
		"items":                    {rssBegins + many(`<item/>`, mostItems+1) + rssEnds, "10000 items"},
		"items of JSON":            {jsonFeed + `"items":[` + many(`{},`, mostItems) + `{}]}`, "10000 items"},
		"elements":                 {rssBegins + many(`<item>`+many(`<x:a b="" c="" d="" e="" f="" g="" h="" i="" j=""/>`, 160)+`</item>`, 100) + rssEnds, "150000 parts"},
		"attributes":               {rssBegins + `<item>` + many(attributes, 151) + `</item>` + rssEnds, "150000 parts"},
		"values":                   {jsonFeed + `"items":[{"tags":[` + many(`"",`, mostParts) + `""]}]}`, "150000 parts"},
		"a tag":                    {rssBegins + `<item><x:a` + many(` b`, mostOfTag) + `/></item>` + rssEnds, "bytes in one tag"},
		"a tag after a charset":    {`<?xml version="1.0" encoding="iso-8859-2"?><rss` + many(` b`, mostOfTag) + `>`, "bytes in one tag"},
		"HTML":                     {rssBegins + `<item><description><![CDATA[` + many(`<p>`, mostOfOne/3) + `]]></description></item>` + rssEnds, "bytes in one item"},
		"HTML, closed by the feed": {rssBegins + `<item><description><![CDATA[` + many(`<p>`, mostOfOne/3) + `]]></rss>`, "bytes in one item"},
		"HTML in JSON":             {jsonFeed + `"items":[{"content_html":"` + many(`<p>`, mostOfOne/3+1) + `"}]}`, "bytes in one text"},
		"text in pieces":           {rssBegins + `<item><x:a>` + many(`xxxxxxxxx<!---->`, mostOfOne/18) + `</x:a></item>` + many(`<item><x:a>`+many(`xxxxxxxxx<!---->`, mostOfOne/18)+`</x:a></item>`, 8) + rssEnds, "bytes of work"},
		"dates":                    {rssBegins + many(`<item>`+many(`<pubDate>x</pubDate>`, 100)+`</item>`, 251) + rssEnds, "25000 dates"},
		"namespaces":               {`<rss` + declared(200) + `><channel` + declared(57) + `>`, "256 namespaces"},
	} {
		f, err := Parse([]byte(c.body))
		if f != nil || scrapers.StateOf(err) != scrapers.SchemaChanged || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %.200v; want something with %q", name, err, c.want)
		}
	}
}

func declared(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` xmlns:n%d="urn:%d"`, i, i)
	}
	return b.String()
}

// What is large, odd or broken, and no danger, is read.
func TestLargeFeedsAreRead(t *testing.T) {
	many := strings.Repeat
	item := `<item><guid>1</guid><title>t</title><description>` + many("words ", 100) + `</description>` + many(`<x:a b="c">d</x:a>`, 20) + `</item>`
	for name, c := range map[string]struct {
		body  string
		items int
	}{
		"a podcast":               {rssBegins + many(item+"\n  ", 200) + rssEnds, 200},
		"a long article":          {rssBegins + `<item><title>t</title><description>` + many(`<p>some words</p>`, 5000) + `</description></item>` + rssEnds, 1},
		"as deep as may be":       {rssBegins + `<item>` + many(`<x:a>`, deepest-3) + many(`</x:a>`, deepest-3) + `</item>` + rssEnds, 1},
		"a long text with a '<'":  {rssBegins + `<item><title>t</title><description><![CDATA[a <b` + many(` c`, mostOfTag) + `]]></description></item>` + rssEnds, 1},
		"a long comment":          {rssBegins + `<!--` + many(`<a `, mostOfTag) + `--><item><title>t</title></item>` + rssEnds, 1},
		"nonsense behind its end": {rssBegins + `<item><title>t</title></rss>` + many(`<a>`, 100) + `<<<`, 1},
		"control characters":      {rssBegins + "<item><title>a\x01b</title></item>" + rssEnds, 1},
		"JSON of 1,000 items":     {jsonFeed + `"items":[` + many(`{"id":"1","tags":["a","b"],"authors":[{"name":"c"}]},`, 999) + `{"id":"1"}]}`, 1000},
	} {
		f, err := Parse([]byte(c.body))
		if err != nil || f.Items != c.items {
			t.Errorf("%s: %v, %.200v", name, f != nil, err)
			continue
		}
		for i := range f.Entries {
			if n := len(f.Entries[i].ext); n > mostExtensions {
				t.Errorf("%s: %d elements are kept of an entry", name, n)
			}
		}
	}
}

func TestAFeedThatNobodyWaitsForIsNotParsed(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := parse(ctx, []byte(rssBegins+rssEnds)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	c := count{ctx: ctx}
	var err error
	for range askEvery {
		err = errors.Join(err, c.token(0))
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it goes on for %d tokens", askEvery)
	}
}

func TestSoManyFeedsAreParsedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewParsers(2)
		p.busy <- struct{}{}
		if _, err := p.parse(t.Context(), []byte(rssBegins+rssEnds)); err != nil {
			t.Error(err)
		}
		p.busy <- struct{}{}
		done := make(chan error, 2)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			_, err := p.parse(ctx, []byte(rssBegins+rssEnds))
			done <- err
		}()
		synctest.Wait()
		select {
		case err := <-done:
			t.Errorf("a third one is parsed: %v", err)
		default:
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
