package push

import (
	"slices"
	"strings"
	"testing"
)

func TestWrongClock(t *testing.T) {
	const hour = 3600
	at := func(id string, hours int64) string { return good(id, start+hours*hour) }
	bad := strings.Repeat("bad\n", maxLookahead-1)
	tests := []struct {
		name  string
		lines []string
		want  string // IDs delivered
		bad   string // line:class of wrong clocks
	}{
		{"one ahead", []string{at("1", 0), at("2", 1000), at("3", 1)}, "1 3", "2:clock"},
		{"72 h are allowed", []string{at("1", 0), at("2", 72), at("3", 0)}, "1 2 3", ""},
		{"a gap", []string{at("1", 0), at("2", 1000), at("3", 1001)}, "1 2 3", ""},
		{"a gap, then a late record within 72 h", []string{at("1", 0), at("2", 1000), at("3", 930), at("4", 1001)}, "1 2 3 4", ""},
		{"two in a row, each further", []string{at("1", 0), at("2", 1000), at("3", 2000), at("4", 1)}, "1 2 4", "3:clock"},
		{"a bad line between", []string{at("1", 0), at("2", 1000), "bad", "", at("3", 1)}, "1 3", "2:clock 3:syntax"},
		{"bad lines up to the limit", []string{at("1", 0), at("2", 1000), bad + at("3", 1)}, "1 3", "2:clock"},
		{"bad lines over the limit", []string{at("1", 0), at("2", 1000), bad + "bad", at("3", 1)}, "1 2 3", ""},
		{"the last record", []string{at("1", 0), at("2", 1000)}, "1 2", ""},
		{"the first record", []string{at("1", 1000), at("2", 0), at("3", 1)}, "2 3", "1:clock"},
		{"the first of two", []string{at("1", 1000), at("2", 0)}, "1 2", ""},
		{"the second is late", []string{at("1", 1000), at("2", 0), at("3", 1001)}, "1 2 3", ""},
		{"the only record", []string{at("1", 0)}, "1", ""},
	}
	for _, tt := range tests {
		got := replay(t, write(t, "a", []byte(strings.Join(tt.lines, "\n"))), Options{})
		if ids := strings.Join(got.ids, " "); ids != tt.want {
			t.Errorf("%s: records %s, want %s", tt.name, ids, tt.want)
		}
		classes := got.classes()
		if len(classes) > 5 {
			classes = slices.DeleteFunc(classes, func(c string) bool { return strings.HasSuffix(c, ":syntax") })
		}
		if bad := strings.Join(classes, " "); bad != tt.bad {
			t.Errorf("%s: bad %s, want %s", tt.name, bad, tt.bad)
		}
	}
}

func TestWrongClockReason(t *testing.T) {
	got := replay(t, write(t, "a", []byte(good("1", start)+"\n"+good("2", start+1e9)+"\n"+good("3", start+1))), Options{})
	if len(got.bad) != 1 || !strings.HasPrefix(got.bad[0].Reason, "ts 2055-07-24T00:00:00Z is more than 72 h ahead of 2023-11-14T22:13:20Z before it") {
		t.Fatalf("%+v", got.bad)
	}
	if got.raw[0] != good("2", start+1e9) {
		t.Errorf("kept %q", got.raw[0])
	}
}
