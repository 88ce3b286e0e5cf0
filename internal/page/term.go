package page

// term answers GET /terms/{kind}/{key}.
func (p *Page) term(v *viewer) *Answer { return p.show(v, "term", "A term", "", nil) }
