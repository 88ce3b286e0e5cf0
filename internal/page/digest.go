package page

// digest answers GET /digest and /digest/{date}.
func (p *Page) digest(v *viewer) *Answer { return p.show(v, "digest", "Digest", "digest", nil) }
