package detect

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

type drow struct {
	pane            int64
	term            int
	phi             [3]float64
	authors, growth float64
	reg             bool
	rate, level     float64
	w               [8]window
}

type par struct {
	name                 string
	floorNew, floorKnown float64
	sq                   float64
	lift, minA           float64
	off                  [8]float64
	phiAdd, post         float64
	thr                  float64
	repeat, cap          float64
}

var wins = []int{1, 3, 6, 12, 24, 48, 72, 144}

func loadDump(name string) []drow {
	f, _ := os.Open("/tmp/dump-" + name + ".csv")
	sc := bufio.NewScanner(f)
	var out []drow
	for sc.Scan() {
		p := strings.Split(sc.Text(), ",")
		g := func(i int) float64 { x, _ := strconv.ParseFloat(p[i], 64); return x }
		r := drow{pane: int64(g(0)), term: int(g(1)), phi: [3]float64{g(2), g(3), g(4)}, authors: g(5), growth: g(6), reg: g(7) == 1, rate: g(8), level: g(9)}
		for i := range r.w {
			r.w[i] = window{g(10 + 3*i), g(11 + 3*i), g(12 + 3*i)}
		}
		out = append(out, r)
	}
	return out
}

func (r *drow) score(p *par) (float64, int) {
	floor := p.floorKnown + (p.floorNew-p.floorKnown)/(1+r.authors/3)
	best, at := 0.0, -1
	for i, w := range r.w {
		if p.off[i] > 50 || w.fresh < p.minA || w.posts < 5 {
			continue
		}
		h := float64(wins[i]) / 6
		fl := floor * math.Pow(h, p.sq)
		if h < 1 {
			fl = floor * h
		}
		m := w.expected + fl
		phi := r.phi[scaleOf(wins[i])] + p.phiAdd
		if p.post > 0 {
			phi += p.post / (r.authors + 1)
		}
		x := w.fresh + p.repeat*min(p.cap*w.fresh, max(0, w.posts-w.fresh))
		if x < p.lift*m {
			continue
		}
		z := devianceZ(x, m, 1/phi) * min(1, 3*w.fresh/w.posts)
		if s := z - p.off[i]; s > best {
			best, at = s, i
		}
	}
	return best, at
}

func evalDump(a *archive, rows []drow, p *par) string {
	last := map[int]int64{}
	var alerts []Change
	wc := [8]int{}
	for i := range rows {
		r := &rows[i]
		s, at := r.score(p)
		if s < p.thr || r.reg {
			continue
		}
		if l, ok := last[r.term]; ok && r.pane-l < 48*6 {
			last[r.term] = r.pane
			continue
		}
		last[r.term] = r.pane
		wc[at]++
		alerts = append(alerts, Change{Trend: Trend{Candidate: Candidate{ID: uint64(r.term), Evidence: Evidence{Pane: r.pane}}}})
	}
	v := a.judgeBy(alerts)
	return fmt.Sprintf("%d@%.2f(%d/%d/%d)%.1f", v.found, v.precision(), v.hits, v.near, v.wrong, median(v.toCrossed))
}

func TestScratchEval(t *testing.T) {
	if os.Getenv("EVAL") == "" {
		t.Skip()
	}
	off0 := [8]float64{.5, 1.25, 1.55, 1.55, 1.1, .35, 99, 0}
	base := par{name: "base", floorNew: 2, floorKnown: 1, sq: .5, lift: 2, minA: 5, off: off0}
	var ps []par
	add := func(n string, f func(p *par)) { p := base; p.name = n; f(&p); ps = append(ps, p) }
	base.cap = 2
	base.repeat = .5
	add("cap1 .5", func(p *par) {})

	add("10m1.55,30m1.55", func(p *par) { p.off[0] = 1.55; p.off[1] = 1.55 })
	add("theory", func(p *par) { p.off = [8]float64{2.15, 1.78, 1.52, 1.23, .89, .48, 99, 0} })
	add("theory 1h 1.52 2h1.52", func(p *par) { p.off = [8]float64{2.15, 1.78, 1.55, 1.55, 1.1, .35, 99, 0} })
	add("theory 24h .3", func(p *par) { p.off = [8]float64{2.15, 1.78, 1.52, 1.23, .89, .48, 99, .3} })
	as := []*archive{}
	ds := [][]drow{}
	for _, n := range []string{"congress-2016", "reddit-2013a"} {
		tf, _ := os.ReadFile("/tmp/terms-" + n + ".txt")
		as = append(as, &archive{name: n, terms: strings.Split(string(tf), "\n"), rows: openOracle(t, "/work/shared/data/"+n+".oracle.csv")})
		ds = append(ds, loadDump(n))
	}
	for _, p := range ps {
		fmt.Printf("%-22s", p.name)
		for i := range as {
			for _, thr := range []float64{1.25, 1.5, 1.75, 2, 2.25} {
				p.thr = thr
				fmt.Printf(" %-20s", evalDump(as[i], ds[i], &p))
			}
			fmt.Print(" | ")
		}
		fmt.Println()
	}
}
