package digest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

const (
	// maxTodo is how much one can do in a day.
	maxTodo = 7
	// sure is the confidence that advice needs.
	sure = 0.5
	// tomorrow is how long a trend has to last beyond the end of a day that is over: its digest is read in the
	// morning. today is the same of a day that is not.
	tomorrow = 8.0
	today    = 1.0
)

// doubtful are the flags of trends that no advice is given on: few accounts are behind them, or odd ones.
var doubtful = []string{"few", "thin", "burst"}

// todo says what to do by when: what watched brands need first, then trends, those on watch lists, on several
// platforms and the strongest before others. It is listed in the order of time.
func (in *Input) todo(now *sifted, day *Day, alerts []api.Alert) []api.DigestTodo {
	out := []api.DigestTodo{}
	threads := map[string]bool{}
	crisis := map[string]bool{} // lists of which it is told
	for i := range alerts {
		a := &alerts[len(alerts)-1-i] // of one thread the newest
		if a.Severity != api.SeverityCrisis || a.State != api.AlertOpen || threads[a.Thread] || len(out) == maxTodo {
			continue
		}
		threads[a.Thread] = true
		if a.Kind == kindOfWatch {
			crisis[a.Key] = true
		}
		text := a.Title
		if a.Advice != "" {
			text += " " + a.Advice
		}
		out = append(out, api.DigestTodo{Text: plain(text), By: a.ActBy, Kind: a.Kind, Key: a.Key, Term: a.Term})
	}
	rows := slices.Concat(now.news, now.rising, now.peaking)
	slices.SortStableFunc(rows, func(a, b *row) int { return worth(b) - worth(a) })
	for _, r := range rows {
		if len(out) == maxTodo {
			break
		}
		if slices.ContainsFunc(r.rivals, func(name string) bool { return crisis[name] }) {
			continue
		}
		if t, ok := in.advice(r, day); ok {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b api.DigestTodo) int {
		switch {
		case a.By == nil && b.By == nil:
			return 0
		case a.By == nil: // of a crisis, which is urgent
			return -1
		case b.By == nil:
			return 1
		}
		return a.By.Compare(*b.By)
	})
	return out
}

// worth sorts those of a strength: what is watched, then what is on several platforms.
func worth(r *row) int {
	n := 0
	if len(r.watches) > 0 {
		n += 2
	}
	if len(r.places) > 1 {
		n++
	}
	return n
}

// advice says what to do about a trend, if anything.
func (in *Input) advice(r *row, day *Day) (t api.DigestTodo, ok bool) {
	lead := &r.places[0]
	least := tomorrow
	if !day.Over {
		least = today
	}
	left := float64(lead.HoursLeft.Mid)
	if !(float64(lead.Confidence) >= sure) || !(left >= least) || slices.ContainsFunc(lead.Flags, func(f string) bool { return slices.Contains(doubtful, f) }) {
		return t, false
	}
	if low := float64(lead.HoursLeft.Low); lead.Phase == peaking && low == low { // the best of it is now
		left = min(left, max(low, least))
	}
	by := day.AsOf.Add(time.Duration(left * float64(hour))).Truncate(hour).UTC()
	where := lead.Platform
	if others := len(r.places) - 1; others > 0 {
		where += fmt.Sprintf(" (and %s)", counted(uint64(others), "other platform"))
	}
	name := named(lead.Kind, lead.Term)
	text := ""
	switch {
	case len(r.rivals) > 0: // people may be angry: nobody is told to post
		text = fmt.Sprintf("Look at what is said with %s on %s before anybody posts: it %s", name, where, map[string]string{
			emerging: "has just begun", rising: "is growing", peaking: "is at its peak",
		}[lead.Phase])
	case lead.Phase == emerging:
		text = fmt.Sprintf("Get ready for %s on %s: it has just begun", name, where)
	case lead.Phase == rising:
		text = fmt.Sprintf("%s on %s: it is growing", verb(lead.Kind, name), where)
	default:
		text = fmt.Sprintf("%s on %s soon or leave it: it is at its peak", verb(lead.Kind, name), where)
	}
	if lead.RatePerH >= 1 && lead.RatePerH >= 2*lead.ExpectedPerH {
		text += fmt.Sprintf(", with %s in the last hour where %s usual", posts(uint64(lead.RatePerH)), usual(float64(lead.ExpectedPerH)))
	}
	text += fmt.Sprintf(". It will probably last another %s.", hours(&lead.HoursLeft))
	return api.DigestTodo{Text: text, By: &by, Kind: lead.Kind, Key: lead.Key, Term: lead.Term}, true
}

// usual writes how many posts are.
func usual(n float64) string {
	switch n = math.Round(n); {
	case n < 1:
		return "hardly any is"
	case n == 1:
		return "one is"
	}
	return console.Decimal(n, 0) + " are"
}

// verb begins the advice to post with a term.
func verb(kind, name string) string {
	switch kind {
	case "sound":
		return "Use " + name
	case "link":
		return "Read and discuss " + name
	case "mention":
		return "See what is said of " + name
	}
	return "Post with " + name
}

// headline says in one line what is in the digest.
func (in *Input) headline(d *api.Digest, now *sifted) string {
	if d.Range.To.Sub(d.Range.From) <= 0 || !anythingSeen(d) {
		return "Nothing was seen on this day, so nothing can be told of it."
	}
	text := ""
	switch {
	case d.Quiet && d.Counts.Rising+d.Counts.Peaking == 0:
		text = "A quiet day: nothing new, and nothing to act on."
	case d.Quiet:
		text = fmt.Sprintf("A quiet day: nothing new, and nothing to act on; %s still open.", count(d.Counts.Rising+d.Counts.Peaking, "trend is", "trends are"))
	default:
		parts := []string{counted(uint64(d.Counts.New), "new trend")}
		if n := d.Counts.Rising; n > 0 {
			parts = append(parts, fmt.Sprintf("%d still growing", n))
		}
		if n := d.Counts.Peaking; n > 0 {
			parts = append(parts, fmt.Sprintf("%d at the peak", n))
		}
		text = strings.Join(parts, ", ")
		if open := slices.Concat(now.news, now.rising, now.peaking); len(open) > 0 {
			top := slices.MaxFunc(open, func(a, b *row) int {
				return int(sign(float64(a.places[0].Rank) - float64(b.places[0].Rank)))
			})
			text += "; the strongest is " + named(top.places[0].Kind, top.places[0].Term)
		}
		text += "."
	}
	if n := crises(d.Alerts); n > 0 {
		text = fmt.Sprintf("%s. %s", count(n, "crisis of a watched brand", "crises of watched brands"), text)
	}
	if d.Coverage != nil && d.Coverage.Share < enough {
		text += fmt.Sprintf(" Not all of the day was seen (%s).", share(d.Coverage.Share))
	}
	return text
}

func anythingSeen(d *api.Digest) bool {
	if d.Coverage == nil {
		return true // nobody knows
	}
	for _, p := range d.Coverage.Platforms {
		if !(p.Share <= 0) {
			return true
		}
	}
	return false
}

func crises(alerts []api.Alert) int {
	threads := map[string]bool{}
	for i := range alerts {
		if alerts[i].Severity == api.SeverityCrisis {
			threads[alerts[i].Thread] = true
		}
	}
	return len(threads)
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}
