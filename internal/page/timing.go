package page

// timing answers GET /timing.
func (p *Page) timing(v *viewer) *Answer { return p.show(v, "timing", "When to post", "timing", nil) }
