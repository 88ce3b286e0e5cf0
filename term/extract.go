package term

// Extractor finds the terms of occurrences. The zero value is ready to use and
// scans texts for hashtags only. It keeps buffers: one goroutine at a time.
type Extractor struct {
	ScanMentions bool // scan texts for mentions too
	ScanLinks    bool // scan texts for links too

	others  kindSet // kinds of terms that are not looked for
	terms   []Term
	keys    []byte // backs the keys of terms, and displays that are made up
	spans   []Span
	dropped int
	met     termSet
}

// Only has Terms find terms of the kinds alone, which is less work: it is as if records had
// no others.
func (x *Extractor) Only(kinds ...Kind) {
	x.others = ^kindSet(0)
	for _, k := range kinds {
		x.others &^= 1 << k
	}
}

// kindSet has a bit for each kind.
type kindSet uint16

func (s kindSet) has(k Kind) bool { return s>>k&1 != 0 }

// Terms returns the distinct terms of an occurrence in the order first met:
// watch lists, tags, hashtags in the text, keywords, mentions, links, the sound. Two terms
// are the same when kind and key are; the display is the first spelling met.
// The text's own mentions and links come after those the record lists.
//
// At most [MaxTerms] are returned; dropped says how many further mentions of
// terms were left out, repeats of left out terms included. A gauge has none.
//
// The slice and the keys in it are valid until the next call, which overwrites
// them; use [strings.Clone] for what must live longer. Displays are parts of the
// record, or as short-lived as keys. Nothing is allocated once the buffers have
// grown, save for the keys of text that has to be normalised beyond case.
func (x *Extractor) Terms(rec *Record) (terms []Term, dropped int) {
	x.terms, x.keys, x.dropped = x.terms[:0], x.keys[:0], 0
	if rec.Gauge != nil {
		return x.terms, 0
	}
	x.addTexts(Watch, rec.Watches)
	if !x.others.has(Hashtag) {
		for _, s := range rec.Tags {
			x.addSigned(Hashtag, trimSign(s, "#", wideHash))
		}
		if rec.Text != "" {
			x.spans = AppendHashtags(x.spans[:0], rec.Text)
			x.addSpans(Hashtag, rec.Text)
		}
	}
	x.addTexts(Keyword, rec.Keywords)
	if !x.others.has(Mention) {
		for _, s := range rec.Mentions {
			x.addSigned(Mention, trimSign(s, "@", wideAt))
		}
		if x.ScanMentions {
			x.spans = AppendMentions(x.spans[:0], rec.Text)
			x.addSpans(Mention, rec.Text)
		}
	}
	if !x.others.has(Link) {
		for _, s := range rec.Links {
			x.addLink(s)
		}
		if x.ScanLinks {
			x.spans = AppendLinks(x.spans[:0], rec.Text)
			for _, s := range x.spans {
				x.addLink(s.In(rec.Text))
			}
		}
	}
	if rec.Sound != nil && !x.others.has(Sound) {
		x.addSound(rec)
	}
	return x.terms, x.dropped
}

// addSpans adds names found in a text, which have no sign or space around them.
func (x *Extractor) addSpans(kind Kind, text string) {
	for _, s := range x.spans {
		x.addSigned(kind, s.In(text))
	}
}

// addSigned adds a hashtag or a mention without its sign. Many posts have the
// tags of their text in a list as well, spelled alike: their keys need not be made
// to know that they are the same.
func (x *Extractor) addSigned(kind Kind, text string) {
	if len(x.terms) <= fewTerms {
		for i := range x.terms {
			if t := &x.terms[i]; t.Display == text && t.Kind == kind {
				return
			}
		}
	}
	start := len(x.keys)
	x.keys = appendUnsigned(x.keys, text, signOf(kind))
	x.admit(kind, start, text)
}

func (x *Extractor) addTexts(kind Kind, texts []string) {
	if x.others.has(kind) {
		return
	}
	for _, s := range texts {
		start := len(x.keys)
		x.keys = AppendKey(x.keys, s)
		x.admit(kind, start, trimSpace(s))
	}
}

func (x *Extractor) addLink(link string) {
	start := len(x.keys)
	x.keys = AppendLinkKey(x.keys, link)
	x.admit(Link, start, trimSpace(link))
}

func (x *Extractor) addSound(rec *Record) {
	start := len(x.keys)
	key, ok := appendSoundTerm(x.keys, rec.Platform, rec.Sound)
	if !ok {
		return
	}
	x.keys = key
	if x.admit(Sound, start, "") {
		t := &x.terms[len(x.terms)-1]
		end := len(x.keys)
		x.keys = appendSoundDisplay(x.keys, rec.Sound, t.Key)
		t.Display = alias(x.keys[end:])
	}
}

// admit adds the term whose key is keys[start:], unless there is no key, it was
// met before or there is no room. Whatever is not added is cut off keys.
func (x *Extractor) admit(kind Kind, start int, display string) bool {
	// Safe: keys is only appended to until the next call of Terms, and when it
	// moves, the strings keep the old array alive.
	key := alias(x.keys[start:])
	if key == "" {
		return false
	}
	if x.met.has(x.terms, kind, key) {
		x.keys = x.keys[:start]
		return false
	}
	if len(x.terms) == MaxTerms {
		x.keys = x.keys[:start]
		x.dropped++
		return false
	}
	x.terms = append(x.terms, Term{Kind: kind, Key: key, Display: display})
	x.met.added(x.terms)
	return true
}
