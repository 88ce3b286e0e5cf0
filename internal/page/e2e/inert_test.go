package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

// nasty are hashtags, keywords and sounds that want to be more than text, or to be wider than a page.
func nasty() []string {
	return []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(2)>`, `'onmouseover='alert(3)`, `javascript:alert(4)`, `</title><svg onload=alert(5)>`, `{{alert(6)}}`, `${alert(7)}`,
		`&lt;b&gt;bold&amp;`, "left\u202egnp.exe\u202c\u2066\u2067", "a\u0000b\u0008c\u001b[31m", "../../api/v1/trends?x=1#y", "%2e%2e%2f%00",
		strings.Repeat("long", 2500), strings.Repeat("W", 64), strings.Repeat("👩‍👩‍👧‍👦", 16), strings.Repeat("ṩ̂͜", 40), "مهرجان_الشاطئ_الكبير_في_الصيف", "夏の終わりの長い長い長い長い言葉", "ไม่มีช่องว่างเลยในประโยคนี้",
	}
}

// hostile is a server on which all terms of nasty trend, as every kind, written by hostile people on watch lists with
// hostile names.
var hostile = sync.OnceValues(func() (*server, error) {
	begin := streamStart
	s, err := start(begin.Add(31*time.Hour), nil)
	if err != nil {
		return nil, err
	}
	c, ctx := s.client(), context.Background()
	for i, text := range nasty()[:6] {
		err = errors.Join(err, c.PutWatch(ctx, api.Watch{Name: fmt.Sprint("list", i), Title: text, Purpose: "brand", Phrases: []api.WatchPhrase{{Phrase: "alert " + fmt.Sprint(i)}}}, ""))
	}
	if err != nil {
		return nil, err
	}
	var recs []term.Record
	for minute := 0; minute < 30*60; minute += 5 {
		at := begin.Add(time.Duration(minute) * time.Minute)
		recs = append(recs, term.Record{TS: at.UnixMicro(), Platform: "x", ID: fmt.Sprint("u", minute), Author: fmt.Sprint("u", minute), Tags: []string{"usual"}})
		if minute < 22*60 {
			continue
		}
		for i, text := range nasty() {
			for k := range 1 + (minute-22*60)/60 {
				recs = append(recs, term.Record{
					TS: at.Add(time.Duration(k) * time.Second).UnixMicro(), Platform: "x", ID: fmt.Sprint(minute, "-", i, "-", k), Author: fmt.Sprint(text, minute, k), Lang: "en", Region: "US",
					Text: "alert " + fmt.Sprint(i) + " " + text, Tags: []string{text}, Keywords: []string{text}, Links: []string{"javascript:alert(8)", "https://example.org/" + url.PathEscape(text)},
					Sound: &term.SoundRef{ID: fmt.Sprint("s", i), Title: text, Artist: text},
				})
			}
		}
	}
	recs = append(recs, term.Record{TS: begin.Add(30*time.Hour + 15*time.Minute).UnixMicro(), Platform: "x", ID: "last", Author: "last", Tags: []string{"last"}})
	for len(recs) > 0 && err == nil {
		piece := recs[:min(200, len(recs))]
		err = s.send(piece...)
		recs = recs[len(piece):]
	}
	return s, errors.Join(err, s.settle(begin.Add(30*time.Hour)))
})

// What people write stays text: it runs nothing, adds no element, leads nowhere but to the web or to this server, and
// breaks no layout.
func TestTextIsInert(t *testing.T) {
	s := up(t, hostile)
	a, err := s.client().Trends(t.Context(), url.Values{"limit": {"1000"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Trends) < len(nasty()) {
		t.Errorf("%d hostile terms trend, want %d at least", len(a.Trends), len(nasty()))
	}
	paths, compared := []string{"/", "/?view=wave", "/watches", "/watches?list=list1", "/digest", "/alerts", "/timing", "/sources"}, url.Values{}
	seen := map[string]bool{}
	for _, tr := range a.Trends {
		path := "/terms/" + tr.Kind + "/" + strings.ReplaceAll(url.PathEscape(tr.Key), "+", "%2B")
		if !seen[tr.Key] && len(seen) < 24 {
			seen[tr.Key] = true
			paths = append(paths, path)
			if tr.Kind == "hashtag" && len(compared["term"]) < 6 {
				compared.Add("term", "#"+tr.Key)
			}
		}
	}
	paths = append(paths, "/compare?"+compared.Encode())
	for _, text := range nasty()[:11] {
		paths = append(paths, "/search?q="+url.QueryEscape(text))
	}
	paths = append(paths, "/?q="+url.QueryEscape(nasty()[1])+"&lang="+url.QueryEscape(nasty()[0]), "/"+url.PathEscape(nasty()[0]), "/?done="+url.QueryEscape(nasty()[0]))
	b := open(t, s.base, look{width: 360, height: 740})
	b.expect("400", "404", "414")
	for _, p := range paths {
		name := fmt.Sprintf("%.60q", p)
		b.visit(p)
		b.unfold()
		if extra := eval[[]string](b, `[...document.querySelectorAll("script:not([src^='/assets/']), img, iframe, object, embed, base, [onerror], [onload], [onmouseover], title svg")].concat([...document.querySelectorAll("main b")].filter(e => e.textContent === "bold")).map(e => e.outerHTML.slice(0, 100))`); len(extra) > 0 {
			t.Errorf("%s: there are elements of others: %q", name, extra)
		}
		if bad := eval[[]string](b, `[...document.querySelectorAll("[href], [src], [action]")].map(e => e.getAttribute("href") || e.getAttribute("src") || e.getAttribute("action") || "/")
			.filter(to => !["http:", "https:"].includes(new URL(to, location).protocol))`); len(bad) > 0 {
			t.Errorf("%s: leads elsewhere: %q", name, bad)
		}
		if open := eval[[]string](b, `[...document.querySelectorAll("main a[href^='http']")].filter(a => a.origin !== location.origin && !(a.relList.contains("noreferrer") && a.relList.contains("noopener"))).map(a => a.href.slice(0, 80))`); len(open) > 0 {
			t.Errorf("%s: tells others where the reader came from: %q", name, open)
		}
		if marks := eval[[]string](b, "(document.querySelector('main').innerText.match(/[\\u202a-\\u202e\\u2066-\\u2069\\u200e\\u200f]/g) || []).map(c => c.codePointAt(0).toString(16))"); len(marks) > 0 {
			t.Errorf("%s: shows marks of direction that people wrote: %q", name, marks)
		}
		b.fits(name)
		b.clean(name)
	}
	t.Logf("%d pages", len(paths))
}
