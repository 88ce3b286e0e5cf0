package main

import (
	"fmt"
	"io"
)

// score is one comparison that Swell did not win.
type score struct {
	world, rival string
	figure       *figure
	own, other   float64
}

// balance compares Swell with every rival on every world that has trends.
func (s *study) balance() (won int, ties, losses []score) {
	for _, w := range s.worlds() {
		results := s.of(w)
		if w == quiet {
			continue
		}
		for _, c := range s.with(results, rival) {
			for i := range figures {
				f := &figures[i]
				a, b := f.sample(results, swell, usual), f.sample(results, c.Key, usual)
				if len(a) != len(b) || len(a) == 0 {
					continue
				}
				x := score{w, c.Name, f, a.mean(), b.mean()}
				switch compare(a, b) {
				case ahead:
					won++
				case tie:
					ties = append(ties, x)
				case behind:
					losses = append(losses, x)
				}
			}
		}
	}
	return won, ties, losses
}

// scores names what Swell did not win.
func (s *study) scores(out io.Writer) {
	won, ties, losses := s.balance()
	if won+len(ties)+len(losses) == 0 {
		return
	}
	fmt.Fprintf(out, `## Ahead, ties and losses

At %d false alarms a day and platform, for each world, rival and figure: Swell is ahead where it is better with every seed, behind where it is worse
with every seed, and ties otherwise. Ahead: %d. Ties: %d. Behind: %d.

`, usual, won, len(ties), len(losses))
	list := func(title string, scores []score) {
		if len(scores) == 0 {
			fmt.Fprintf(out, "%s: none.\n\n", title)
			return
		}
		fmt.Fprintf(out, "%s:\n\n", title)
		t := newTable("world", "<rival", "<figure", "Swell", "rival's")
		for _, x := range scores {
			t.add(x.world, x.rival, x.figure.name, x.figure.write(x.own), x.figure.write(x.other))
		}
		t.write(out)
	}
	list("Behind", losses)
	list("Ties", ties)
}
