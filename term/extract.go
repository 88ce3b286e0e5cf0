package term

// Extractor finds the terms of occurrences. The zero value is ready to use and
// scans texts for hashtags only. It keeps buffers: one goroutine at a time.
type Extractor struct {
	ScanMentions bool // scan texts for mentions too
	ScanLinks    bool // scan texts for links too

	terms []Term
}

// Terms returns the distinct terms of an occurrence, in the order first met,
// and how many it had beyond [MaxTerms]. The slice and the keys in it are valid
// until the next call; copy (strings.Clone) what must live longer.
func (x *Extractor) Terms(rec *Record) (terms []Term, dropped int) {
	x.terms = x.terms[:0]
	for _, t := range rec.Tags {
		x.terms = append(x.terms, Term{Hashtag, KeyOf(Hashtag, t), t})
	}
	return x.terms, 0
}
