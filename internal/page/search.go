package page

// search answers GET /search.
func (p *Page) search(v *viewer) *Answer { return p.show(v, "search", "Find", "", nil) }
