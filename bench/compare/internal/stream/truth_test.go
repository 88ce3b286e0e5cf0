package stream

import "testing"

func TestRecallCountsTies(t *testing.T) {
	truth := &Truth{Top: []Count{{"a", 9}, {"b", 5}, {"c", 5}, {"d", 1}}}
	for _, c := range []struct {
		found []Count
		k     int
		want  float64
	}{
		{[]Count{{"a", 9}, {"b", 5}}, 2, 1},
		{[]Count{{"a", 9}, {"c", 5}}, 2, 1},   // as good as b
		{[]Count{{"a", 9}, {"d", 7}}, 2, 0.5}, // overestimated
		{[]Count{{"a", 9}, {"a", 9}}, 2, 0.5},
		{nil, 2, 0},
		{[]Count{{"d", 1}, {"c", 5}, {"b", 5}, {"a", 9}}, 100, 1},
	} {
		if got := truth.Recall(c.found, c.k); got != c.want {
			t.Errorf("recall of %v among the top %d is %v, want %v", c.found, c.k, got, c.want)
		}
	}
}

func TestErrorIsRelativeAndAbsolute(t *testing.T) {
	truth := &Truth{Top: []Count{{"a", 10}, {"b", 4}}}
	answers := map[string]uint64{"a": 9, "b": 5}
	got := truth.Error(2, func(key string) uint64 { return answers[key] })
	if want := (0.1 + 0.25) / 2; got != want {
		t.Errorf("error %v, want %v", got, want)
	}
}

func TestTruthIsOfTheWindowAlone(t *testing.T) {
	s := generate(t, Drifting(0.001))
	truth, inWindow := TruthOf(s), 0
	counts := map[string]uint64{}
	for i := range s.Panes() {
		run := s.Pane(i)
		if run.Pane <= s.Last()-WindowPanes {
			continue
		}
		inWindow += run.Len()
		for j := range run.Len() {
			counts[run.Key(j)]++
		}
	}
	if truth.InWindow != inWindow || truth.Distinct != len(counts) {
		t.Errorf("%d observations of %d terms, want %d of %d", truth.InWindow, truth.Distinct, inWindow, len(counts))
	}
	for i, c := range truth.Top {
		if counts[c.Key] != c.N || i > 0 && c.N > truth.Top[i-1].N {
			t.Fatalf("number %d of the top is %v; it was counted %d times", i, c, counts[c.Key])
		}
	}
}
