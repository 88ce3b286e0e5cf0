//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// notebookCell is a cell of a notebook (nbformat 4).
type notebookCell struct {
	ID       string `json:"id"`
	Type     string `json:"cell_type"`
	Metadata struct {
		Tags []string `json:"tags"`
	} `json:"metadata"`
	Source  []string          `json:"source"`
	Outputs []json.RawMessage `json:"outputs"`
}

// notebookCode returns the code of a notebook, cell by cell.
func notebookCode(t *testing.T, path string) []notebookCell {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var book struct {
		Cells  []notebookCell `json:"cells"`
		Format int            `json:"nbformat"`
	}
	if err := json.Unmarshal(data, &book); err != nil || book.Format != 4 {
		t.Fatalf("%s: format %d, %v", path, book.Format, err)
	}
	code := slices.DeleteFunc(book.Cells, func(c notebookCell) bool { return c.Type != "code" })
	for _, c := range code {
		if len(c.Outputs) > 0 {
			t.Errorf("%s holds an output of %s: clear all outputs before it is saved", path, c.ID)
		}
	}
	return code
}

// pythonWith returns a Python that has the modules, or says why there is none.
func pythonWith(modules ...string) (python, why string) {
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		out, err := exec.Command(python, "-c", "import "+strings.Join(modules, ", ")).CombinedOutput()
		if err == nil {
			return python, ""
		}
		why += fmt.Sprintf("%s: %v %s\n", python, err, bytes.TrimSpace(out))
	}
	return "", why
}

// startReplayed replays an archive, serves what came of it until the test ends, and returns the
// address once all of it is there.
func startReplayed(t *testing.T, archive string) string {
	t.Helper()
	cmd := command(t, "replay", archive, "--data", filepath.Join(t.TempDir(), "data"), "--memory", "16MiB", "--serve", "--listen", "127.0.0.1:0")
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	at, address, all := regexp.MustCompile(`"address":"(http://[^"]+)"`), "", ""
	lines := bufio.NewScanner(said)
	for address == "" {
		if !lines.Scan() {
			t.Fatalf("it ended before it served:\n%s", all)
		}
		all += lines.Text() + "\n"
		if m := at.FindStringSubmatch(lines.Text()); m != nil {
			address = m[1]
		}
	}
	go func() {
		for lines.Scan() { // so that it is not held up
		}
	}()
	eventually(t, "the end of the replay", func(ctx context.Context) bool {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/-/ready", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	return address
}

// TestNotebook runs the notebook's cells in order, as people would, against a program that serves.
func TestNotebook(t *testing.T) {
	code := notebookCode(t, filepath.Join("..", "..", "contrib", "notebooks", "swell.ipynb"))
	python, why := pythonWith("pandas", "matplotlib")
	if python == "" {
		t.Skipf("THE NOTEBOOK WAS NOT RUN: no Python with pandas and matplotlib (Debian: apt-get install python3-pandas python3-matplotlib):\n%s", why)
	}
	dir := t.TempDir()
	archive := filepath.Join(dir, "posts.ndjson.zst")
	if out, err := command(t, "generate", "--days", "4", "--seed", "1", "--scale", "0.05", "--out", archive).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var script strings.Builder
	ran, needs := 0, map[string]bool{}
	for _, c := range code {
		skip := false
		for _, tag := range c.Metadata.Tags {
			module, needed := strings.CutPrefix(tag, "needs-")
			if !needed {
				continue
			}
			if _, asked := needs[module]; !asked {
				needs[module] = exec.Command(python, "-c", "import "+module).Run() == nil
			}
			if !needs[module] {
				t.Logf("THE NOTEBOOK'S %s WAS NOT RUN: %s has no module %s", c.ID, python, module)
				skip = true
			}
		}
		if skip {
			continue
		}
		ran++
		fmt.Fprintf(&script, "print('%s', flush=True)\n%s\n", c.ID, strings.Join(c.Source, ""))
	}
	if ran < 6 {
		t.Errorf("only %d cells were to be run", ran)
	}
	// What a reader would look for in what the cells leave behind.
	script.WriteString(`
assert len(trends) > 0 and len(table) == len(trends), len(trends)
assert len(hours) > 24 and hours.notna().any().all(), hours
assert len(days) >= 2 and len(wide) > 100 and wide["posts"].sum() > 1000, (len(days), len(wide))
assert (wide[[f"h{h:02}" for h in range(24)]].sum(axis=1) == wide["posts"]).all()
print("all is well")
`)
	file := filepath.Join(dir, "cells.py")
	if err := os.WriteFile(file, []byte(script.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, file)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "MPLBACKEND=Agg", "MPLCONFIGDIR="+dir, "SWELL_SERVER="+startReplayed(t, archive))
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "all is well") {
		t.Fatalf("%v:\n%s", err, out)
	}
	picture, err := os.ReadFile(filepath.Join(dir, "trend.png"))
	if err != nil || !bytes.HasPrefix(picture, []byte("\x89PNG")) {
		t.Errorf("no picture of a trend: %v", err)
	}
}
