package e2e_test

import (
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/app"
)

// Each state that a server can be in is told on every page, in words, and the pages are whole in it.
func TestStates(t *testing.T) {
	browser(t)
	for _, c := range []struct {
		name   string
		change func(*app.ServeOptions)
		says   string
	}{
		{"nothing is there yet", nil, "No source is on"},
		{"a demo", func(o *app.ServeOptions) { o.Sources = app.SourceOptions{Demo: true} }, "made up"},
		{"sources in trouble", func(o *app.ServeOptions) { o.Sources = sources(true) }, "deliver nothing"},
		{"sources in order", func(o *app.ServeOptions) { o.Sources = sources(false) }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := start(streamStart, c.change)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.end() })
			b := open(t, s.base, look{width: 360, height: 740})
			for _, path := range []string{"/", "/compare", "/timing", "/digest", "/alerts", "/watches", "/sources", "/about"} {
				b.visit(path)
				said := eval[string](b, "document.querySelector('#state').innerText")
				if !strings.Contains(said, c.says) {
					t.Errorf("%s says %q, and not %q", path, said, c.says)
				}
				if c.says == "" && eval[int](b, "document.querySelectorAll('#state .note').length") > 0 {
					t.Errorf("%s says %q in good order", path, said)
				}
				if text := eval[string](b, "document.querySelector('main').innerText"); len(text) < 60 {
					t.Errorf("%s is empty: %q", path, text)
				}
				b.fits(path)
				b.clean(path)
			}
		})
	}
}

// Where nothing has come for long, the pages say since when, and stop saying it when something has.
func TestStale(t *testing.T) {
	l := streaming(t)
	b := open(t, l.s.base, look{})
	was := l.s.clock.Load()
	l.s.clock.Store(was + int64((5 * time.Hour).Seconds()))
	b.visit("/")
	if said := eval[string](b, "document.querySelector('#state').innerText"); !strings.Contains(said, "Nothing new since") || !strings.Contains(said, "5 h") {
		t.Errorf("after five hours of nothing the page says %q", said)
	}
	l.s.clock.Store(was)
	b.visit("/")
	if eval[bool](b, "!!document.querySelector('#state .stale')") {
		t.Error("the page goes on saying that nothing has come")
	}
	b.clean("stale")
}

// The server learns the reader's zone from the browser, once, and the form changes it.
func TestZone(t *testing.T) {
	s := up(t, made)
	b := open(t, s.base, look{zone: "Asia/Tokyo"})
	b.visit("/about")
	b.until("the zone", "document.body.dataset.zone === 'Asia/Tokyo' && document.body.dataset.zoned === 'true'")
	b.until("the page", "document.readyState === 'complete' && !!document.querySelector('input[name=zone]')")
	eval[bool](b, "(document.querySelector('input[name=zone]').value = 'America/Bogota', document.querySelector('form[action=\"/settings\"]').requestSubmit(), true)")
	b.until("the other zone", "document.body.dataset.zone === 'America/Bogota' && location.pathname === '/about'")
	b.clean("the zone")
}
