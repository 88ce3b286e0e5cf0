package sink

import "github.com/swell-radar/swell/internal/api"

// lessAlert returns a copy of an alert with one more part emptied, and the name of the part; no name if there is
// none left. What can be asked for by its ID goes first.
func lessAlert(a *api.Alert, step int) (*api.Alert, string) {
	b := *a
	switch step {
	case 0:
		b.Platforms = append([]api.AlertPlatform{}, a.Platforms...)
		for i := range b.Platforms {
			b.Platforms[i].Hours = []uint32{}
		}
		return &b, "platforms.hours"
	case 1:
		b.Told = []api.AlertTold{}
		return &b, "told"
	case 2:
		b.Company = []api.Related{}
		return &b, "company"
	case 3:
		b.Words = []api.AlertWord{}
		return &b, "words"
	case 4:
		b.Reasons = []string{}
		return &b, "reasons"
	case 5:
		b.Platforms = []api.AlertPlatform{}
		return &b, "platforms"
	case 6:
		b.Watches = []string{}
		return &b, "watches"
	}
	// What is left are texts: that of a term can be as long as a post.
	for _, text := range []*string{&b.Title, &b.Advice, &b.Term, &b.Key, &b.Thread, &b.Rule} {
		*text = cut(*text, 1000, bytesOf)
	}
	if step == 7 {
		return &b, "texts"
	}
	return a, ""
}

// lessDigest is [lessAlert] for a digest.
func lessDigest(d *api.Digest, step int) (*api.Digest, string) {
	c := *d
	lists := []*[]api.DigestTrend{&c.New, &c.Rising, &c.Peaking, &c.Fading, &c.Gone}
	switch step {
	case 0:
		for _, list := range lists {
			*list = withoutHours(*list)
		}
		c.Watches = append([]api.DigestWatch{}, c.Watches...)
		for i := range c.Watches {
			c.Watches[i].Hours = []uint32{}
		}
		return &c, "hours"
	case 1:
		c.Week = nil
		return &c, "week"
	case 2:
		c.Alerts = []api.Alert{}
		return &c, "alerts"
	case 3:
		c.Calls.Calls = []api.DigestCall{}
		return &c, "calls.calls"
	case 4:
		c.Gone = []api.DigestTrend{}
		return &c, "gone"
	case 5:
		c.Fading = []api.DigestTrend{}
		return &c, "fading"
	case 6:
		c.Watches = []api.DigestWatch{}
		return &c, "watches"
	case 7:
		c.Peaking = []api.DigestTrend{}
		return &c, "peaking"
	case 8:
		c.Rising = []api.DigestTrend{}
		return &c, "rising"
	case 9:
		c.New = []api.DigestTrend{}
		return &c, "new"
	case 10:
		c.Todo = []api.DigestTodo{}
		return &c, "todo"
	}
	return d, ""
}

func withoutHours(list []api.DigestTrend) []api.DigestTrend {
	out := append([]api.DigestTrend{}, list...)
	for i := range out {
		out[i].Hours = []uint32{}
	}
	return out
}
