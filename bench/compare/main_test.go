package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The whole program, on streams that are far too small to mean anything.
func TestRunFillsTheDocument(t *testing.T) {
	path := filepath.Join(t.TempDir(), "doc.md")
	if err := os.WriteFile(path, []byte("<!-- begin results -->\n<!-- end results -->\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, log bytes.Buffer
	args := []string{"-scale", "0.001", "-rounds", "2", "-only", "hash,swell,swell-authors,map,countmin", "-streams", "drifting,dense", "-memory", "8", "-redis", "100", "-o", path}
	if err := run(args, &out, &log); err != nil {
		t.Fatalf("%v\n%s", err, &log)
	}
	document, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Stream \"drifting\"", "Stream \"dense\"", "exact map per pane", "Pauses", "Closing a pane", "Against the targets"} {
		if !strings.Contains(out.String(), want) || !bytes.Contains(document, []byte(want)) {
			t.Errorf("%q is not in the output or not in the document:\n%s", want, &out)
		}
	}
}

// The document has the marks that the program looks for.
func TestResultsHaveTheirMarks(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "RESULTS.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range []string{resultsSection, profilesSection} {
		begin, end := "<!-- begin "+section+" -->\n", "<!-- end "+section+" -->\n"
		if i, j := bytes.Index(text, []byte(begin)), bytes.Index(text, []byte(end)); i < 0 || j < i {
			t.Errorf("RESULTS.md has no section %s", section)
		}
	}
}

func TestBadFlags(t *testing.T) {
	for _, args := range [][]string{
		{"-only", "nothing"}, {"-streams", "brook"}, {"-rounds", "0"}, {"-scale", "0"}, {"-scale", "NaN"}, {"-memory", "1"}, {"file"},
	} {
		if _, err := parse(args); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
}
