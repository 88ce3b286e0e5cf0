package e2e_test

import (
	"strings"
	"testing"
)

// widest names the elements that reach over the right edge and are not within something that scrolls by itself.
const widest = `(() => {
	const edge = document.documentElement.clientWidth, within = e => { for (let p = e.parentElement; p; p = p.parentElement)
		if (/auto|scroll|hidden|clip/.test(getComputedStyle(p).overflowX)) return true; return false; };
	return [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > edge + 1 && !within(e))
		.slice(0, 5).map(e => e.tagName + "." + (e.getAttribute("class") || "") + " to " + Math.round(e.getBoundingClientRect().right) + ": " + e.textContent.trim().slice(0, 40));
})()`

// fits fails the test if what is shown has to be scrolled sideways.
func (b *tab) fits(name string) {
	b.t.Helper()
	got, has := eval[int](b, "document.scrollingElement.scrollWidth"), eval[int](b, "document.documentElement.clientWidth")
	if got > has {
		b.t.Errorf("%s: is %d pixels wide where there are %d:\n\t%s", name, got, has, strings.Join(eval[[]string](b, widest), "\n\t"))
	}
}

// No page has to be scrolled sideways: not on the narrowest of telephones, nor at twice the size on a screen of 1280,
// with everything open or not.
func TestNarrow(t *testing.T) {
	s := up(t, made)
	for _, c := range []struct {
		name string
		look look
	}{
		{"360 pixels", look{width: 360, height: 740}},
		{"200 %", look{width: 640, height: 450, scale: 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, s.base, c.look)
			b.expect("404")
			for _, p := range shownBy(t, s) {
				b.visit(p.path)
				b.fits(p.name)
				b.unfold()
				b.fits(p.name + ", unfolded")
				// What scrolls by itself is reached by the keyboard: it has a name and a place in the order, or holds what has.
				if mute := eval[[]string](b, `[...document.querySelectorAll("main *")].filter(e => /auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1 &&
					!(e.tabIndex >= 0 && (e.ariaLabel || e.getAttribute("aria-labelledby"))) && !e.querySelector("a[href], button, input, select, textarea")).map(e => e.tagName + "." + e.className)`); len(mute) > 0 {
					t.Errorf("%s: scrolls, and has no name or is not reached by the keyboard: %q", p.name, mute)
				}
				b.clean(p.name)
			}
		})
	}
}

// luminance is the relative luminance of the colour of an element's property, as in WCAG 2.2.
func (b *tab) luminance(selector, property string) float64 {
	b.t.Helper()
	return eval[float64](b, `(() => { const c = getComputedStyle(document.querySelector(`+quote(selector)+`)).`+property+`.match(/[\d.]+/g).map(Number).slice(0, 3)
		.map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * c[0] + .7152 * c[1] + .0722 * c[2]; })()`)
}

// The theme follows the system until somebody chooses, and then what they chose.
func TestThemes(t *testing.T) {
	s := up(t, made)
	for _, c := range []struct {
		name, cookie string
		system, dark bool
	}{
		{"of the system, by day", "", false, false}, {"of the system, by night", "", true, true},
		{"chosen dark", "dark", false, true}, {"chosen light", "light", true, false},
	} {
		b := open(t, s.base, look{dark: c.system})
		b.visit("/about")
		if c.cookie != "" {
			// As a person does: in the form at the foot.
			eval[bool](b, "(document.querySelector('select[name=theme]').value = "+quote(c.cookie)+", document.querySelector('form[action=\"/settings\"]').requestSubmit(), true)")
			b.until(c.name, "document.documentElement.dataset.theme === "+quote(c.cookie))
		}
		ground, text := b.luminance("body", "backgroundColor"), b.luminance("body", "color")
		if dark := ground < 0.05; dark != c.dark {
			t.Errorf("%s: the ground has a luminance of %.3f", c.name, ground)
		}
		high, low := max(ground, text), min(ground, text)
		if contrast := (high + 0.05) / (low + 0.05); contrast < 7 {
			t.Errorf("%s: text has a contrast of %.1f", c.name, contrast)
		}
		b.clean(c.name)
	}
}

// Whoever asks for little motion gets none.
func TestCalm(t *testing.T) {
	s := up(t, made)
	b := open(t, s.base, look{calm: true})
	for _, p := range shownBy(t, s)[:2] {
		b.visit(p.path)
		moving := eval[[]string](b, `[...document.querySelectorAll("*")].filter(e => { const c = getComputedStyle(e), s = t => Math.max(...t.split(",").map(parseFloat));
			return c.animationName !== "none" && s(c.animationDuration) > .01 || s(c.transitionDuration) > .01 || c.scrollBehavior === "smooth"; }).map(e => e.tagName + "." + (e.getAttribute("class") || "")).slice(0, 5)`)
		if len(moving) > 0 {
			t.Errorf("%s: these move: %q", p.name, moving)
		}
	}
}
