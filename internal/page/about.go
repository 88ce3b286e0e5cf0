package page

// about answers GET /about.
func (p *Page) about(v *viewer) *Answer { return p.show(v, "about", "How to read this", "about", nil) }
