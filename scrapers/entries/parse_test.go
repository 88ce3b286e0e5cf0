package entries

import (
	"strings"
	"testing"

	"github.com/swell-radar/swell/scrapers"
)

func TestExtensionsAtAnyDepth(t *testing.T) {
	f, err := Parse([]byte(`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:m="http://search.yahoo.com/mrss/"><title>x</title><entry><id>1</id><title>t</title>
		<m:group><m:community><m:statistics views="7"/></m:community><m:description>d</m:description></m:group></entry></feed>`))
	if err != nil || len(f.Entries) != 1 {
		t.Fatal(f, err)
	}
	e := &f.Entries[0]
	if _, attrs, ok := e.Ext("statistics"); !ok || attrs["views"] != "7" {
		t.Errorf("statistics: %v, %t", attrs, ok)
	}
	if text, _, _ := e.Ext("description"); text != "d" {
		t.Errorf("description: %q", text)
	}
	if _, _, ok := e.Ext("nothing"); ok {
		t.Error("there is something called nothing")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`<rss version="2.0"><channel><title>x</title><ttl>5</ttl><skipHours><hour>3</hour></skipHours><item><guid>1</guid><title>t</title><pubDate>Sat, 21 Nov 2026 11:58:00 +0000</pubDate></item></channel></rss>`,
		`<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><id>1</id><title type="xhtml"><div>t</div></title><updated>2026-11-21T11:50:00Z</updated></entry></feed>`,
		`{"version":"https://jsonfeed.org/version/1.1","title":"x","items":[{"id":"1","content_text":"t"}]}`,
		rssBegins + `<item><x:a>` + strings.Repeat(`<b>`, deepest) + strings.Repeat(`</b>`, deepest) + `</x:a></item>` + rssEnds,
		rssBegins + `<item><description>a<b></i></description></item>` + rssEnds + `</x>`,
		`{"version":"https://jsonfeed.org/version/1","items":` + strings.Repeat(`[`, deepest),
		`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>x</title></channel><item><title>t</title><link>https://a.example/</link></item></rdf:RDF>`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		feed, err := Parse(body)
		if err != nil && scrapers.StateOf(err) != scrapers.SchemaChanged {
			t.Fatalf("the error of a decoder is %v", err)
		}
		if err == nil && (len(feed.Entries) > MaxEntries || len(feed.Entries) > feed.Items) {
			t.Fatalf("%d entries of %d items", len(feed.Entries), feed.Items)
		}
	})
}
