package app

import (
	"fmt"
	"io"
	"log/slog"
	"time"
)

// progress tells how far a replay is: a line that is written over on a terminal,
// a log line now and then elsewhere.
type progress struct {
	out      io.Writer
	terminal bool
	log      *slog.Logger
	now      func() time.Time
	start    time.Time
	last     time.Time
	skipped  int64 // raw bytes passed over by resuming
}

const (
	terminalEvery = 200 * time.Millisecond
	logEvery      = 10 * time.Second
)

func newProgress(o ReplayOptions, skipped int64) *progress {
	now := o.Now()
	return &progress{out: o.Stderr, terminal: o.Terminal, log: o.Log, now: o.Now, start: now, last: now, skipped: skipped}
}

// at is called often; it writes when it is time to.
func (p *progress) at(records, bad uint64, eventTime int64, read, total int64) {
	now := p.now()
	every := logEvery
	if p.terminal {
		every = terminalEvery
	}
	if now.Sub(p.last) < every {
		return
	}
	p.last = now
	rate, eta := p.rates(now, records, read, total)
	if !p.terminal {
		p.log.Info("replaying", "records", records, "bad_lines", bad, "per_second", int64(rate), "event_time", rfc3339(eventTime), "eta", eta)
		return
	}
	done := ""
	if total > 0 {
		done = fmt.Sprintf("%3.0f%%  ", 100*float64(read)/float64(total))
	}
	fmt.Fprintf(p.out, "\r\x1b[K%s%s  %s records  %s/s  eta %s", done, time.Unix(eventTime, 0).UTC().Format("2006-01-02 15:04"), Thousands(records), Thousands(uint64(rate)), eta)
}

// rates returns records a second since the start and how much longer it takes.
func (p *progress) rates(now time.Time, records uint64, read, total int64) (rate float64, eta string) {
	elapsed := now.Sub(p.start)
	if elapsed <= 0 {
		return 0, "?"
	}
	rate = float64(records) / elapsed.Seconds()
	done := read - p.skipped
	if total <= 0 || done <= 0 {
		return rate, "?"
	}
	left := time.Duration(float64(elapsed) * float64(total-read) / float64(done))
	return rate, left.Round(time.Second).String()
}

// finish ends the line.
func (p *progress) finish() {
	if p.terminal {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

// Thousands writes a number with its thousands apart.
func Thousands(n uint64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
