package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// asked is what the scripts about questions share: a replayed archive, once as a server has
// it, once as nobody has.
type asked struct {
	t    *testing.T
	once sync.Once
	base string // of the server
	data string // a directory that nobody serves
	used string // the one that is served
}

// needs makes them at the first call, and lets them go at the end of the test.
func (a *asked) needs() error {
	a.once.Do(func() {
		dir := a.t.TempDir()
		in := filepath.Join(dir, "in.ndjson")
		a.data, a.used = filepath.Join(dir, "data"), filepath.Join(dir, "served")
		for _, args := range [][]string{
			{"generate", "--days", "3", "--seed", "4", "--scale", "0.02", "--out", in},
			{"replay", in, "--memory", "8MiB", "--data", a.data},
		} {
			if out, err := command(a.t, args...).CombinedOutput(); err != nil {
				a.t.Errorf("swell %s: %v\n%s", args[0], err, out)
				return
			}
		}
		if err := os.CopyFS(a.used, os.DirFS(a.data)); err != nil {
			a.t.Error(err)
			return
		}
		a.base = a.start()
	})
	if a.base == "" {
		return fmt.Errorf("there is no server to ask")
	}
	return nil
}

// start starts the server and returns its address.
func (a *asked) start() string {
	cmd := command(a.t, "serve", "--data", a.used, "--no-sources", "--listen", "127.0.0.1:0")
	log, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		a.t.Error(err)
		return ""
	}
	a.t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	at := regexp.MustCompile(`serving at (http://[^;\s]+)`)
	base := make(chan string, 1)
	go func() {
		defer close(base)
		for lines := bufio.NewScanner(log); lines.Scan(); {
			if m := at.FindStringSubmatch(lines.Text()); m != nil {
				base <- m[1]
			}
		}
	}()
	return <-base
}

// served lets the script ask the server, and names the directories:
//
//	served
func (a *asked) served(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: served")
	}
	ts.Check(a.needs())
	ts.Setenv(serverVariable, a.base)
	ts.Setenv("DATA", a.data)
	ts.Setenv("USED", a.used)
}

// has reports whether the server has a path.
func (a *asked) has(cond string) (bool, error) {
	path, ok := strings.CutPrefix(cond, "path:")
	if !ok {
		return false, fmt.Errorf("unknown condition %q", cond)
	}
	if err := a.needs(); err != nil {
		return false, err
	}
	resp, err := http.Get(a.base + path)
	if err != nil {
		return false, err
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK, nil
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
