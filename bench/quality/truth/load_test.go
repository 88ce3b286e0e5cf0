package truth

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/term"
)

func load(t *testing.T, text string) (Set, error) {
	t.Helper()
	return Load(strings.NewReader(text), "t.csv")
}

func TestLoad(t *testing.T) {
	const onset, peak, end = 1780272000, 1780275600, 1780448400
	for _, c := range []struct {
		name, text string
		want       Set
	}{
		{"two columns", "term,onset\n#BookTok,1780272000\n", Set{Rows: []Row{
			{Kind: term.Hashtag, Key: "booktok", Type: Trend, Onset: onset, Event: 1},
		}}},
		{"planted", "term,kind,platform,type,shape,onset,peak,end,posts\n" +
			"mondaytravel,hashtag,TikTok,regular,weekly,2026-06-01T00:00:00Z,2026-06-01T01:00:00Z,2026-06-03T01:00:00Z,1086\n", Set{Rows: []Row{
			{Kind: term.Hashtag, Key: "mondaytravel", Platform: "tiktok", Type: Regular, Shape: "weekly", Onset: onset, Peak: peak, End: end, Event: 1},
		}}},
		{"another order, blank lines, a byte order mark, CRLF, quotes", "\ufeff\r\n\r\n End ,more,PEAK,kind,onset,Term\r\n\r\n1780448400,,,link,1780272000,\"https://a.b/?x=1,2\"\r\n", Set{Rows: []Row{
			{Kind: term.Link, Key: term.KeyOf(term.Link, "https://a.b/?x=1,2"), Type: Trend, Onset: onset, End: end, Event: 1},
		}}},
		{"by onset", "onset,term\n1780275600,b\n1780272000,a\n1780272000,c", Set{Rows: []Row{
			{Kind: term.Hashtag, Key: "a", Type: Trend, Onset: onset, Event: 2},
			{Kind: term.Hashtag, Key: "c", Type: Trend, Onset: onset, Event: 3},
			{Kind: term.Hashtag, Key: "b", Type: Trend, Onset: peak, Event: 1},
		}}},
		{"oracle", "event,term,tier,kind,onset,crossed,peak\n" +
			"7,sb50,near,spike,2026-06-01T00:00:00Z,x,2026-06-01T01:00:00Z\n" +
			"9,budget,A,surge,2026-06-01T00:00:00Z,x,2026-06-01T00:00:00Z\n" +
			"7,pope,B,hashtag,2026-06-01T01:00:00Z,x,\n", Set{Oracle: true, Rows: []Row{
			{Key: "sb50", Type: Trend, Shape: "spike", Onset: onset, Peak: peak, Event: 1, Near: true},
			{Key: "budget", Type: Trend, Shape: "surge", Onset: onset, Peak: onset, Event: 2},
			{Kind: term.Hashtag, Key: "pope", Type: Trend, Onset: peak, Event: 1},
		}}},
		{"events and near", "term,onset,event,near\na,1780272000,x,TRUE\nb,1780272000,,no\nc,1780272000,x,0\nd,1780272000,,", Set{Rows: []Row{
			{Kind: term.Hashtag, Key: "a", Type: Trend, Onset: onset, Event: 1, Near: true},
			{Kind: term.Hashtag, Key: "c", Type: Trend, Onset: onset, Event: 1},
			{Kind: term.Hashtag, Key: "d", Type: Trend, Onset: onset, Event: 2},
		}}},
		{"only a header", "term,onset", Set{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := load(t, c.text)
			var bad *RowErrors
			if err != nil && !(c.name == "events and near" && errors.As(err, &bad) && bad.Total == 1) {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// A bad row is told by its place, and the rows around it are kept.
func TestBadRows(t *testing.T) {
	const header = "term,onset,kind,platform,type,peak,end,tier,near\n"
	const good = "good,1780272000,,,,,,,\n"
	for _, c := range []struct {
		row  string
		want string
	}{
		{"a,yesterday,,,,,,,", `t.csv:3: column onset: "yesterday": no time; write it as 2026-06-01T00:00:00Z`},
		{"a,,,,,,,,", `column onset: "": no time`},
		{"a,0,,,,,,,", `column onset: "0": no time`},
		{"a,1780272000000,,,,,,,", `column onset: "1780272000000": no time`},
		{" # ,1780272000,,,,,,,", `column term: "#": nothing in it can be counted`},
		{"a,1780272000,tag,,,,,,", `column kind: "tag": no such kind; the kinds are [hashtag sound keyword mention link watch]`},
		{"a,1780272000,,,trends,,,,", `column type: "trends": no such type; the types are [trend regular burst bot flood]`},
		{"a,1780272000,,,,1780271999,,,", `column peak: "1780271999": before what should come earlier`},
		{"a,1780272000,,,,1780272002,1780272001,,", `column end: "1780272001": before what should come earlier`},
		{"a,1780272000,,,,,,C,", `column tier: "C": no such tier`},
		{"a,1780272000,,,,,,,maybe", `column near: "maybe": write true or false`},
		{"a,1780272000,,,,,,", `t.csv:3: 8 fields where the first line names 9 columns`},
		{"a,1780272000,,,,,,,,", `10 fields where the first line names 9 columns`},
		{`"a,1780272000,,,,,,,`, `t.csv:3: at byte 22: extraneous or missing`},
		{`a"b",1780272000,,,,,,,`, `t.csv:3: at byte 2: bare "`},
		{strings.Repeat("é", 100) + ",x,,,,,,,", `column onset: "x"`},
		{"a," + strings.Repeat("é", 100) + ",,,,,,,", `column onset: "` + strings.Repeat("é", 30) + `…": no time`},
	} {
		set, err := load(t, header+good+c.row+"\n"+good)
		var bad *RowErrors
		var row *RowError
		if !errors.As(err, &bad) || !errors.As(err, &row) || bad.Total != 1 || row.Line != 3 || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40q: got the error %v, want %q", c.row, err, c.want)
		}
		if len(set.Rows) != 2 {
			t.Errorf("%.40q: %d rows are left, want 2", c.row, len(set.Rows))
		}
	}
}

func TestManyBadRows(t *testing.T) {
	set, err := load(t, "term,onset\n"+strings.Repeat("a,b\n", 1000)+"a,1780272000\n")
	var bad *RowErrors
	if !errors.As(err, &bad) || bad.Total != 1000 || len(bad.First) != maxRowErrors || !strings.HasSuffix(err.Error(), "\nand 980 more") {
		t.Errorf("got the error %v", err)
	}
	if len(set.Rows) != 1 {
		t.Errorf("%d rows are left, want 1", len(set.Rows))
	}
}

func TestBadFiles(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "t.csv is empty"},
		{"\n \n", "t.csv is empty"},
		{"\nname,onset\n", `t.csv:2: no column "term" among ["name" "onset"]`},
		{"term;onset\n", `no column "term" among ["term;onset"]; the first line names the columns, separated by commas`},
		{"start_utc,event,terms,term\n", `no column "onset"`},
		{"term,onset,Term\n", "column term stands there twice"},
		{"te\"rm,onset\n", `t.csv:1: at byte 3: bare "`},
	} {
		set, err := load(t, c.text)
		if !errors.Is(err, ErrHeader) || !strings.Contains(err.Error(), c.want) || len(set.Rows) != 0 {
			t.Errorf("%q: got %v and the error %v, want %q", c.text, set, err, c.want)
		}
	}
	broken := errors.New("broken")
	if _, err := Load(iotest.ErrReader(broken), "t.csv"); !errors.Is(err, broken) || !strings.Contains(err.Error(), "t.csv") {
		t.Errorf("got the error %v", err)
	}
}

// What the generator writes is read back as it was planted.
func TestLoadOfTheGenerator(t *testing.T) {
	g, err := workload.New(workload.Config{Days: 4, Seed: 5, Scale: 0.001})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.WriteTo(io.Discard); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := g.WriteTruth(&b); err != nil {
		t.Fatal(err)
	}
	set, err := Load(&b, "truth.csv")
	if err != nil {
		t.Fatal(err)
	}
	planted := g.Truth()
	if len(set.Rows) != len(planted) || set.Oracle {
		t.Fatalf("%d rows for %d things planted", len(set.Rows), len(planted))
	}
	for i, p := range planted {
		want := Row{
			Kind: p.Term.Kind, Key: p.Term.Key, Platform: p.Platform, Type: Type(p.Type.String()), Shape: p.Shape.String(),
			Onset: p.Onset.Unix(), Peak: p.Peak.Unix(), End: p.End.Unix(), Event: i + 1,
		}
		if diff := cmp.Diff(want, set.Rows[i]); diff != "" {
			t.Fatalf("row %d: -want +got\n%s", i, diff)
		}
	}
}

func TestLoadOfTheArchives(t *testing.T) {
	dir := os.Getenv("SWELL_TESTDATA")
	if dir == "" {
		t.Skip("SWELL_TESTDATA is not set: the oracles of real archives are not read")
	}
	for name, want := range map[string]struct{ rows, near, events int }{
		"congress-2016": {291, 184, 89}, "reddit-2013a": {396, 353, 36},
	} {
		f, err := os.Open(filepath.Join(dir, name+".oracle.csv"))
		if err != nil {
			t.Fatal(err)
		}
		set, err := Load(f, name)
		f.Close()
		if err != nil || !set.Oracle || len(set.Rows) != want.rows {
			t.Errorf("%s: %d rows, want %d (%v)", name, len(set.Rows), want.rows, err)
		}
		near, events := 0, map[int]bool{}
		for _, r := range set.Rows {
			if r.Near {
				near++
			} else {
				events[r.Event] = true
			}
			if r.Kind != 0 || r.Peak < r.Onset || r.Shape != "spike" && r.Shape != "surge" {
				t.Errorf("%s: %+v", name, r)
			}
		}
		if near != want.near || len(events) != want.events {
			t.Errorf("%s: %d rows near and %d events, want %d and %d", name, near, len(events), want.near, want.events)
		}
	}
}
