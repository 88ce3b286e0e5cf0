package page

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/week"
)

// Cookies that hold what a viewer has chosen. Scripts may read and set the zone, so that the first look needs no form.
const (
	cookieZone  = "swell-zone"
	cookieTheme = "swell-theme"
)

// themes are the values of the theme's cookie; the first one follows the system.
var themes = []string{"auto", "light", "dark"}

// chosenMark stands before a zone in the cookie that the viewer has chosen in the form: scripts leave it as it is. Without,
// it is that of the browser, which they follow.
const chosenMark = "chosen:"

// Whose zone times are told in, for scripts.
const (
	zoneOfServer  = "false"
	zoneOfBrowser = "true"
	zoneChosen    = "chosen"
)

// viewer is somebody who looks at a page, with the request that they make.
type viewer struct {
	*http.Request
	zone  *time.Location
	zoned string // whose zone it is, one of the words below
	theme string
	// now is what times are told by: of an archive, and while one is read, the end of what was counted. Zero: it is not
	// known.
	now   time.Time
	still bool      // now does not run on
	clock time.Time // of the server, for what is done from now on; zero: it has none
	// status is how the server stands; nil: the viewer may not know.
	status *api.StatusAnswer
}

func (p *Page) viewerOf(r *http.Request) *viewer {
	v := &viewer{Request: r, zone: time.UTC, zoned: zoneOfServer, theme: themes[0]}
	if c, err := r.Cookie(cookieZone); err == nil {
		if name, err := url.QueryUnescape(c.Value); err == nil {
			name, chosen := strings.CutPrefix(name, chosenMark)
			if zone, err := week.Zone(name); err == nil {
				v.zone, v.zoned = zone, zoneOfBrowser
				if chosen {
					v.zoned = zoneChosen
				}
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
		v.clock = p.opt.Clock()
	}
	v.now = v.clock
	var status api.StatusAnswer
	if problem := p.opt.API.Get(r, api.StatusPath, nil, &status); problem == nil {
		v.status = &status
		v.still = v.reading() || v.archive()
		if status.AsOf != nil && (v.still || v.now.IsZero()) {
			v.now = *status.AsOf
		}
	}
	return v
}

// reading reports whether what is shown is of a part of what the server has: the rest is still being read.
func (v *viewer) reading() bool {
	return v.status != nil && v.status.Loading != nil && !v.status.Loading.Ready
}

// archiveAfter is when nothing of the window is of now any more.
const archiveAfter = 72 * time.Hour

// archive reports whether all that the server has is so old that nobody waits for more.
func (v *viewer) archive() bool {
	return v.status != nil && v.status.AsOf != nil && !v.reading() && v.clock.Sub(*v.status.AsOf) > archiveAfter
}

// backTo returns the address on this server that a form came from; what leads elsewhere becomes the first page.
func backTo(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") {
		return "/"
	}
	return s
}
