package bluesky

import (
	"encoding/json"
	"testing"

	"github.com/swell-radar/swell/scrapers/stream"
)

// typical is an event of the size that posts have: a card, facets, a reply.
const typical = `{"did":"did:plc:made2up3of4letters5andmor","time_us":1795874401234567,"kind":"commit","commit":{"rev":"3mmade2up3rev","operation":"create","collection":"app.bsky.feed.post","rkey":"3mmade2up4key","record":{"$type":"app.bsky.feed.post","createdAt":"2026-11-28T14:00:01.034Z","embed":{"$type":"app.bsky.embed.external","external":{"description":"An hour of waves, from the pier to the lighthouse, on a day without wind.","thumb":{"$type":"blob","ref":{"$link":"bafkreimade2up3of4letters5and6digits7aaaaaaaaaaaaaaaaaaaaaa"},"mimeType":"image/jpeg","size":303105},"title":"Waves at the old pier","uri":"https://example.org/waves?from=pier"}},"facets":[{"features":[{"$type":"app.bsky.richtext.facet#tag","tag":"SurfDay"}],"index":{"byteEnd":64,"byteStart":56}},{"features":[{"$type":"app.bsky.richtext.facet#tag","tag":"waves"}],"index":{"byteEnd":71,"byteStart":65}}],"langs":["en"],"reply":{"parent":{"cid":"bafyreimade2up3of4letters5and6digits7aaaaaaaaaaaaaaaaaaaaaa","uri":"at://did:plc:made2up3of4letters5andother/app.bsky.feed.post/3mmade2up2key"},"root":{"cid":"bafyreimade2up3of4letters5and6digits7aaaaaaaaaaaaaaaaaaaaaa","uri":"at://did:plc:made2up3of4letters5andother/app.bsky.feed.post/3mmade2up1key"}},"text":"Nobody told me that the whole bay would be out on boards #SurfDay #waves"},"cid":"bafyreimade2up3of4letters5and6digits7aaaaaaaaaaaaaaaaaaaaaa"}}`

const like = `{"did":"did:plc:made2up3of4letters5andmor","time_us":1795874401234568,"kind":"commit","commit":{"rev":"3mmade2up3rev","operation":"create","collection":"app.bsky.feed.like","rkey":"3mmade2up4key","record":{"$type":"app.bsky.feed.like","createdAt":"2026-11-28T14:00:01.034Z","subject":{"cid":"bafyreimade2up3of4letters5and6digits7aaaaaaaaaaaaaaaaaaaaaa","uri":"at://did:plc:made2up3of4letters5andother/app.bsky.feed.post/3mmade2up1key"}},"cid":"bafyreimade2up3of4letters5and6digits7aaaaaaaaaaaaaaaaaaaaaa"}}`

const identity = `{"did":"did:plc:made2up3of4letters5andmor","time_us":1795874401234569,"kind":"identity","identity":{"did":"did:plc:made2up3of4letters5andmor","handle":"someone.example","seq":30340180350,"time":"2026-11-28T14:00:01.034Z"}}`

// BenchmarkDecode measures one event: a post with all that posts have, and two that are passed over.
func BenchmarkDecode(b *testing.B) {
	for name, message := range map[string][]byte{"post": []byte(typical), "like": []byte(like), "identity": []byte(identity)} {
		b.Run(name, func(b *testing.B) {
			var d decoder
			var batch stream.Batch
			b.SetBytes(int64(len(message)))
			b.ReportAllocs()
			for b.Loop() {
				if len(batch.Records()) == 2000 {
					batch.Reset()
				}
				if _, err := d.decode(message, latest, &batch); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("post by encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(typical)))
		b.ReportAllocs()
		for b.Loop() {
			var m modelMessage
			if err := json.Unmarshal([]byte(typical), &m); err != nil {
				b.Fatal(err)
			}
		}
	})
}
