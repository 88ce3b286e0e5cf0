package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/app"
	"github.com/swell-radar/swell/term"
)

func TestRankingThatCannotBePrinted(t *testing.T) {
	f, err := os.Open(os.DevNull) // for reading only
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for name, rows := range map[string][]row{"table": {{term: "a"}}, "no rows": nil} {
		if err := printRanking(f, rows, 1); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	var log bytes.Buffer
	err = announce(streams{out: f, err: &log}, &engine.View{}, api.DefaultBase, app.ReplayOptions{})
	if err == nil || !strings.Contains(log.String(), api.DefaultBase) {
		t.Errorf("got the error %v; said %q", err, log.String())
	}
}

// The names of a server's answer are as foreign as its terms.
func TestRowsAreHarmless(t *testing.T) {
	var out bytes.Buffer
	evil := "a\x1b[2J\n\u202eb"
	if err := printRanking(&out, []row{{phase: evil, platform: evil, kind: evil, term: evil}}, 1); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "a[2Jb"); got != 4 {
		t.Errorf("the name stands there %d times, want 4:\n%q", got, out.String())
	}
	for line := range strings.Lines(out.String()) {
		if line = strings.TrimSuffix(line, "\n"); line != printable(line) {
			t.Errorf("not harmless: %q", line)
		}
	}
}

// There cannot be more authors than posts, though an estimate may be higher: the
// table of a view says what the server's answer says.
func TestAuthorsAreNoMoreThanPosts(t *testing.T) {
	v := &engine.View{Trends: []engine.Trend{
		{Hours: make([]uint32, 72), Posts: 132, Authors24: 137},
		{Hours: make([]uint32, 72), Posts: 132, Authors24: 120},
	}}
	rows := rowsOfView(v, len(v.Trends))
	if rows[0].authors != 132 || rows[1].authors != 120 {
		t.Errorf("%d and %d authors, want 132 and 120", rows[0].authors, rows[1].authors)
	}
}

func TestAnnounceNamesTheServerWhereNeeded(t *testing.T) {
	for _, c := range []struct {
		address, want string
	}{
		{api.DefaultBase, " trends --phase rising"},
		{"http://127.0.0.1:7999", " trends --server http://127.0.0.1:7999 --phase rising"},
	} {
		var out, log bytes.Buffer
		err := announce(streams{out: &out, err: &log}, &engine.View{}, c.address, app.ReplayOptions{})
		if err != nil || !strings.Contains(log.String(), c.want) {
			t.Errorf("want %q (%v):\n%s", c.want, err, log.String())
		}
	}
	var out, log bytes.Buffer
	if err := announce(streams{out: &out, err: &log}, &engine.View{}, "", app.ReplayOptions{Detections: stdoutName}); err != nil || out.Len()+log.Len() > 0 {
		t.Errorf("said %q and %q (%v), want nothing", out.String(), log.String(), err)
	}
}

func TestTableNamesOtherSpellings(t *testing.T) {
	v := &engine.View{Trends: []engine.Trend{{Term: term.Term{Display: "BookTok"}}, {Term: term.Term{Display: "Other"}}}}
	for _, name := range []string{"Book_Tok", "bookTok2", "BookTòk", "Book‐Tok"} {
		var out bytes.Buffer
		if err := printRanking(&out, rowsOfView(v, len(v.Trends)), 1); err != nil {
			t.Fatal(err)
		}
		want := "BookTok\n"
		if n := len(v.Trends[0].Variants); n > 0 {
			want = "BookTok (also Book_Tok"
		}
		if !strings.Contains(out.String(), want) || !strings.Contains(out.String(), "Other\n") {
			t.Errorf("lacks %q:\n%s", want, out.String())
		}
		v.Trends[0].Variants = append(v.Trends[0].Variants, engine.Variant{Term: term.Term{Display: name}})
	}
	if got := rowsOfView(v, 1)[0].variants; also(got) != " (also Book_Tok, bookTok2, BookTòk and 1 more)" {
		t.Errorf("got %q", also(got))
	}
}
