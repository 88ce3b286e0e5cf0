package record

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/swell-radar/swell/scrapers/all"
)

// Pages that name people in all the places that their services document. Whoever is named is
// called by one of people; hashtags are what has to be left.
var pagesOf = map[string][]struct{ mediaType, page string }{
	"mastodon": {{"application/json", `[{"id":"115","created_at":"2026-11-28T10:00:00.000Z","in_reply_to_account_id":"109771122",
		"uri":"https://social.example/users/janedoe/statuses/115","url":"https://social.example/@janedoe/115","content":"<p>Jane Doe here</p>",
		"account":{"id":"109771122","acct":"janedoe","username":"janedoe","display_name":"Jane Doe","created_at":"2022-11-01T00:00:00.000Z","last_status_at":"2026-11-28",
			"bot":false,"followers_count":48213377,"fields":[{"name":"Web","value":"<a href=\"https://janedoe.example\">janedoe.example</a>","verified_at":null}],
			"emojis":[{"shortcode":"janedoe","static_url":"https://x.example/janedoe.png"}],"moved":{"id":"77","acct":"johnroe@y.example"}},
		"mentions":[{"id":"5","username":"johnroe","acct":"johnroe@y.example","url":"https://y.example/@johnroe"}],"tags":[{"name":"tide","url":"https://social.example/tags/tide"}],
		"card":{"url":"https://n.example/1","title":"by John Roe","author_name":"John Roe","author_url":"https://n.example/johnroe","html":"<i>Jane Doe</i>",
			"authors":[{"name":"John Roe","url":"","account":{"acct":"johnroe"}}]},
		"media_attachments":[{"description":"Portrait of Jane Doe"}],"reblog":{"account":{"acct":"johnroe"}}}]`}},
	"bluesky": {{"application/json", `{"did":"did:plc:janedoe234","time_us":1779719009157119,"kind":"commit","commit":{"rev":"3mmrevjanedoe","operation":"create","rkey":"3mmkeyjanedoe",
		"record":{"text":"#tide with @johnroe.bsky.social and janedoe.bsky.social","facets":[{"features":[{"$type":"app.bsky.richtext.facet#mention","did":"did:plc:johnroe234"}]}],
			"reply":{"root":{"uri":"at://did:plc:johnroe234/app.bsky.feed.post/3mx","cid":"bafyjohnroe"}},"embed":{"images":[{"alt":"Jane Doe","image":{"ref":{"$link":"bafkjanedoe"}}}]},
			"bridgyOriginalUrl":"https://social.example/@janedoe/1"},"cid":"bafyjanedoe"}}
		{"did":"did:plc:johnroe234","kind":"identity","identity":{"did":"did:plc:johnroe234","handle":"johnroe.example"}}`}},
	"nostr": {{"application/json", `["EVENT","sub1",{"id":"` + strings.Repeat("1a", 32) + `","pubkey":"` + strings.Repeat("2b", 32) + `","created_at":1763740123,"kind":1,
		"tags":[["p","` + strings.Repeat("3c", 32) + `","","johnroe"]],"content":"#tide nostr:npub1janedrsefg234567 and ` + strings.Repeat("2b", 32) + ` @johnroe","sig":"` + strings.Repeat("4d", 64) + `"}]`}},
	"youtube": {{"text/xml", `<?xml version="1.0"?><feed xmlns:yt="u"><id>yt:channel:JaneDoe_JaneDoe_JaneDo</id><title>Jane Doe</title><author><name>Jane Doe</name><uri>https://www.youtube.com/channel/UCJaneDoe_JaneDoe_JaneDo</uri></author>
		<link rel="alternate" href="https://www.youtube.com/channel/UCJaneDoe_JaneDoe_JaneDo"/><entry><yt:channelId>UCJaneDoe_JaneDoe_JaneDo</yt:channelId><title>#tide with @johnroe</title><author><name>Jane Doe</name></author></entry></feed>`}},
	"reddit": {{"application/atom+xml", `<?xml version="1.0"?><feed><entry><author><name>/u/janedoe</name><uri>https://www.reddit.com/user/janedoe</uri></author>
		<content type="html">&lt;a href="https://www.reddit.com/user/johnroe"&gt;/u/johnroe&lt;/a&gt;</content><title>#tide, thanks u/johnroe and u/jon</title></entry></feed>`}},
	"feed": {
		{"application/rss+xml", `<rss xmlns:dc="d" xmlns:itunes="i"><channel><managingEditor>jane@doe.example (Jane Doe)</managingEditor><copyright>Jane Doe</copyright><itunes:owner><itunes:name>Jane Doe</itunes:name></itunes:owner>
			<item><dc:creator><![CDATA[John Roe]]></dc:creator><title>#tide by John Roe</title></item></channel></rss>`},
		{"text/html", `<?xml version="1.0"?><rss><channel><item><author>jane@doe.example</author><title>#tide</title></item></channel></rss>`},
		{"application/atom+xml", `<feed><entry><author><p:Person xmlns:p="p"><p:nick>janedoe</p:nick></p:Person></author><title>#tide</title></entry><entry><author><name>Jane D`},
		{"application/feed+json", `{"version":"https://jsonfeed.org/version/1.1","authors":[{"name":"Jane Doe","url":"https://example.org/janedoe"}],
			"items":[{"id":"1","author":{"name":"John Roe","avatar":"https://example.org/johnroe.png"},"content_text":"#tide"}]}`},
		{"application/feed+json", `{"items":[{"content_text":"#tide","author":{"name":"John Roe"}},{"author":{"name":"Jane Doe","x":`},
	},
	"tiktok": {
		{"text/html", `<html><script id="__UNIVERSAL_DATA_FOR_REHYDRATION__" type="application/json">{"itemList":[{"desc":"#tide with @johnroe","author":{"id":"6812janedoe","uniqueId":"janedoe","nickname":"Jane Doe","bioLink":{"link":"janedoe.example"}},
			"contents":[{"textExtra":[{"userUniqueId":"johnroe"}]}]}],"music":{"title":"original sound - Jane Doe","authorName":"Jane Doe","playUrl":"https:\u002F\u002Fx"}}</script></html>`},
		{"application/json", `{"data":{"list":[{"hashtag_name":"tide","creators":[{"nick_name":"Jane Doe","avatar_url":"https://x.example/janedoe.jpg","tt_link":"https://www.tiktok.com/@janedoe"}]}]}}`},
	},
}

