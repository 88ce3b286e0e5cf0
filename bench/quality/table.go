package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/swell-radar/swell/bench/quality/measure"
)

// table is a table in Markdown.
type table struct {
	head []string
	rows [][]string
}

// newTable returns a table with these columns. Those whose name begins with < hold text.
func newTable(head ...string) *table { return &table{head: head} }

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) write(out io.Writer) {
	line := func(cells []string) { fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | ")) }
	head, marks := make([]string, len(t.head)), make([]string, len(t.head))
	for i, name := range t.head {
		text, left := strings.CutPrefix(name, "<")
		head[i], marks[i] = text, "---:"
		if left || i == 0 {
			marks[i] = "---"
		}
	}
	line(head)
	line(marks)
	for _, r := range t.rows {
		line(r)
	}
	fmt.Fprintln(out)
}

// sample are one figure's values, by seed.
type sample []float64

func (s sample) mean() float64 {
	sum := 0.0
	for _, x := range s {
		sum += x
	}
	return sum / float64(max(1, len(s)))
}

// sd is the standard deviation over the seeds, 0 for fewer than two.
func (s sample) sd() float64 {
	if len(s) < 2 {
		return 0
	}
	mean, sum := s.mean(), 0.0
	for _, x := range s {
		sum += float64((x - mean) * (x - mean))
	}
	return math.Sqrt(sum / float64(len(s)-1))
}

// text writes the mean and, over several seeds, the standard deviation.
func (s sample) text(format func(x float64) string) string {
	switch len(s) {
	case 0:
		return "-"
	case 1:
		return format(s[0])
	}
	return format(s.mean()) + " ± " + format(s.sd())
}

func percent(x float64) string { return fmt.Sprintf("%.1f", 100*x) }
func decimal(x float64) string { return fmt.Sprintf("%.2f", x) }
func tenths(x float64) string  { return fmt.Sprintf("%.1f", x) }

func ratio(r measure.Ratio) string {
	if r.Of == 0 {
		return "-"
	}
	return fmt.Sprintf("%s %% (%d of %d)", percent(r.Share()), r.Count, r.Of)
}

// relation compares the seeds of two samples pairwise.
type relation int

const (
	behind relation = iota - 1
	tie
	ahead
)

// String returns the relation as a word.
func (r relation) String() string { return [...]string{"behind", "tie", "ahead"}[r+1] }

// compare says that a is ahead of b if it is so with every seed, behind if it is so with
// every seed, and that it is a tie otherwise.
func compare(a, b sample) relation {
	more, less := 0, 0
	for i := range min(len(a), len(b)) {
		switch {
		case a[i] > b[i]:
			more++
		case a[i] < b[i]:
			less++
		}
	}
	switch n := min(len(a), len(b)); {
	case n > 0 && more == n:
		return ahead
	case n > 0 && less == n:
		return behind
	}
	return tie
}

// quantile returns a quantile of sorted numbers, 0 for none.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := q * float64(len(sorted)-1)
	i := int(at)
	return sorted[i] + float64((at-float64(i))*(sorted[min(i+1, len(sorted)-1)]-sorted[i]))
}

// pooled returns all numbers in rising order.
func pooled(lists ...[]float64) []float64 {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return all
}
