package serve

import (
	"errors"
	"net/http"
	"strings"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/digest"
	"github.com/swell-radar/swell/internal/week"
)

// digestPolicy lets the page of a digest show its own pictures and colours, and do nothing else.
const digestPolicy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox allow-popups"

// digestTypes are the formats of digests with their media types, the first one where nothing else is asked for.
var digestTypes = []struct{ format, kind string }{
	{api.DigestJSON, api.TypeJSON}, {api.DigestHTML, "text/html"}, {api.DigestMarkdown, "text/markdown"}, {api.DigestText, "text/plain"},
}

// digest answers GET /api/v1/digests/{date}.
func (s *Server) digest(r *http.Request) (*reply, *api.Problem) {
	p := parse(r, "zone", "audience", "format", "platform", "watch", "week")
	q := DigestQuery{Date: r.PathValue("date"), Platforms: p.some("platform", nil), Watches: p.some("watch", nil), Week: p.choice("week", "0", "1") == "1"}
	audience := p.choice("audience", api.AudienceManager, api.AudienceStakeholder, api.AudienceResearcher)
	format, fault := digestFormat(r, p)
	name := p.one("zone")
	if name == "" {
		name = "UTC"
	}
	var err error
	if q.Zone, err = week.Zone(name); err != nil {
		p.refuse("zone", "is %.80q; use an IANA name, as in Europe/Berlin, Asia/Kathmandu or UTC", name)
	}
	switch {
	case p.fault != nil:
		return nil, p.fault
	case fault != nil:
		return nil, fault
	}
	d, err := s.Digest(r.Context(), q)
	if err != nil {
		var problem *api.Problem
		if errors.As(err, &problem) {
			return nil, problem
		}
		s.opt.Logger.Error("cannot make a digest", "date", q.Date, "err", err)
		return nil, internal()
	}
	if format == api.DigestJSON {
		return &reply{value: d, vary: "Accept"}, nil
	}
	doc, err := digest.Render(d, digest.Style{Audience: audience, Format: format, Base: s.base(r)})
	if err != nil {
		s.opt.Logger.Error("cannot write a digest", "date", d.Date, "err", err)
		return nil, internal()
	}
	out := &reply{text: string(doc.Body), kind: doc.Type, etag: contentTag(doc.Body), vary: "Accept"}
	if format == api.DigestHTML {
		out.policy = digestPolicy
	}
	out.held = heldTag(r, out.etag)
	return out, nil
}

// digestFormat returns the format that is asked for, or else the one that the Accept headers like best.
func digestFormat(r *http.Request, p *params) (string, *api.Problem) {
	var formats, kinds []string
	for _, t := range digestTypes {
		formats, kinds = append(formats, t.format), append(kinds, t.kind)
	}
	accept := r.Header.Values("Accept")
	if p.one("format") != "" || strings.TrimSpace(strings.Join(accept, "")) == "" {
		return p.choice("format", formats...), nil
	}
	best := preferred(accept, kinds)
	if best < 0 {
		return "", api.NewProblem(api.ProblemNotAcceptable, "Accept is %.80q; there are %s, which the parameter format chooses as well",
			strings.Join(accept, ", "), listed(kinds))
	}
	return formats[best], nil
}