var people = []string{"jane", "john", "doe", "u/jon<", "48213377", "109771122", strings.Repeat("1a", 9), strings.Repeat("2b", 9), strings.Repeat("3c", 9), strings.Repeat("4d", 9)}

// What is recorded of a source names nobody, and leaves what its decoder looks for.
func TestNobodyIsNamedBySources(t *testing.T) {
	for _, k := range all.Kinds() {
		pages := pagesOf[k.Name]
		if len(pages) == 0 && len(k.Redaction.JSON)+len(k.Redaction.XML)+len(k.Redaction.Text) > 0 {
			t.Errorf("%s names people, and no page of it is tried", k.Name)
		}
		for _, c := range pages {
			r := newRedactor(k.Redaction, []byte("secret"))
			out, _ := r.body(c.mediaType, []byte(c.page))
			for _, person := range people {
				if strings.Contains(strings.ToLower(string(out)), person) {
					t.Errorf("%s: %s is named in %s", k.Name, person, out)
				}
			}
			if again, _ := r.body(c.mediaType, []byte(c.page)); !bytes.Equal(again, out) {
				t.Errorf("%s: people have other pseudonyms when they are known: %s", k.Name, again)
			}
			if !strings.Contains(string(out), "tide") {
				t.Errorf("%s: nothing is left in %s", k.Name, out)
			}
		}
	}
}

// Numbers stay numbers, truths truths, and times as they are.
func TestTypesStay(t *testing.T) {
	const page = `{"account":{"n":12,"f":-0.5,"bot":true,"no":null,"at":"2026-11-28T10:00:00.5Z","day":"2026-11-28","name":"x"},"at":12}`
	out, _ := newRedactor(all.Kinds()[1].Redaction, []byte("secret")).body("application/json", []byte(page))
	var got struct {
		Account struct {
			N, F    int64
			Bot     bool
			No      *int
			At, Day string
		}
		At int
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if a := got.Account; a.N < 1e14 || a.N >= 1e15 || a.F < 1e14 || a.N == a.F || !a.Bot || a.No != nil || a.At != "2026-11-28T10:00:00.5Z" || a.Day != "2026-11-28" || got.At != 12 {
		t.Errorf("%s became %s", page, out)
	}
}
