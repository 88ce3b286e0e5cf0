package e2e_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// stop is an element that the keyboard has reached.
type stop struct {
	Tag     string  `json:"tag"`
	Text    string  `json:"text"`
	Href    string  `json:"href"`
	Outline float64 `json:"outline"` // its width, in pixels
	Seen    bool    `json:"seen"`    // it is within the window
	Name    bool    `json:"name"`    // it has a name for who cannot see it
	Index   int     `json:"index"`   // among all elements; -1: none is reached
}

const here = `(() => { const e = document.activeElement, none = !e || e === document.body; if (none) return {index: -1};
	const c = getComputedStyle(e), r = e.getBoundingClientRect();
	const ring = (e, c) => c.outlineStyle !== "none" ? parseFloat(c.outlineWidth) :
		Math.max(0, ...[...e.querySelectorAll("circle, rect, path")].map(s => parseFloat(getComputedStyle(s).strokeWidth))); // in a drawing the mark has it
	return {tag: e.tagName, text: (e.textContent || "").trim().slice(0, 60), href: e.getAttribute("href") || "", outline: ring(e, c),
		seen: r.width > 0 && r.height > 0 && r.bottom > 0 && r.right > 0 && r.top < innerHeight && r.left < innerWidth,
		name: !!(e.ariaLabel || e.textContent.trim() || e.title || (e.labels && e.labels.length) || e.getAttribute("aria-labelledby")),
		index: [...document.querySelectorAll("*")].indexOf(e)}; })()`

// walk presses the tabulator until it comes to the end of a page, and returns where it was.
func (b *tab) walk() (stops []stop) {
	b.t.Helper()
	seen, last, stays := map[int]bool{}, -1, 0
	for range 600 {
		b.press(kb.Tab)
		at := eval[stop](b, here)
		if at.Index == last && at.Tag == "INPUT" && stays < 8 {
			stays++ // a date has several parts
			continue
		}
		if at.Index < 0 || seen[at.Index] {
			return stops
		}
		last, stays = at.Index, 0
		seen[at.Index] = true
		stops = append(stops, at)
	}
	b.t.Fatal("the keyboard does not come to the end of the page")
	return nil
}

// The keyboard alone reaches everything on every page, shows where it is, and is never caught.
func TestKeyboardReachesEverything(t *testing.T) {
	s := up(t, made)
	b := open(t, s.base, look{})
	b.expect("404")
	for _, p := range shownBy(t, s) {
		b.visit(p.path)
		stops := b.walk()
		if len(stops) == 0 || stops[0].Href != "#main" || !stops[0].Seen {
			t.Fatalf("%s: the keyboard first reaches %+v, want the link to the content", p.name, stops[:min(1, len(stops))])
		}
		for _, at := range stops {
			if at.Outline < 2 || !at.Seen || !at.Name {
				t.Errorf("%s: it is not seen where the keyboard is: %+v", p.name, at)
			}
		}
		// Of radio buttons one of a group is reached; what is folded is not.
		want := eval[int](b, `[...document.querySelectorAll("a[href], button, input:not([type=hidden]):not([type=radio]), select, textarea, summary, [tabindex='0']")]
			.filter(e => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true}) && !(e.closest("details:not([open]):not(.filters)") && !e.matches("details:not([open]) > summary"))).length`)
		if len(stops) < want {
			t.Errorf("%s: the keyboard reaches %d elements of %d", p.name, len(stops), want)
		}
		b.clean(p.name)
	}
}

// The way that somebody goes who works without a mouse: past the menu, to a row, into its reasons, to its term and back.
func TestKeyboardPath(t *testing.T) {
	s := up(t, made)
	b := open(t, s.base, look{})
	b.visit("/")
	b.press(kb.Tab + kb.Enter)
	b.until("the link to the content", "location.hash === '#main' && document.activeElement.id === 'main'")
	find := func(selector string) {
		t.Helper()
		for range 300 {
			b.press(kb.Tab)
			if eval[bool](b, "document.activeElement.matches("+quote(selector)+")") {
				return
			}
		}
		t.Fatalf("the keyboard does not reach %s", selector)
	}
	find("table.trends tbody summary")
	b.press(kb.Enter)
	b.until("the reasons", "document.activeElement.parentElement.open")
	b.press(" ")
	b.until("the reasons again", "!document.activeElement.parentElement.open")
	find("table.trends tbody a.term")
	to := eval[string](b, "document.activeElement.getAttribute('href')")
	b.press(kb.Enter)
	b.until("the term", "location.pathname === new URL("+quote(to)+", location).pathname && document.readyState === 'complete'")
	b.back()
	b.until("the ranking", "location.pathname === '/'")
	b.clean("the path")
}
