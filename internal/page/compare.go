package page

// compare answers GET /compare.
func (p *Page) compare(v *viewer) *Answer { return p.show(v, "compare", "Compare", "compare", nil) }
