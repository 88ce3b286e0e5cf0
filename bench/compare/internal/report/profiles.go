package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/swell-radar/swell/bench/compare/internal/measure"
)

// Profiled is a profile and what it is of.
type Profiled struct {
	Name         string // of the contender
	Stream       string
	Observations int
	Profile      *measure.Profile
}

// waitsListed is how many waits are listed: the rest takes no time to speak of.
const waitsListed = 12

// Profiles returns the report on profiles.
func Profiles(m Machine, profiled []Profiled) string {
	var b strings.Builder
	m.write(&b)
	for _, p := range profiled {
		fmt.Fprintf(&b, "### %s\n\nStream \"%s\", %s observations by two writers on two cores; with every lock and wait recorded it took %.1f s.\n\n",
			p.Name, p.Stream, count(p.Observations), p.Profile.Took.Seconds())
		fmt.Fprint(&b, "Contended mutexes:\n\n")
		writeWaits(&b, p.Profile.Contended)
		fmt.Fprint(&b, "Waits, of all goroutines together:\n\n")
		writeWaits(&b, p.Profile.Blocked)
		fmt.Fprint(&b, "Processor time by function, in percent:\n\n")
		t := Table{Head: []string{"", "alone", "with callees"}}
		for _, f := range p.Profile.Functions {
			t.Add("`"+f.Name+"`", f.Flat, f.Cum)
		}
		write(&b, &t)
	}
	return b.String()
}

func writeWaits(b *strings.Builder, waits []measure.Wait) {
	if len(waits) == 0 {
		fmt.Fprint(b, "None.\n\n")
		return
	}
	t := Table{Head: []string{"where", "for", "events", "ms"}}
	for _, w := range waits[:min(len(waits), waitsListed)] {
		t.Add("`"+w.Where+"`", meaning(w), count(int(w.Events)), fmt.Sprintf("%.1f", float64(w.Time)/float64(time.Millisecond)))
	}
	write(b, &t)
}

// meaning says what a wait is for, where its place tells, and else names the call.
func meaning(w measure.Wait) string {
	receives := strings.HasPrefix(w.How, "runtime.chanrecv") || w.How == "runtime.selectgo"
	switch {
	case receives && strings.HasSuffix(w.Where, "(*swell).own"):
		return "work: an owner sleeps on its bell"
	case receives && strings.HasPrefix(w.Where, "engine/window.(*Producer)"):
		return "room: a producer waits for a batch"
	case strings.HasSuffix(w.Where, "(*swell).Drain"), strings.HasSuffix(w.Where, "measure.feed"), strings.HasSuffix(w.Where, "(*swell).Close"):
		return "the end: this program waits for others"
	case strings.Contains(w.Where, "measure.(*gate)"):
		return "the other writer: this program keeps them in step"
	}
	return "`" + w.How + "`"
}
