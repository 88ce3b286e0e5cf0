package page

// aboutBody is what the page of explanations shows.
type aboutBody struct {
	Parts  []aboutPart
	Phases []entry // in the order of a life
	Demo   bool
}

// aboutPart is a group of words with its entries.
type aboutPart struct {
	group
	Entries []entry
}

// about answers GET /about.
func (p *Page) about(v *viewer) *Answer {
	body := &aboutBody{Demo: p.opt.Demo}
	for _, g := range groups() {
		part := aboutPart{group: g}
		for _, e := range glossary {
			if e.Group == g.Name {
				part.Entries = append(part.Entries, e)
			}
		}
		body.Parts = append(body.Parts, part)
	}
	for _, phase := range []string{"emerging", "rising", "peaking", "fading"} {
		if e, ok := lookUp(phase); ok {
			body.Phases = append(body.Phases, e)
		}
	}
	return p.show(v, "about", "How to read this", "about", body)
}
