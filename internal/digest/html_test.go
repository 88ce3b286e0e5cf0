package digest

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/swell-radar/swell/internal/api"
)

// Whatever people called their terms, a page has only the elements and attributes of the template, in which mail
// clients find nothing to drop.
func TestPagesHoldNothingForeign(t *testing.T) {
	elements := strings.Fields("html head meta title style body div table tr td th p h1 h2 span a img b br bdi")
	attributes := strings.Fields("lang dir charset name content class style role width height cellpadding cellspacing border align valign colspan scope href src alt")
	for _, audience := range allAudiences {
		for _, in := range []Input{attacked(), busy(daysOfWeek)} {
			doc, err := Render(Build(in), Style{Audience: audience, Format: api.DigestHTML, Base: "https://radar.example", Attached: true})
			if err != nil {
				t.Fatal(err)
			}
			open := 0
			for z := html.NewTokenizer(bytes.NewReader(doc.Body)); ; {
				kind := z.Next()
				if kind == html.ErrorToken {
					if z.Err() != io.EOF {
						t.Fatal(z.Err())
					}
					break
				}
				token := z.Token()
				switch kind {
				case html.StartTagToken, html.SelfClosingTagToken:
					if token.Data == "bdi" {
						open++
					}
					if !slices.Contains(elements, token.Data) {
						t.Errorf("%s: there is a <%s>", audience, token.Data)
					}
					for _, a := range token.Attr {
						switch {
						case !slices.Contains(attributes, a.Key):
							t.Errorf("%s: <%s> has %s=%q", audience, token.Data, a.Key, a.Val)
						case a.Key == "src" && !strings.HasPrefix(a.Val, "cid:swell-"), a.Key == "href" && !strings.HasPrefix(a.Val, "https://radar.example/api/v1/terms/"):
							t.Errorf("%s: <%s> points to %q", audience, token.Data, a.Val)
						case a.Key == "style" && strings.ContainsAny(a.Val, "(@") || a.Key == "style" && (strings.Contains(a.Val, "flex") || strings.Contains(a.Val, "position") || strings.Contains(a.Val, "grid")):
							t.Errorf("%s: <%s> has the style %q", audience, token.Data, a.Val)
						}
					}
				case html.EndTagToken:
					if token.Data == "bdi" {
						open--
					}
				case html.TextToken:
					if strings.ContainsAny(token.Data, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\x1b") {
						t.Errorf("%s: %q turns the writing around", audience, token.Data)
					}
				}
			}
			if open != 0 {
				t.Errorf("%s: %d isolates stay open", audience, open)
			}
			if !bytes.Contains(doc.Body, []byte(`<bdi dir="auto">`)) {
				t.Errorf("%s: no term is isolated", audience)
			}
		}
	}
}

// A page has at most as many bytes as mail clients show, and says what it leaves out.
func TestLongPagesAreCut(t *testing.T) {
	in := fixture(daysOfDigest)
	n, d := int(in.EndHour-in.FirstHour), daysOfDigest-1
	long := strings.Repeat("Wort", 12)
	for i := range 400 {
		name := long + string(rune('a'+i%26)) + string(rune('a'+i/26))
		tr := made("hashtag", name, "tiktok", []string{emerging, peaking, fading, rising}[i%4], float64(i), in.Days[d].From)
		in.open(d, tr, rise(n, n-i%20, 1, uint32(i+1)))
		if i%8 == 3 {
			in.Days[d-1].End = append(in.Days[d-1].End, tr)
		}
	}
	digest := Build(in)
	for _, audience := range allAudiences {
		for _, attached := range []bool{true, false} {
			doc, err := Render(digest, Style{Audience: audience, Format: api.DigestHTML, Base: "https://radar.example", Attached: attached})
			if err != nil {
				t.Fatal(err)
			}
			if len(doc.Body) > 100_000 || audience != api.AudienceStakeholder && !bytes.Contains(doc.Body, []byte("more</p>")) {
				t.Errorf("%s: the page has %d bytes", audience, len(doc.Body))
			}
		}
	}
	if len(digest.New) != api.MaxDigestTrends || digest.Counts.New != 150 {
		t.Errorf("the digest lists %d of %d new trends", len(digest.New), digest.Counts.New)
	}
}

func TestStylesThatThereAreNot(t *testing.T) {
	d := Build(fixture(daysOfDigest))
	for _, s := range []Style{{Audience: "boss", Format: api.DigestHTML}, {Audience: api.AudienceManager, Format: "pdf"}, {}} {
		if _, err := Render(d, s); err == nil {
			t.Errorf("%+v was written", s)
		}
	}
	if _, err := Render(nil, Style{Audience: api.AudienceManager, Format: api.DigestText}); err == nil {
		t.Error("no digest was written")
	}
	d.Zone = "Local"
	if _, err := Render(d, Style{Audience: api.AudienceManager, Format: api.DigestText}); err == nil {
		t.Error("a digest without a zone was written")
	}
	if b := BriefOf(d, Style{}); b.Title == "" || len(b.Sections) == 0 {
		t.Errorf("its brief is %+v", b)
	}
}
