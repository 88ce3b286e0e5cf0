package worlds_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/bench/quality/worlds"
	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/term"
)

// Every world can be planned, here at a twentieth of its volume, and has what its
// name says.
func TestEveryWorldIsPlanned(t *testing.T) {
	for _, name := range worlds.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, err := worlds.Config(name, 1)
			if err != nil {
				t.Fatal(err)
			}
			if name != "small" {
				cfg.Scale = 0.05
			}
			g, err := workload.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			n := map[workload.Type]int{}
			platforms := map[string]bool{}
			for _, p := range g.Truth() {
				n[p.Type]++
				platforms[p.Platform] = true
			}
			if (n[workload.Trend] == 0) != (name == "quiet") {
				t.Errorf("%d trends", n[workload.Trend])
			}
			if (n[workload.Regular] == 0) != (name == "aperiodic") {
				t.Errorf("%d regulars", n[workload.Regular])
			}
			if (len(platforms) > 1) != (name == "several") {
				t.Errorf("platforms %v", platforms)
			}
			if n[workload.Burst] == 0 || n[workload.Bot] == 0 || n[workload.Flood] == 0 {
				t.Errorf("planted: %v", n)
			}
			if worlds.About(name) == "" {
				t.Error("nothing is said about it")
			}
		})
	}
}

// The source is silent during its outages and at no other time for long.
func TestOutages(t *testing.T) {
	for seed := range uint64(20) {
		cfg, err := worlds.Config("outages", seed)
		if err != nil {
			t.Fatal(err)
		}
		later := 0
		for i, d := range cfg.Disruptions {
			if l := d.Until.Sub(d.From); l < time.Hour || l > 9*time.Hour || d.Factor != 0 {
				t.Errorf("seed %d: an outage of %v with the factor %v", seed, l, d.Factor)
			}
			if i > 0 && d.From.Before(cfg.Disruptions[i-1].Until) {
				t.Errorf("seed %d: outages %d and %d overlap", seed, i-1, i)
			}
			if d.Until.After(cfg.Start.AddDate(0, 0, cfg.Days)) {
				t.Errorf("seed %d: outage %d ends after the world", seed, i)
			}
			if !d.From.Before(cfg.Start.AddDate(0, 0, worlds.WarmUp)) {
				later++
			}
		}
		if len(cfg.Disruptions) != 10 || later != 6 {
			t.Errorf("seed %d: %d outages, %d after the warm-up", seed, len(cfg.Disruptions), later)
		}
	}
}

func TestVolumeDoublesAndStays(t *testing.T) {
	cfg, err := worlds.Config("doubling", 1)
	if err != nil {
		t.Fatal(err)
	}
	// The last days around the change, at a small scale.
	cfg.Start = cfg.Start.AddDate(0, 0, worlds.WarmUp)
	cfg.Days -= worlds.WarmUp
	cfg.Scale, cfg.TrendsPerDay = 0.02, -1
	g, err := workload.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	days := make([]int, cfg.Days)
	var rec term.Record
	for g.Next(&rec) {
		days[time.UnixMicro(rec.TS).Sub(cfg.Start)/(24*time.Hour)]++
	}
	half := worlds.DoublingDay - worlds.WarmUp
	before, after := sum(days[:half]), sum(days[half:])
	if ratio := float64(after) / float64(before); ratio < 1.8 || ratio > 2.2 {
		t.Errorf("the second week has %.2f times the posts of the first: %v", ratio, days)
	}
}

func sum(days []int) (n int) {
	for _, d := range days {
		n += d
	}
	return n
}

func TestUnknownWorld(t *testing.T) {
	_, err := worlds.Config("flat", 1)
	if !errors.Is(err, worlds.ErrUnknown) || !strings.Contains(err.Error(), `"flat"`) || !strings.Contains(err.Error(), "several") {
		t.Errorf("an unknown world gives %v", err)
	}
	if worlds.About("flat") != "" || slices.Contains(worlds.Names(), "flat") {
		t.Error("the world is known after all")
	}
}
