package journal

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
)

// trouble is what the log of the embedded server tells of its disk. It is the only
// way to learn it: a publish that could not be stored is never answered.
type trouble int

const (
	noTrouble trouble = iota
	diskFull
	diskFailed
)

// serverLog passes the server's log lines on and looks for trouble in them. The
// server calls it from any goroutine, with locks held: it does not wait.
type serverLog struct {
	to  *slog.Logger
	end func() // called with the first trouble

	mu   sync.Mutex
	what trouble
	why  string
}

func newServerLog(to *slog.Logger, end func()) *serverLog { return &serverLog{to: to, end: end} }

// trouble returns the worst that was heard, and the server's words for it.
func (l *serverLog) trouble() (trouble, string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.what, l.why
}

// Noticef passes the server's progress on.
func (l *serverLog) Noticef(f string, args ...any) { l.log(slog.LevelDebug, f, args) }

// Warnf passes a warning on.
func (l *serverLog) Warnf(f string, args ...any) { l.judge(l.log(slog.LevelWarn, f, args)) }

// Errorf passes an error on.
func (l *serverLog) Errorf(f string, args ...any) { l.judge(l.log(slog.LevelWarn, f, args)) }

// Fatalf passes on an error that keeps the server from starting.
func (l *serverLog) Fatalf(f string, args ...any) { l.judge(l.log(slog.LevelError, f, args)) }

// Debugf drops its line.
func (l *serverLog) Debugf(string, ...any) {}

// Tracef drops its line.
func (l *serverLog) Tracef(string, ...any) {}

func (l *serverLog) log(level slog.Level, format string, args []any) string {
	line := strings.TrimSpace(fmt.Sprintf(format, args...))
	l.to.Log(context.Background(), level, "nats: "+line)
	return line
}

func (l *serverLog) judge(line string) {
	what := judge(line)
	l.mu.Lock()
	worse := what > l.what
	if worse {
		l.what, l.why = what, line
	}
	l.mu.Unlock()
	if worse {
		l.end()
	}
}

// judge says what a line of the server tells of its disk.
//
// A failed sync is a failed disk whatever the reason: the pages that could not be
// written are gone from the system's memory, and a second sync would succeed
// without them.
func judge(line string) trouble {
	low := strings.ToLower(line)
	full := strings.Contains(low, "no space left") || strings.Contains(low, "quota exceeded") ||
		strings.Contains(low, "out of space") || strings.Contains(low, "out of resources") || strings.Contains(low, "out of file resources")
	failed := strings.Contains(low, "critical write error") || strings.Contains(low, "failed to store a msg") ||
		strings.Contains(low, "permission denied")
	switch {
	case failed && strings.Contains(low, ": sync "), strings.Contains(low, "error sync"):
		return diskFailed
	case full:
		return diskFull
	case failed:
		return diskFailed
	}
	return noTrouble
}
