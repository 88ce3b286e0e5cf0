package words

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/internal/watch"
)

const (
	bookVersion = 1
	// MaxValue is how many bytes are saved of a list at most.
	MaxValue = 64 << 10
	// maxPlain is how many these may be before they were compressed.
	maxPlain = 4 << 20
	// maxCount is the largest count: no hour has as many posts.
	maxCount = 1 << 31
)

// snapshot returns a copy of what is kept of a list, whose counters nobody changes; and whether that is something
// else than was saved last.
func (l *list) snapshot() (*list, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := &list{name: l.name, newest: l.newest, hours: l.hours}
	for i := range c.hours {
		c.hours[i].counters, c.hours[i].index = slices.Clone(c.hours[i].counters), nil
	}
	changed := l.changed
	l.changed = false
	return c, changed
}

// encode makes the stored form, nothing where nothing is known. Where it would be larger than may be saved, the rarest
// words of every hour are left out, and the hour says how often one that was left out came at most.
func (l *list) encode() []byte {
	if l.newest == 0 {
		return nil
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil // cannot be: these options are right
	}
	defer z.Close()
	for most := Counters; ; most /= 2 {
		if out := z.EncodeAll(l.appendPlain(nil, most), []byte{bookVersion}); len(out) <= MaxValue || most == 1 {
			return out
		}
	}
}

// appendPlain appends the form that is compressed, with at most so many words of each hour. It changes the order of
// counters.
func (l *list) appendPlain(dst []byte, most int) []byte {
	var hours []hour
	var all []string
	for i := range l.hours {
		x := l.hours[i]
		if x.posts == 0 {
			continue
		}
		slices.SortFunc(x.counters, func(a, b counter) int { return cmp.Or(cmp.Compare(b.count, a.count), strings.Compare(a.word, b.word)) })
		if len(x.counters) > most {
			x.floor = max(x.floor, x.counters[most].count)
			x.counters = x.counters[:most]
		}
		hours = append(hours, x)
		for i := range x.counters {
			all = append(all, x.counters[i].word)
		}
	}
	slices.SortFunc(hours, func(a, b hour) int { return cmp.Compare(a.hour, b.hour) })
	slices.Sort(all)
	all = slices.Compact(all)
	dst = appendString(dst, l.name)
	dst = binary.AppendUvarint(dst, uint64(len(all)))
	for _, w := range all {
		dst = appendString(dst, w)
	}
	dst = binary.AppendUvarint(dst, uint64(len(hours)))
	for i := range hours {
		x := &hours[i]
		for _, n := range [...]uint64{uint64(x.hour), uint64(x.posts), uint64(x.floor), uint64(len(x.counters))} {
			dst = binary.AppendUvarint(dst, n)
		}
		for _, c := range x.counters {
			at, _ := slices.BinarySearch(all, c.word)
			dst = binary.AppendUvarint(dst, uint64(at))
			dst = binary.AppendUvarint(dst, uint64(c.count))
			dst = binary.AppendUvarint(dst, uint64(c.over))
		}
	}
	return dst
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// decode reads the stored form.
func decode(value []byte) (*list, error) {
	if len(value) > 0 && value[0] > bookVersion {
		return nil, fmt.Errorf("%w: version %d, this program reads %d; use the version that wrote it", ErrNewer, value[0], bookVersion)
	}
	if len(value) == 0 || value[0] != bookVersion {
		return nil, fmt.Errorf("%w: no version", ErrCorrupt)
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxPlain))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	plain, err := z.DecodeAll(value[1:], nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	r := reader{rest: plain}
	l := r.list()
	if r.err == "" && len(r.rest) > 0 {
		r.fail("something behind its end")
	}
	if r.err != "" {
		return nil, fmt.Errorf("%w: %s", ErrCorrupt, r.err)
	}
	return l, nil
}

// reader reads the plain form. After the first fault it gives nothing but zeros.
type reader struct {
	rest []byte
	err  string
}

func (r *reader) fail(why string) {
	if r.err == "" {
		r.err = why
	}
	r.rest = nil
}

// number reads one of at most limit.
func (r *reader) number(limit uint64, what string) uint64 {
	x, n := binary.Uvarint(r.rest)
	if n <= 0 || x > limit {
		r.fail("the " + what + " are cut off or too many")
		return 0
	}
	r.rest = r.rest[n:]
	return x
}

// size reads how many things of at least one byte each follow.
func (r *reader) size(limit int, what string) int {
	return int(r.number(uint64(min(limit, len(r.rest))), what))
}

func (r *reader) string(limit int, what string) string {
	n := r.size(limit, what)
	if n > len(r.rest) {
		r.fail("the " + what + " are cut off or too many")
		return ""
	}
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	if s == "" || !utf8.ValidString(s) {
		r.fail("the " + what + " are no text")
	}
	return s
}

func (r *reader) list() *list {
	l := &list{name: r.string(watch.MaxName, "letters of a name")}
	words := make([]string, r.size(Hours*Counters, "words"))
	for i := range words {
		if words[i] = r.string(maxBytes, "letters of a word"); i > 0 && words[i] <= words[i-1] {
			r.fail("words are out of order")
		}
	}
	n := r.size(Hours, "hours")
	met := make([]int, len(words)) // the last hour that has the word, from 1
	first := int64(0)
	for i := range n {
		x := hour{hour: int64(r.number(math.MaxInt64/hourMicros, "hours"))}
		if i == 0 {
			first = x.hour
		}
		if x.hour <= l.newest || x.hour-first >= Hours {
			r.fail("hours are out of order")
			return l
		}
		l.newest = x.hour
		if x.posts = uint32(r.number(maxCount, "posts")); x.posts == 0 {
			r.fail("an hour without posts")
		}
		x.floor = uint32(r.number(maxCount, "posts"))
		r.counters(&x, words, met, i+1)
		l.hours[x.hour%Hours] = x
	}
	if l.newest == 0 {
		r.fail("no hours")
	}
	return l
}

func (r *reader) counters(x *hour, words []string, met []int, turn int) {
	x.summary.counters = make([]counter, r.size(Counters, "words of an hour"))
	for j := range x.summary.counters {
		at := r.number(math.MaxInt32, "words of an hour")
		c := counter{count: uint32(r.number(maxCount, "posts")), over: uint32(r.number(maxCount, "posts"))}
		if r.err != "" {
			return
		}
		if at >= uint64(len(words)) || met[at] == turn || c.count < x.floor || c.count == 0 || c.over > c.count || uint64(c.count)-uint64(c.over) > uint64(x.posts) {
			r.fail("a word that cannot be counted so")
			return
		}
		c.word, met[at] = words[at], turn
		x.summary.counters[j] = c
	}
}
