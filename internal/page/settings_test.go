package page

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/swell-radar/swell/internal/week"
)

func TestZoneNames(t *testing.T) {
	if !slices.IsSorted(zoneNames) || len(slices.Compact(slices.Clone(zoneNames))) != len(zoneNames) {
		t.Error("the names are not sorted, or one is there twice")
	}
	for _, name := range zoneNames {
		if _, err := week.Zone(name); err != nil {
			t.Error(err)
		}
	}
}

func TestZoneNamed(t *testing.T) {
	for asked, want := range map[string]string{
		"Europe/Berlin": "Europe/Berlin", "europe/berlin": "Europe/Berlin", "Berlin": "Europe/Berlin", "new york": "America/New_York",
		"utc": "UTC", "istanbul": "Europe/Istanbul", "Asia/Istanbul": "Asia/Istanbul", "Buenos_Aires": "America/Argentina/Buenos_Aires",
		"": "", "Local": "", "local": "", "../etc/passwd": "", "Atlantis": "", "Europe": "",
	} {
		got, alike := zoneNamed(asked)
		if got != want || len(alike) > 1 {
			t.Errorf("%q is taken for %q, or for any of %q; want %q", asked, got, alike, want)
		}
	}
}

func TestSettingsThatFailAreShownAgain(t *testing.T) {
	c := &canned{}
	out := ask(t, c, "POST", "/settings", url.Values{"zone": {"Atlantis <b>"}, "theme": {"dark"}, "back": {"/sources?x=1"}})
	page := string(out.Body)
	if out.Status != http.StatusUnprocessableEntity || len(out.Cookies) > 0 {
		t.Errorf("status %d, %d cookies", out.Status, len(out.Cookies))
	}
	for _, want := range []string{
		`value="Atlantis &lt;b&gt;"`, `aria-invalid="true"`, "There is no time zone called", `<option value="dark" selected>`, `name="back" value="/sources?x=1"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the form has no %s", want)
		}
	}
	out = ask(t, c, "POST", "/settings", url.Values{"zone": {" berlin "}, "back": {"/sources"}})
	if out.Location != "/sources" || len(out.Cookies) != 1 || out.Cookies[0].Value != url.QueryEscape("Europe/Berlin") {
		t.Errorf("sent to %q with %v", out.Location, out.Cookies)
	}
	if out = ask(t, c, "GET", "/settings", nil); out.Location != "/" {
		t.Errorf("GET leads to %q", out.Location)
	}
}
