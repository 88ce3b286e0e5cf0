package contract

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/term"
)

// TestKept: a source that keeps to the contract passes.
func TestKept(t *testing.T) {
	Test(t, tinySubject(t, ""))
}

// TestBroken: each broken promise is told, by the check that is about it.
func TestBroken(t *testing.T) {
	for _, c := range []struct{ fault, check, says string }{
		{"loses what was refused", "delivers again what was refused", "missing"},
		{"forgets its cursor", "keeps its place", "came again"},
		{"ignores its context", "ends while the site hangs", "goes on after its context"},
		{"ignores its context", "ends while a delivery waits", "goes on after its context"},
		{"invents a zero", "drift", "one of the states"},
		{"invents a zero", "403", "one of the states"},
		{"hides its troubles", "503", "one of the states"},
		{"tells its secrets", "503", "query string"},
		{"believes in a claimed time", "delivers", "now is"},
		{"gives no IDs", "delivers", "missing"},
		{"counts nothing", "delivers", "of 0 items"},
		{"rejects without a reason", "delivers", "without saying where and why"},
		{"keeps too much", "delivers", "limit is 16384"},
		{"names a platform badly", "delivers", "no record that Swell takes"},
	} {
		t.Run(c.fault+" in "+c.check, func(t *testing.T) {
			t.Parallel()
			s := tinySubject(t, c.fault)
			if slices.Contains([]string{"missing", "one of the states", "goes on after its context"}, c.says) {
				s.patience = 300 * time.Millisecond // what never happens need not be waited for
			}
			if c.fault == "names a platform badly" { // it delivers everything, under another name
				for i, name := range s.Want {
					s.Want[i] = strings.Replace(name, "tiny", "Tiny Site", 1)
				}
			}
			told := failuresOf(t, s, c.check)
			if !strings.Contains(told, c.says) {
				t.Errorf("a source that %s is told %q; want something with %q", c.fault, told, c.says)
			}
		})
	}
}

// failuresOf runs one check and returns what it found.
func failuresOf(t *testing.T, s Subject, name string) string {
	for _, c := range s.checks() {
		if c.name != name {
			continue
		}
		r := &recorder{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			c.do(&s, r, t)
		}()
		<-done
		r.mu.Lock()
		defer r.mu.Unlock()
		return strings.Join(r.told, "\n")
	}
	t.Fatalf("there is no check %q", name)
	return ""
}

// recorder is a test whose failures are what is asked for.
type recorder struct {
	testing.TB
	mu   sync.Mutex
	told []string
}

func (r *recorder) tell(s string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = append(r.told, s)
}

func (r *recorder) Helper()                           {}
func (r *recorder) Error(args ...any)                 { r.tell(fmt.Sprint(args...)) }
func (r *recorder) Errorf(format string, args ...any) { r.tell(fmt.Sprintf(format, args...)) }
func (r *recorder) Fatal(args ...any)                 { r.Error(args...); runtime.Goexit() }
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...); runtime.Goexit() }

func TestFaults(t *testing.T) {
	rank := func(v float64) *term.Record {
		return &term.Record{TS: begun.UnixMicro(), Platform: "tiny", Gauge: &term.Gauge{
			List: "top", Term: term.Term{Kind: term.Hashtag, Key: "today", Display: "Today"},
			Values: []term.Reading{{Name: "rank", Unit: term.UnitRank, Value: v}},
		}}
	}
	if got := Faults(rank(3)); len(got) > 0 {
		t.Errorf("a sound record: %q", got)
	}
	for name, rec := range map[string]*term.Record{
		"place 0":            rank(0),
		"place 1.5":          rank(1.5),
		"no time":            {Platform: "tiny", ID: "1", Text: "it is"},
		"nothing to count":   {TS: begun.UnixMicro(), Platform: "tiny", ID: "1"},
		"a key that is none": {TS: begun.UnixMicro(), Platform: "tiny", Gauge: &term.Gauge{Term: term.Term{Kind: term.Hashtag, Key: "#ToDay", Display: "x"}}},
	} {
		if len(Faults(rec)) == 0 {
			t.Errorf("%s is not told", name)
		}
	}
}
