package page

// watches answers GET /watches.
func (p *Page) watches(v *viewer) *Answer { return p.show(v, "watches", "Watch lists", "watches", nil) }
