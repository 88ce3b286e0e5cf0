package page

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/swell-radar/swell/internal/week"
)

// settingsBody is the form of what a viewer has chosen, with what is wrong with it.
type settingsBody struct {
	*fields
	Themes []string
}

// settings answers POST /settings: it remembers zone and theme in the browser and goes back. What cannot be understood is
// shown again, with what else was chosen.
func (p *Page) settings(v *viewer) *Answer {
	v.Body = http.MaxBytesReader(nil, v.Body, maxForm)
	f, problem := typed(v)
	if problem != nil {
		return failed(problem)
	}
	out := seeOther(backTo(f.Value("back")))
	for name, cookie := range map[string]string{"zone": cookieZone, "theme": cookieTheme} {
		value := f.trimmed(name)
		if value == "" {
			continue
		}
		if name == "zone" {
			zone, alike := zoneNamed(value)
			switch {
			case zone != "":
				value = zone
			case len(alike) > 0:
				f.refuse("zone", "Several zones are called so: %s. Write one of them.", listed(alike))
			default:
				f.refuse("zone", "There is no time zone called %s. Write a large city of it, as in Berlin or New York, or its name in full, as in Asia/Kathmandu or UTC.", quoted(value))
			}
		}
		out.Cookies = append(out.Cookies, &http.Cookie{
			Name: cookie, Value: url.QueryEscape(value), Path: "/", MaxAge: 365 * 24 * 3600, SameSite: http.SameSiteLaxMode, Secure: v.TLS != nil,
		})
	}
	if f.Bad() {
		out = p.show(v, "settings", "Settings", "", &settingsBody{fields: f, Themes: themes})
		if out.Status == 0 {
			out.Status = http.StatusUnprocessableEntity
		}
	}
	return out
}

// noSettings answers GET /settings, which has no page of its own: the form is at the foot of every page.
func (p *Page) noSettings(*viewer) *Answer { return seeOther("/") }

func quoted(s string) string { return "“" + text(s) + "”" }

// zoneNamed returns the name of the time zone that people mean by what they wrote: in full, in any case, or its last part
// alone. Where several are called so it returns none, and those.
func zoneNamed(s string) (zone string, alike []string) {
	if _, err := week.Zone(s); err == nil {
		return s, nil
	}
	asked := strings.ReplaceAll(s, " ", "_")
	for _, name := range zoneNames {
		if strings.EqualFold(name, asked) {
			return name, nil
		}
		if strings.EqualFold(name[strings.LastIndexByte(name, '/')+1:], asked) {
			alike = append(alike, name)
		}
	}
	if len(alike) == 1 {
		return alike[0], nil
	}
	return "", alike
}
