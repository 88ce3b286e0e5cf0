package page

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/week"
)

// Cookies that hold what a viewer has chosen. Scripts may read and set the zone, so that the first look needs no form.
const (
	cookieZone  = "swell-zone"
	cookieTheme = "swell-theme"
)

// themes are the values of the theme's cookie; the first one follows the system.
var themes = []string{"auto", "light", "dark"}

// viewer is somebody who looks at a page, with the request that they make.
type viewer struct {
	*http.Request
	zone   *time.Location
	chosen bool // the zone is the viewer's, not the default
	theme  string
	now    time.Time // zero: not known
}

func (p *Page) viewerOf(r *http.Request) *viewer {
	v := &viewer{Request: r, zone: time.UTC, theme: themes[0]}
	if c, err := r.Cookie(cookieZone); err == nil {
		if name, err := url.QueryUnescape(c.Value); err == nil {
			if zone, err := week.Zone(name); err == nil {
				v.zone, v.chosen = zone, true
			}
		}
	}
	if c, err := r.Cookie(cookieTheme); err == nil {
		for _, t := range themes {
			if c.Value == t {
				v.theme = t
			}
		}
	}
	if p.opt.Clock != nil {
		v.now = p.opt.Clock()
	}
	return v
}

// backTo returns the address on this server that a form came from; what leads elsewhere becomes the first page.
func backTo(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") {
		return "/"
	}
	return s
}
