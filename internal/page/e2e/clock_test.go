package e2e_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
)

// loads counts how often the browser has asked for a page at a path.
func (b *tab) loads(path string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.requests {
		if e.Type == network.ResourceTypeDocument && strings.HasPrefix(e.Request.URL, b.base+path) {
			n++
		}
	}
	return n
}

// A zone that the server does not know is told once, and the page not loaded again and again. Who travels is followed,
// until they choose a zone themselves.
func TestZoneIsFollowed(t *testing.T) {
	l := streaming(t)
	b := open(t, l.s.base, look{zone: "Asia/Tokyo"})
	b.visit("/about")
	b.until("the zone", "document.body.dataset.zone === 'Asia/Tokyo'")
	tell(b, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "America/Bogota"})
	b.visit("/about")
	b.until("the zone of the journey", "document.body.dataset.zone === 'America/Bogota' && document.readyState === 'complete'")
	eval[bool](b, "(document.querySelector('form[action=\"/settings\"] [name=zone]').value = 'Europe/Berlin', document.querySelector('form[action=\"/settings\"]').requestSubmit(), true)")
	b.until("the chosen zone", "document.body.dataset.zoned === 'chosen' && document.body.dataset.zone === 'Europe/Berlin'")
	before := b.loads("/about")
	b.visit("/about")
	eval[bool](b, "new Promise(r => setTimeout(() => r(true), 500))")
	if zone, n := eval[string](b, "document.body.dataset.zone"), b.loads("/about")-before; zone != "Europe/Berlin" || n != 1 {
		t.Errorf("the chosen zone became %s in %d loads", zone, n)
	}

	// A zone that is not known here: it is told, and that is all.
	eval[bool](b, "(document.cookie = 'swell-zone=; path=/; max-age=0', true)")
	tell(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: "Intl.DateTimeFormat.prototype.resolvedOptions = () => ({ timeZone: 'America/Nowhere' });",
	})
	before = b.loads("/about")
	b.visit("/about")
	eval[bool](b, "new Promise(r => setTimeout(() => r(true), 1000))")
	if n := b.loads("/about") - before; n != 2 {
		t.Errorf("the page was loaded %d times for a zone that the server does not know", n)
	}
	b.clean("the zone")
}

// The times of an archive stand, however long somebody looks.
func TestArchiveStands(t *testing.T) {
	l := streaming(t)
	was := l.s.clock.Load()
	t.Cleanup(func() { l.s.clock.Store(was) })
	l.s.clock.Store(was + int64((90 * 24 * time.Hour).Seconds()))
	b := open(t, l.s.base, look{})
	b.visit("/")
	b.until("the scripts", "document.querySelector('#live')?.textContent.trim() === 'live'")
	later := `(async () => {
		const { now, tellTime } = await import(document.querySelector("script[type=module]").src.replace("swell.js", "times.js"));
		const first = now();
		await new Promise((r) => setTimeout(r, 300));
		const stood = now() === first;
		tellTime({ now: "2026-06-01T10:00:00Z", stands: "" });
		const went = now() === Date.parse("2026-06-01T10:00:00Z");
		tellTime({ now: "2026-06-01T11:00:00Z" });
		const runs = now() >= Date.parse("2026-06-01T11:00:00Z");
		return [first === Date.parse(document.body.dataset.now), stood, went, runs].join(" ");
	})()`
	if got := eval[string](b, later); got != "true true true true" {
		t.Errorf("of the archive's end, standing, moved on by what is read, running again: %s", got)
	}
	b.clean("an archive")
}
