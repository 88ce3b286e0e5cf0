package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/app"
)

// outcome runs the real command in a folder, with stdout if that is not nil, and
// returns its exit code and what it said on standard error.
func outcome(t *testing.T, dir string, stdout *os.File, args ...string) (code int, said string) {
	t.Helper()
	cmd := command(t, args...)
	cmd.Dir = dir
	if stdout != nil {
		cmd.Stdout = stdout
	}
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			t.Fatal(err)
		}
	}
	return cmd.ProcessState.ExitCode(), log.String()
}

func writeInput(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	writeInput(t, filepath.Join(dir, "in.ndjson"), []byte(good(0, 100)))
	writeInput(t, filepath.Join(dir, "form.toml"), []byte("[sources.shazam]\non = 1\n"))
	writeInput(t, filepath.Join(dir, "value.toml"), []byte("[sources.shazam]\non = true\n"))
	writeInput(t, filepath.Join(dir, "cut.zst"), truncated(t, good(0, 10_000)))
	replay := func(more ...string) []string {
		return append([]string{"replay", "in.ndjson", "--memory", "8MiB"}, more...)
	}
	for _, c := range []struct {
		args []string
		code int
		said string
	}{
		{nil, exitOK, ""},
		{[]string{"version"}, exitOK, ""},
		{[]string{"--help"}, exitOK, ""},

		{[]string{"bogus"}, exitUsage, `unknown command "bogus"; see swell --help`},
		{[]string{"repaly", "in.ndjson"}, exitUsage, `unknown command "repaly"; did you mean replay?`},
		{[]string{"--verbose", "bogus"}, exitUsage, `unknown command "bogus"`},
		{[]string{"--bogus"}, exitUsage, "unknown flag: --bogus"},
		{[]string{"version", "more"}, exitUsage, `unknown command "more"`},
		{[]string{"replay"}, exitUsage, "requires at least 1 arg"},
		{[]string{"replay", "in.ndjson", "--nonsense"}, exitUsage, "unknown flag: --nonsense"},
		{replay("--speed", "fast"), exitUsage, "--speed"},
		{replay("--memory", "1MiB"), exitUsage, "memory of 1048576 bytes"},
		{replay("--lateness", "48h"), exitUsage, "lateness 48h0m0s"},
		{replay("--budget", "-1"), exitUsage, "Budget is -1"},
		{replay("--serve", "--listen", "0.0.0.0:0"), exitUsage, "without a token"},
		{[]string{"serve"}, exitUsage, "--data is missing"},
		{[]string{"serve", "--data", "d", "--config", "form.toml"}, exitUsage, "form.toml:2:6: sources.shazam.on"},
		{[]string{"serve", "--data", "d", "--config", "value.toml"}, exitUsage, "value.toml: [sources.shazam] accept_terms = false"},
		{[]string{"source", "test", "shazam", "--config", "value.toml"}, exitUsage, "value.toml: [sources.shazam] accept_terms = false"},
		{[]string{"source", "test", "shazam"}, exitUsage, "swell: [sources.shazam] accept_terms = false"},
		{[]string{"trends", "--limit", "0"}, exitUsage, "--limit 0: give 1 to 1000000"},
		{[]string{"trends", "--limit", "-5", "--data", "nowhere"}, exitUsage, "--limit -5: give 1 to 1000000"},
		{[]string{"trends", "--limit", "1000001"}, exitUsage, "--limit 1000001: give 1 to 1000000"},
		{[]string{"generate", "--days", "0"}, exitUsage, "--days 0: give 1 or more"},
		{[]string{"generate", "--days", "-1"}, exitUsage, "--days -1: give 1 or more"},
		{[]string{"generate", "--days", "4000"}, exitUsage, "Days is 4000"},
		{[]string{"generate", "--scale", "0"}, exitUsage, "--scale 0: give more than 0"},
		{[]string{"generate", "--scale", "-0.5"}, exitUsage, "--scale -0.5: give more than 0"},
		{[]string{"generate", "--scale", "NaN"}, exitUsage, "--scale NaN: give more than 0"},
		{[]string{"generate", "--out", "a", "--truth", "./a"}, exitUsage, "--out a and --truth ./a are the same file"},
		{[]string{"generate", "--truth", "-"}, exitUsage, "are the same file"},

		{[]string{"backup", "b"}, exitUsage, "--data is missing"},
		{[]string{"restore", "b"}, exitUsage, "--data is missing"},
		{[]string{"fsck"}, exitUsage, "name what to check"},

		{[]string{"replay", "missing.ndjson"}, exitFailed, "missing.ndjson"},
		{[]string{"backup", "--data", "nowhere", "b"}, exitFailed, "holds no counts yet"},
		{[]string{"restore", "in.ndjson", "--data", "d"}, exitFailed, "not a backup of swell"},
		{[]string{"fsck", "in.ndjson"}, exitFailed, "not a backup of swell"},
		{[]string{"trends", "--data", "nowhere"}, exitFailed, "holds no counts yet"},
		{[]string{"trends", "--server", "http://127.0.0.1:1"}, exitFailed, "nobody answers"},
		{[]string{"generate", "--days", "1", "--scale", "0.001", "--out", "nowhere/a"}, exitFailed, "cannot write records"},

		{[]string{"replay", "cut.zst", "--memory", "8MiB"}, exitPartial, "not all of the input could be read"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			code, said := outcome(t, dir, nil, c.args...)
			if code != c.code || !strings.Contains(said, c.said) {
				t.Errorf("exit code %d, want %d with %q; said:\n%s", code, c.code, c.said, said)
			}
		})
	}
}

func TestCodeOf(t *testing.T) {
	wrapped := func(err error) error { return fmt.Errorf("while at it: %w", err) }
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, exitOK},
		{errors.New("any"), exitFailed},
		{wrapped(usage(errors.New("any"))), exitUsage},
		{wrapped(engine.ErrOptions), exitUsage},
		{wrapped(app.ErrListen), exitUsage},
		{wrapped(app.ErrInterrupted), exitPartial},
		{codeError{wrapped(engine.ErrOptions), exitPartial}, exitPartial},
	} {
		if got := codeOf(c.err); got != c.want {
			t.Errorf("%v gives exit code %d, want %d", c.err, got, c.want)
		}
	}
}

// What cannot be printed is a failure, not a short answer.
func TestFullOutputFails(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("no device that is always full: %v", err)
	}
	defer full.Close()
	dir := t.TempDir()
	writeInput(t, filepath.Join(dir, "in.ndjson"), []byte(good(0, 100)))
	if code, said := outcome(t, dir, nil, "replay", "in.ndjson", "--memory", "8MiB", "--data", "d"); code != exitOK {
		t.Fatalf("exit code %d: %s", code, said)
	}
	for _, args := range [][]string{
		{"trends", "--data", "d"},
		{"generate", "--days", "1", "--scale", "0.001"},
		{"version"},
	} {
		if code, said := outcome(t, dir, full, args...); code != exitFailed || !strings.Contains(said, "/dev/stdout") {
			t.Errorf("%q: exit code %d: %s", args, code, said)
		}
	}
}

// A file may be named to move the cursor or to look like another message.
func TestErrorsAreOneHarmlessLine(t *testing.T) {
	code, said := outcome(t, t.TempDir(), nil, "replay", "no\x1b[31msuch\r\nswell: all is well\u202e\x9b")
	if code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	if last := strings.TrimSuffix(said, "\n"); last != printable(last) || !strings.Contains(last, "no[31msuch swell: all is well") {
		t.Errorf("said %q", said)
	}
}
