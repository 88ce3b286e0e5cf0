package term

// owner moves the strings of a record into one allocation of exactly their
// size. The buffer is reused.
type owner struct{ buf []byte }

// take makes rec independent of the memory that its strings alias.
func (o *owner) take(rec *Record) {
	o.buf = o.buf[:0]
	eachString(rec, func(s *string) { o.buf = append(o.buf, *s...) })
	all := string(o.buf)
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
	for _, list := range [...][]string{rec.Tags, rec.Keywords, rec.Mentions, rec.Links} {
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
}
