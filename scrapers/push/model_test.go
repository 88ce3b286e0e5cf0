package push

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// madeLine is a line of a generated archive and what it is known to be.
type madeLine struct {
	text  string
	id    string // of a record, else empty
	ts    int64  // of a record, in seconds
	class Class  // of a bad line
	blank bool
}

// madeMaxLine is the limit that the long lines of a generated archive exceed.
const madeMaxLine = 150

// archives draws archives with records, gaps, wrong clocks, late records, bad
// lines and blank ones in any order.
func archives(prefix string) *rapid.Generator[[]madeLine] {
	return rapid.Custom(func(t *rapid.T) []madeLine {
		now := int64(start)
		var lines []madeLine
		for i := range rapid.IntRange(0, 16).Draw(t, "lines") {
			record := func(ts int64) madeLine {
				id := fmt.Sprintf("%s%d", prefix, i)
				return madeLine{text: good(id, ts), id: id, ts: ts}
			}
			var l madeLine
			switch rapid.SampledFrom([]string{"next", "next", "next", "gap", "ahead", "ahead", "late", "syntax", "time", "long", "blank"}).Draw(t, "kind") {
			case "next":
				now += rapid.Int64Range(0, 2).Draw(t, "step")
				l = record(now)
			case "gap":
				now += rapid.Int64Range(71, 74).Draw(t, "gap") * 3600
				l = record(now)
			case "ahead":
				l = record(now + rapid.Int64Range(71, 150).Draw(t, "ahead")*3600)
			case "late":
				l = record(now - rapid.Int64Range(1, 80).Draw(t, "late")*3600)
			case "syntax":
				l = madeLine{text: "{" + rapid.StringMatching(`[a-zü]{0,9}`).Draw(t, "junk"), class: ClassSyntax}
			case "time":
				l = madeLine{text: `{"ts":-1,"tags":["t"]}`, class: ClassTime}
			case "long":
				l = madeLine{text: strings.Repeat("x", madeMaxLine+rapid.IntRange(1, 60).Draw(t, "over")), class: ClassLong}
			case "blank":
				l = madeLine{blank: true}
			}
			lines = append(lines, l)
		}
		return lines
	})
}

// join makes the bytes of an archive.
func join(lines []madeLine) []byte {
	var sb strings.Builder
	for _, l := range lines {
		sb.WriteString(l.text)
		sb.WriteByte('\n')
	}
	return []byte(sb.String())
}

// expect says what an archive must give, by the rules on arrays: the IDs of the
// records delivered and the bad lines as run.classes tells them.
func expect(lines []madeLine) (ids, bad []string) {
	const limit = 72 * 3600
	newest := int64(0)
	for i, l := range lines {
		if l.blank {
			continue
		}
		if l.id == "" {
			bad = append(bad, fmt.Sprintf("%d:%s", i+1, l.class))
			continue
		}
		if newest == 0 || l.ts-newest > limit {
			var next []int64
			for _, m := range lines[i+1:] {
				if m.id != "" {
					next = append(next, m.ts)
				}
			}
			fellBack := func(k int) bool { return len(next) > k && l.ts-next[k] > limit }
			if newest > 0 && fellBack(0) || newest == 0 && fellBack(0) && fellBack(1) {
				bad = append(bad, fmt.Sprintf("%d:%s", i+1, ClassClock))
				continue
			}
		}
		newest = max(newest, l.ts)
		ids = append(ids, l.id)
	}
	return ids, bad
}
