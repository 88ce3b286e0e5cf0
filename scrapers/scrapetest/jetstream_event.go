package scrapetest

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
)

const (
	postCollection = "app.bsky.feed.post"
	likeCollection = "app.bsky.feed.like"
)

// appendHead begins an event of a kind about a post's author.
func appendHead(b []byte, p *Post, kind string) []byte {
	b = append(append(b, `{"did":"did:plc:`...), p.Author...)
	b = strconv.AppendInt(append(b, `","time_us":`...), p.At.UnixMicro(), 10)
	return append(append(append(b, `,"kind":"`...), kind...), `",`...)
}

func appendCommit(b []byte, p *Post, operation, collection string) []byte {
	b = append(appendHead(b, p, "commit"), `"commit":{"rev":"3m`...)
	b = append(append(append(b, p.ID...), `","operation":"`...), operation...)
	b = append(append(append(b, `","collection":"`...), collection...), `","rkey":"`...)
	return append(append(b, p.ID...), '"')
}

// claimed is the time that an author's program claims: most are right, some are nonsense.
func claimed(b []byte, p *Post) []byte {
	at := p.At
	switch h := mix(uint64(at.UnixNano()) + 1); {
	case h%50 == 0:
		return append(b, "0001-01-01T00:00:00Z"...)
	case h%50 == 1:
		at = at.AddDate(10, 0, 0)
	}
	return at.UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
}

func appendPost(b []byte, p *Post, operation string) []byte {
	b = append(appendCommit(b, p, operation, postCollection), `,"record":{"$type":"app.bsky.feed.post","createdAt":"`...)
	b = append(claimed(b, p), '"')
	text := p.Text
	var link string
	if p.Link != "" {
		link = strings.TrimPrefix(p.Link, "https://")
		if len(link) > 20 {
			link = link[:20] + "..." // as programs shorten it
		}
		text += " " + link
		b = appendString(append(b, `,"embed":{"$type":"app.bsky.embed.external","external":{"description":"","title":"","uri":`...), p.Link)
		b = append(b, `}}`...)
	}
	b = appendFacets(b, p, text, link)
	if p.Lang != "" {
		b = append(appendString(append(b, `,"langs":[`...), p.Lang), ']')
	}
	if len(p.Tags) > 0 {
		b = append(b, `,"tags":[`...)
		for i, tag := range p.Tags {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, tag)
		}
		b = append(b, ']')
	}
	b = appendString(append(b, `,"text":`...), text)
	return append(append(append(b, `},"cid":"bafyrei`...), p.ID...), `"}}`...)
}

// appendFacets says where the hashtags of a text are, and its link.
func appendFacets(b []byte, p *Post, text, link string) []byte {
	none := len(b)
	b = append(b, `,"facets":[`...)
	first := true
	facet := func(kind, key, value string, start, end int) {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(append(append(b, `{"features":[{"$type":"app.bsky.richtext.facet#`...), kind...), `","`...)
		b = appendString(append(append(b, key...), `":`...), value)
		b = strconv.AppendInt(append(b, `}],"index":{"byteEnd":`...), int64(end), 10)
		b = append(strconv.AppendInt(append(b, `,"byteStart":`...), int64(start), 10), `}}`...)
	}
	for at := 0; ; {
		n := strings.IndexByte(text[at:], '#')
		if n < 0 {
			break
		}
		at += n
		end := at + 1
		for end < len(text) && !strings.ContainsRune(" \n.,!?#", rune(text[end])) {
			end++
		}
		if end > at+1 {
			facet("tag", "tag", text[at+1:end], at, end)
		}
		at = end
	}
	if link != "" {
		facet("link", "uri", p.Link, len(text)-len(link), len(text))
	}
	if first {
		return b[:none]
	}
	return append(b, ']')
}

func appendDelete(b []byte, p *Post) []byte {
	return append(appendCommit(b, p, "delete", postCollection), `}}`...)
}

func appendLike(b []byte, p *Post) []byte {
	b = append(appendCommit(b, p, "create", likeCollection), `,"record":{"$type":"app.bsky.feed.like","createdAt":"`...)
	b = append(append(claimed(b, p), `","subject":{"cid":"bafyrei`...), p.ID...)
	b = append(append(b, `","uri":"at://did:plc:somebody/app.bsky.feed.post/`...), p.ID...)
	return append(append(append(b, `"}},"cid":"bafyrei`...), p.ID...), `"}}`...)
}

func appendIdentity(b []byte, p *Post) []byte {
	b = append(append(appendHead(b, p, "identity"), `"identity":{"did":"did:plc:`...), p.Author...)
	b = append(append(append(b, `","handle":"`...), p.Author...), `.example","seq":30340180350,"time":"`...)
	return append(p.At.UTC().AppendFormat(b, time.RFC3339Nano), `"}}`...)
}

func appendAccount(b []byte, p *Post) []byte {
	b = append(append(appendHead(b, p, "account"), `"account":{"active":true,"did":"did:plc:`...), p.Author...)
	b = append(b, `","seq":30340180351,"time":"`...)
	return append(p.At.UTC().AppendFormat(b, time.RFC3339Nano), `"}}`...)
}

// appendString appends a string of JSON.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			quoted, _ := json.Marshal(s) // a string always has a form
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// JetstreamDictionary returns the dictionary with which [Jetstream] compresses: not the real one's, which
// is not ours to give, but one of the same form.
func JetstreamDictionary() []byte { return jetstreamDictionary() }

var jetstreamDictionary = sync.OnceValue(func() []byte {
	var samples [][]byte
	var history []byte
	posts := Crowd(40, 1)(time.Unix(1e9, 0), time.Unix(1e9+1, 0))
	for i := range posts {
		sample := appendPost(nil, &posts[i], "create")
		if samples = append(samples, sample); len(history) < 2<<10 {
			history = append(history, sample...)
		}
	}
	dict, err := zstd.BuildDict(zstd.BuildDictOptions{ID: 20261128, Contents: samples, History: history, Offsets: [3]int{1, 4, 8}, Level: zstd.SpeedFastest})
	if err != nil {
		return nil // the tests that need it say so
	}
	return dict
})

var jetstreamEncoder = sync.OnceValue(func() *zstd.Encoder {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderDict(jetstreamDictionary()), zstd.WithWindowSize(1<<17), zstd.WithEncoderConcurrency(2))
	if err != nil {
		z, _ = zstd.NewWriter(nil) // without options nothing can be wrong
	}
	return z
})
