package page

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The browser's zone is followed until one is chosen in the form; sending the form for the colours alone chooses none.
func TestZoneThatIsChosen(t *testing.T) {
	p, err := New(Options{API: &canned{}, Clock: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	cookie := ""
	look := func() (zone, whose string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Cookie", cookie)
		v := p.viewerOf(r)
		return v.zone.String(), v.zoned
	}
	keep := func(zone string) {
		t.Helper()
		r := httptest.NewRequest(http.MethodPost, "/settings", strings.NewReader(url.Values{"zone": {zone}, "theme": {"dark"}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", cookie)
		a := p.settings(p.viewerOf(r))
		if a.Problem != nil {
			t.Fatal(a.Problem)
		}
		for _, c := range a.Cookies {
			if c.Name == cookieZone {
				cookie = c.Name + "=" + c.Value
			}
		}
	}
	for _, c := range []struct{ told, kept, zone, whose string }{
		{told: "", zone: "UTC", whose: "false"},
		{told: "swell-zone=Etc%2FUnknown", zone: "UTC", whose: "false"},
		{told: "swell-zone=Europe%2FBerlin", zone: "Europe/Berlin", whose: "true"},
		{told: "swell-zone=Europe%2FBerlin", kept: "Europe/Berlin", zone: "Europe/Berlin", whose: "true"},
		{told: "swell-zone=Europe%2FBerlin", kept: "Asia/Tokyo", zone: "Asia/Tokyo", whose: "chosen"},
		{told: "swell-zone=chosen%3AAsia%2FTokyo", kept: "Asia/Tokyo", zone: "Asia/Tokyo", whose: "chosen"},
		{told: "swell-zone=chosen%3Achosen%3AUTC", zone: "UTC", whose: "false"},
	} {
		cookie = c.told
		if c.kept != "" {
			keep(c.kept)
		}
		if zone, whose := look(); zone != c.zone || whose != c.whose {
			t.Errorf("told %q, kept %q: %s %s, want %s %s", c.told, c.kept, zone, whose, c.zone, c.whose)
		}
	}
}
