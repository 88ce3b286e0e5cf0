package workload

import (
	"strconv"

	"github.com/swell-radar/swell/term"
)

var emoji = [...]string{"🔥", "✨", "😂", "☕", "🎶", "❤️", "👀", "🌊"}

// dice gives the small random decisions about a post's looks, always the same
// for the same look.
type dice uint64

func (d *dice) below(n int) int {
	*d = dice(mix(uint64(*d)))
	return int(uint64(*d) >> 33 % uint64(n))
}

// spelling returns the index of the spelling that the author of a post uses.
func (d *dice) spelling(t *tag, style int) string {
	i := min(style, len(t.spellings)-1)
	if len(t.spellings) > 2 && d.below(12) == 0 {
		i = 2 + d.below(len(t.spellings)-2)
	}
	return t.spellings[i]
}

// composer puts posts into records. Strings are cut from one text per slice.
type composer struct {
	w       *world
	text    []byte // of the whole slice
	written uint64 // posts so far
}

// cut is where a record's strings lie in the composer's text.
type cut struct{ id, author, sound, text, end int }

// write appends the strings of a post to the text and its tags to tags, and
// returns where they are.
func (w *composer) write(p *post, tags []string) (cut, []string) {
	w.written++
	d := dice(p.look)
	var c cut
	c.id = len(w.text)
	// Unique: a millisecond and a count that does not come round within it.
	w.text = strconv.AppendUint(w.text, uint64(p.ts/1000)<<20|w.written&(1<<20-1), 36)
	c.author = len(w.text)
	w.text = strconv.AppendUint(append(w.text, 'u'), uint64(p.author)>>16, 36)
	c.sound = len(w.text)
	if p.song != none {
		w.text = strconv.AppendUint(w.text, songID(p.song, p.home.platform), 10)
	}
	c.text = len(w.text)

	first := len(tags)
	for _, t := range p.tags[:p.n] {
		tags = append(tags, d.spelling(&w.w.tags[t], p.style))
	}
	shown := tags[first:]
	switch p.home.platform.Tags {
	case Listed:
		shown = nil
	case Both:
		shown = shown[:d.below(len(shown)+1)]
	}
	w.caption(&d, p.home.loc, shown)
	c.end = len(w.text)
	return c, tags
}

// caption writes a sentence with hashtags: most behind it, some with one in front,
// some with an emoji that touches a hashtag.
func (w *composer) caption(d *dice, l *locale, tags []string) {
	if len(tags) > 0 && d.below(5) == 0 {
		w.hashtag(tags[0])
		w.text = append(w.text, ' ')
		tags = tags[1:]
	}
	w.sentence(d, l)
	look := d.below(8)
	for _, t := range tags {
		w.text = append(w.text, ' ')
		if look == 0 {
			w.text = append(w.text, emoji[d.below(len(emoji))]...)
		}
		w.hashtag(t)
	}
	if look == 1 {
		w.text = append(w.text, emoji[d.below(len(emoji))]...)
	}
}

// sentence writes what people say: a stock phrase and as a rule some words more,
// so that few posts say the same by chance.
func (w *composer) sentence(d *dice, l *locale) {
	w.text = append(w.text, l.phrases[d.below(len(l.phrases))]...)
	if d.below(12) == 0 {
		return
	}
	for i := range 2 + d.below(5) {
		words := l.heads
		if i%2 == 1 {
			words = l.tails
		}
		w.text = append(append(w.text, ' '), words[d.below(len(words))]...)
	}
}

func (w *composer) hashtag(t string) { w.text = append(append(w.text, '#'), t...) }

// metrics fills the numbers that come with a post: a few likes for most, many
// for some (Pareto with exponent 1).
func (p *post) metrics(into []term.Metric) []term.Metric {
	h := mix(p.look ^ uint64(p.author))
	u := float64(h>>11) / (1 << 53)
	likes := float64(int(1 / (float64(u) + 1e-5)))
	name := p.home.platform.Metric
	if name == "" {
		return append(into, term.Metric{Name: "likes", Value: likes})
	}
	share := 0.2
	if name == "views" {
		share = 12
	}
	a, b := term.Metric{Name: "likes", Value: likes}, term.Metric{Name: name, Value: float64(int(likes * share))}
	if b.Name < a.Name {
		a, b = b, a // a record's metrics are sorted by name
	}
	return append(into, a, b)
}
