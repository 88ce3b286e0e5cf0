package page

// sources answers GET /sources.
func (p *Page) sources(v *viewer) *Answer { return p.show(v, "sources", "Sources", "sources", nil) }
