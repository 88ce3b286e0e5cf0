package term

// Own makes rec independent of the memory that its strings share with a line or
// with a Decoder: they are moved into one allocation of exactly their size, and
// are valid for good. The slices, Sound, Gauge and Heartbeat stay what they are.
func (rec *Record) Own() {
	size := 0
	eachString(rec, func(s *string) { size += len(*s) })
	own := make([]byte, 0, size)
	eachString(rec, func(s *string) { own = append(own, *s...) })
	all := alias(own)
	eachString(rec, func(s *string) {
		n := len(*s)
		*s, all = all[:n], all[n:]
	})
}

// eachString calls f for every string of the record, always in the same order.
func eachString(rec *Record, f func(*string)) {
	for _, s := range [...]*string{
		&rec.Platform, &rec.ID, &rec.Author, &rec.Group, &rec.Lang, &rec.Region, &rec.Text,
	} {
		f(s)
	}
	for _, list := range [...][]string{rec.Tags, rec.Keywords, rec.Mentions, rec.Links, rec.Watches} {
		for i := range list {
			f(&list[i])
		}
	}
	if s := rec.Sound; s != nil {
		for _, s := range [...]*string{&s.ID, &s.ISRC, &s.MBID, &s.Title, &s.Artist} {
			f(s)
		}
	}
	for i := range rec.Metrics {
		f(&rec.Metrics[i].Name)
	}
	if g := rec.Gauge; g != nil {
		for _, s := range [...]*string{&g.List, &g.Category, &g.Term.Key, &g.Term.Display} {
			f(s)
		}
		for i := range g.Values {
			f(&g.Values[i].Name)
		}
	}
	if b := rec.Heartbeat; b != nil {
		for i := range b.Missing {
			f(&b.Missing[i])
		}
	}
}
