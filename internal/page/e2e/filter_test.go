package e2e_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const rowKeys = `[...document.querySelectorAll("table.trends tbody tr[data-key]")].map(r => r.dataset.key)`

// What is chosen stands in the address: it is kept when the page is loaded anew, can be sent to others, and the way
// back leads through it.
func TestFiltersStandInTheAddress(t *testing.T) {
	s := up(t, made)
	b := open(t, s.base, look{})
	b.visit("/")
	all := eval[[]string](b, rowKeys)
	eval[bool](b, "document.querySelector('#facets a[href*=\"phase=\"], #facets a[href*=\"platform=\"]').click() ?? true")
	b.until("a filter", "location.search !== '' && document.readyState === 'complete'")
	chosen, some := b.location(), eval[[]string](b, rowKeys)
	if len(some) == 0 || len(some) > len(all) {
		t.Errorf("%s: %d rows of %d", chosen, len(some), len(all))
	}
	do(b, "load anew", chromedp.Reload())
	if got := eval[[]string](b, rowKeys); strings.Join(got, " ") != strings.Join(some, " ") {
		t.Errorf("loaded anew the rows are others: %q, before %q", got, some)
	}
	// The form keeps what links have chosen.
	eval[bool](b, "(document.querySelector('#sort').value = 'started', document.querySelector('form.narrow').requestSubmit(), true)")
	b.until("an order", "new URLSearchParams(location.search).get('sort') === 'started' && document.readyState === 'complete'")
	if to := b.location(); !strings.Contains(to, strings.SplitN(strings.TrimPrefix(chosen, "/?"), "&", 2)[0]) {
		t.Errorf("the form leads to %s and forgets %s", to, chosen)
	}
	if got := eval[string](b, "document.querySelector('#sort').value"); got != "started" {
		t.Errorf("the form shows the order %q", got)
	}
	b.back()
	b.until("the filter", "location.pathname + location.search === "+quote(chosen)+" && document.readyState === 'complete'")
	b.back()
	b.until("the whole ranking", "location.search === ''")
	if got := eval[[]string](b, rowKeys); len(got) != len(all) {
		t.Errorf("%d rows at the end of the way back, %d before", len(got), len(all))
	}
	b.clean("the filters")
}
