//go:build unix

package crash

import (
	"bytes"
	"cmp"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// hang is how long anything may take before it counts as hanging. It is far above
// what a busy machine needs.
const hang = 2 * time.Minute

// launch says how the program is started.
type launch struct {
	program  string   // empty: the one of this source tree
	command  string   // empty: serve
	args     []string // beyond those that every test needs
	env      []string
	lateness time.Duration // 0: the default
	memory   string        // empty: little
	sources  string        // configuration of sources to run; empty: none
	under    []string      // a program that runs it, with its arguments
}

// process is a run of the program.
type process struct {
	t        *testing.T
	cmd      *exec.Cmd
	log      output
	out      bytes.Buffer
	address  string // where it serves; empty: it ended before
	lateness time.Duration
	ended    chan struct{}
}

// serveOn starts serve on a data directory and returns once it serves or has ended.
func serveOn(t *testing.T, dir string, l launch) *process {
	t.Helper()
	p := begin(t, dir, l)
	p.await()
	return p
}

// begin starts the program on a data directory and does not wait.
func begin(t *testing.T, dir string, l launch) *process {
	t.Helper()
	program := l.program
	if program == "" {
		var err error
		if program, err = binary(); err != nil {
			t.Fatal(err)
		}
	}
	from := "--no-sources"
	if l.sources != "" {
		from = "--config=" + l.sources
	}
	args := []string{"serve", from, "--data", dir, "--memory", cmp.Or(l.memory, "16MiB"), "--listen", "127.0.0.1:0", "--snapshot-every", "1ms", "--verbose",
		"--lateness", cmp.Or(l.lateness, lateness).String()}
	if l.command != "" {
		args = []string{l.command, "--data", dir}
	}
	line := append(append(append([]string{}, l.under...), program), append(args, l.args...)...)
	p := &process{t: t, cmd: exec.Command(line[0], line[1:]...), ended: make(chan struct{}), lateness: cmp.Or(l.lateness, lateness)}
	p.log.marks = make(chan struct{}, 1)
	p.cmd.Env = append(os.Environ(), l.env...)
	p.cmd.Stderr, p.cmd.Stdout = &p.log, &p.out
	ownGroup(p.cmd)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended stands in its state
		close(p.ended)
	}()
	t.Cleanup(func() {
		last := p.isUp()
		p.kill()
		if last && t.Failed() {
			t.Logf("%s\n%s", strings.Join(p.cmd.Args, " "), tailOf(p.log.String(), 40))
		}
	})
	return p
}

// serving finds the address in the log.
var serving = regexp.MustCompile(`serving at (http://[^;\s]+)`)

// await returns once the program serves or has ended.
func (p *process) await() {
	p.t.Helper()
	limit := time.After(hang)
	for {
		if m := serving.FindStringSubmatch(p.log.String()); m != nil {
			p.address = m[1]
			return
		}
		select {
		case <-p.log.marks:
		case <-p.ended:
			return
		case <-limit:
			p.t.Fatalf("it neither serves nor ends:\n%s", p.log.String())
		}
	}
}

// kill ends the program, and all that it runs, at once.
func (p *process) kill() {
	killGroup(p.cmd)
	p.wait()
}

// killAfter ends the program at once, after a while. It returns before.
func (p *process) killAfter(d time.Duration) { time.AfterFunc(d, func() { killGroup(p.cmd) }) }

// wait returns the exit code, or -1 if a signal ended it.
func (p *process) wait() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(hang):
		p.t.Fatalf("it does not end:\n%s", tailOf(p.log.String(), 60))
	}
	return p.cmd.ProcessState.ExitCode()
}

// stop ends the program in good order.
func (p *process) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(termination); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Fatal(err)
	}
	if code := p.wait(); code != 0 {
		p.t.Fatalf("it ended with %d:\n%s", code, tailOf(p.log.String(), 40))
	}
}

// isUp reports whether the program still runs.
func (p *process) isUp() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// mustServe fails the test if the program does not serve.
func (p *process) mustServe() *process {
	p.t.Helper()
	if p.address == "" {
		p.t.Fatalf("it ended with %v before it served:\n%s", p.cmd.ProcessState, tailOf(p.log.String(), 40))
	}
	return p
}

// noPanic fails the test if the program ended by a fault of its own. A program that
// cannot go on says why in one line.
func (p *process) noPanic() {
	p.t.Helper()
	text := p.log.String()
	for _, mark := range []string{"panic:", "fatal error:", "goroutine 1 [", "SIGBUS", "SIGSEGV", "unexpected fault address"} {
		if strings.Contains(text, mark) {
			p.t.Fatalf("%s in its log:\n%s", mark, tailOf(text, 80))
		}
	}
}

// noBroken fails the test if the program met a snapshot that was not whole. After a crash
// there is none: a snapshot counts once all of it is on the disk.
func (p *process) noBroken() {
	p.t.Helper()
	if text := p.log.String(); strings.Contains(text, "a snapshot cannot be used") {
		p.t.Fatalf("a snapshot is broken:\n%s", tailOf(text, 20))
	}
}

// reason returns the last line that the program said, as people read it.
func (p *process) reason() string {
	for _, line := range reversed(strings.Split(strings.TrimSpace(p.log.String()), "\n")) {
		if strings.HasPrefix(line, "swell: ") {
			return line
		}
	}
	return ""
}

func reversed(lines []string) []string {
	out := make([]string, 0, len(lines))
	for i := len(lines) - 1; i >= 0; i-- {
		out = append(out, lines[i])
	}
	return out
}

// client asks the program over HTTP.
func (p *process) client() api.Client {
	return api.Client{Base: p.address, HTTP: web}
}

// web makes no connection again that a killed program left behind.
var web = &http.Client{Timeout: hang, Transport: &http.Transport{DisableKeepAlives: true}}

// output is what a program wrote.
type output struct {
	mu    sync.Mutex
	buf   bytes.Buffer
	marks chan struct{} // rung after each write
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.marks <- struct{}{}:
	default:
	}
	return o.buf.Write(p)
}

// String returns all of it.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

func tailOf(text string, lines int) string {
	all := slices.DeleteFunc(strings.Split(strings.TrimSpace(text), "\n"), func(line string) bool {
		return strings.Contains(line, `"level":"DEBUG"`)
	})
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
