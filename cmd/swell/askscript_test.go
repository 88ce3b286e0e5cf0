package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// asked is what the scripts about questions share: a replayed archive, once as a server has
// it, once as nobody has.
type asked struct {
	base string // of the server
	data string // a directory that nobody serves
	used string // the one that is served
}

// newAsked makes them for as long as the test runs.
func newAsked(t *testing.T) *asked {
	t.Helper()
	dir := t.TempDir()
	in := filepath.Join(dir, "in.ndjson")
	a := &asked{data: filepath.Join(dir, "data"), used: filepath.Join(dir, "served")}
	for _, args := range [][]string{
		{"generate", "--days", "3", "--seed", "4", "--scale", "0.02", "--out", in},
		{"replay", in, "--memory", "8MiB", "--data", a.data},
	} {
		var log bytes.Buffer
		if code := run(args, streams{strings.NewReader(""), &log, &log}); code != exitOK {
			t.Fatalf("swell %s: exit code %d\n%s", args[0], code, log.String())
		}
	}
	if err := os.CopyFS(a.used, os.DirFS(a.data)); err != nil {
		t.Fatal(err)
	}
	a.start(t)
	return a
}

// start starts the server, which ends with the test.
func (a *asked) start(t *testing.T) {
	t.Helper()
	cmd := command(t, "serve", "--data", a.used, "--no-sources", "--listen", "127.0.0.1:0")
	log, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	at := regexp.MustCompile(`serving at (http://[^;\s]+)`)
	lines := bufio.NewScanner(log)
	var said []string
	for lines.Scan() {
		if m := at.FindStringSubmatch(lines.Text()); m != nil {
			a.base = m[1]
			go func() { _, _ = io.Copy(io.Discard, log) }() // so that it never waits for its log
			return
		}
		said = append(said, lines.Text())
	}
	t.Fatalf("it ended before it served:\n%s", strings.Join(said, "\n"))
}

// ask runs a command in this process, where a script would start one for each question. The
// server is asked unless the command says otherwise; @data and @used stand for the
// directories. With a number it has to end with that exit code.
//
//	ask [CODE] COMMAND...
func (a *asked) ask(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: ask [CODE] COMMAND...")
	}
	want := exitOK
	if n, err := strconv.Atoi(args[0]); err == nil {
		want, args = n, args[1:]
	}
	args = slices.Clone(args)
	for i, arg := range args {
		args[i] = strings.NewReplacer("@data", a.data, "@used", a.used).Replace(arg)
	}
	if got := run(args, streams{strings.NewReader(""), ts.Stdout(), ts.Stderr()}); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// wellFormed checks a file that a script has:
//
//	wellformed json|ndjson|csv|parquet FILE [ROWS]
func wellFormed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: wellformed json|ndjson|csv|parquet FILE [ROWS]")
	}
	data := []byte(ts.ReadFile(args[1]))
	rows := -1
	switch args[0] {
	case "json":
		if !json.Valid(data) {
			ts.Fatalf("%s is no JSON:\n%s", args[1], data)
		}
	case "ndjson":
		rows = 0
		for line := range bytes.Lines(data) {
			rows++
			if !json.Valid(line) {
				ts.Fatalf("%s: line %d is no JSON: %s", args[1], rows, line)
			}
		}
	case "csv":
		lines, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		ts.Check(err)
		rows = len(lines) - 1
	case "parquet":
		if len(data) < 12 || string(data[:4]) != "PAR1" || string(data[len(data)-4:]) != "PAR1" {
			ts.Fatalf("%s is no Parquet", args[1])
		}
	default:
		ts.Fatalf("unknown form %s", args[0])
	}
	if len(args) == 3 {
		if want, err := strconv.Atoi(args[2]); err != nil || rows < want {
			ts.Fatalf("%s has %d rows, want %s or more:\n%s", args[1], rows, args[2], data)
		}
	}
}
