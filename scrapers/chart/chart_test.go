package chart

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
	"github.com/swell-radar/swell/term"
)

var now = time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC)

// The error of an address shows no secret in it.
func TestCheckBaseShowsNoSecret(t *testing.T) {
	for _, address := range []string{"https://me:hunter2@a.example", "https://a.example/?key=hunter2", "https://a.example#hunter2", "a.example?hunter2"} {
		if err := CheckBase("x", "base", address); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestAnyRowsAreRecords: whatever a page says, its records are ones that Swell takes, one a term.
func TestAnyRowsAreRecords(t *testing.T) {
	name := rapid.OneOf(rapid.String(), rapid.Just(""), rapid.SampledFrom([]string{"#", " x ", "x", "original sound", strings.Repeat("ü", 900), "\xff"}))
	rapid.Check(t, func(t *rapid.T) {
		list := List{Platform: "apple", Name: "most-played/us", Region: "US"}
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Row {
			r := Row{Where: "row", Rank: rapid.IntRange(0, 5).Draw(t, "rank"), Category: name.Draw(t, "category"), Link: name.Draw(t, "link")}
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				r.Sound = &term.SoundRef{ID: name.Draw(t, "id"), Title: name.Draw(t, "title"), Artist: name.Draw(t, "artist"), MBID: name.Draw(t, "mbid")}
			case 1:
				r.Keyword = name.Draw(t, "keyword")
			case 2:
				r.Hashtag = name.Draw(t, "hashtag")
			}
			return r
		}), 0, 20).Draw(t, "rows")
		records, rejected := list.Records(now, rows)
		if len(records)+len(rejected) > len(rows) {
			t.Fatalf("%d records and %d rejected of %d rows", len(records), len(rejected), len(rows))
		}
		met := map[string]bool{}
		for i := range records {
			for _, fault := range contract.Faults(&records[i]) {
				t.Fatal(fault)
			}
			if name := contract.Name(&records[i]); met[name] {
				t.Fatalf("%s has two readings of one poll", name)
			} else {
				met[name] = true
			}
		}
	})
}

func TestTheFirstOfTwoRowsStands(t *testing.T) {
	records, rejected := List{Platform: "wikipedia", Name: "top"}.Records(now, []Row{
		{Where: "1", Keyword: "Apple", Rank: 1}, {Where: "2", Keyword: "APPLE", Rank: 2}, {Where: "3", Keyword: " "}, {Where: "4", Keyword: "no place"},
	})
	if len(records) != 1 || records[0].Gauge.Values[0].Value != 1 || len(rejected) != 2 {
		t.Errorf("%d records and %d rejected; want the first row, and two that are none", len(records), len(rejected))
	}
}

func TestTolerantNumbersAndNames(t *testing.T) {
	f := func(in string, text Text, count Count, whole int) {
		t.Helper()
		var got struct {
			Text  Text
			Count Count
		}
		if err := json.Unmarshal([]byte(`{"text":`+in+`,"count":`+in+`}`), &got); err != nil {
			t.Fatal(err)
		}
		if got.Text != text || got.Count != count || got.Count.Whole() != whole {
			t.Errorf("%s is text %q and count %v, whole %d; want %q, %v, %d", in, got.Text, got.Count, got.Count.Whole(), text, count, whole)
		}
	}
	f(`7411103147315349520`, "7411103147315349520", Count{7411103147315349520, true}, 0)
	f(`"7411103147315349520"`, "7411103147315349520", Count{7411103147315349520, true}, 0)
	f(`12`, "12", Count{12, true}, 12)
	f(`"12"`, "12", Count{12, true}, 12)
	f(`1.5`, "1.5", Count{1.5, true}, 0)
	f(`0`, "0", Count{0, true}, 0)
	f(`-0`, "-0", Count{0, true}, 0)
	f(`-3`, "-3", Count{}, 0)
	f(`1e999`, "1e999", Count{}, 0)
	f(`null`, "", Count{}, 0)
	f(`" a "`, "a", Count{}, 0)
	f(`"12 "`, "12", Count{}, 0)
	f(`{"a":1}`, "", Count{}, 0)
	f(`[1]`, "", Count{}, 0)
	f(`true`, "", Count{}, 0)
}

func TestObject(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		var v struct {
			Name Text
			In   struct{ List []int }
		}
		err := Object([]byte(in), &v)
		switch {
		case want == "" && (err != nil || v.Name != "a"):
			t.Errorf("%s: %v, %v", in, v, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v; want something with %q", in, err, want)
		}
	}
	f(`{"name":"a"}`, "")
	f(` {"name":"a","in":{"list":[1]}}`, "")
	f(`null`, "no object: null")
	f(`"a"`, `no object: "a"`)
	f(`[1]`, "no object: [1]")
	f(`{"in":3}`, "its In is of another type: number")
	f(`{"in":{"list":"x"}}`, "its In.List is of another type: string")
	f(`{`, "unexpected end")
	f(``, "unexpected end")
}

func TestElements(t *testing.T) {
	f := func(in string, n int, ok bool) {
		t.Helper()
		got, found := Elements(json.RawMessage(in))
		if len(got) != n || found != ok {
			t.Errorf("%.40s has %d elements, %v; want %d, %v", in, len(got), found, n, ok)
		}
	}
	f(`[]`, 0, true)
	f(`[1,"a",{}]`, 3, true)
	f(`{"one":1}`, 1, true)
	f(`null`, 0, false)
	f(`"a"`, 0, false)
	f(``, 0, false)
	f(`[1`, 0, false)
	f("["+strings.Repeat("1,", MaxRows)+"1]", MaxRows, true)
}

func TestSettingsSayTheWayOut(t *testing.T) {
	hour := scrapers.Duration(time.Hour)
	f := func(err error, want string) {
		t.Helper()
		switch {
		case want == "" && err != nil:
			t.Errorf("refused: %v", err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%v; want something with %q", err, want)
		}
	}
	f(Check("x", 4, hour, 96), "")
	f(Check("x", 4, hour, 0), "")
	f(Check("x", 4, hour, 95), "96 requests a day")
	f(Check("x", 0, hour, 95), "names nothing")
	f(Check("x", 1, scrapers.Duration(time.Second), 0), `every = "1s"`)
	f(Check("x", 1, hour, -1), "requests_per_day = -1")
	f(CheckBase("x", "base", "https://example.org/api"), "")
	f(CheckBase("x", "base", "http://127.0.0.1:80"), "")
	f(CheckBase("x", "base", "example.org"), `base = "example.org"`)
	f(CheckBase("x", "base", "https://a:b@example.org"), "no address")
	f(CheckBase("x", "base", "https://example.org?x=1"), "no address")
	f(CheckNames("x", "lists", []string{"us", "de"}, ""), "")
	f(CheckNames("x", "lists", []string{"us", "us"}, ""), "twice")
	f(CheckNames("x", "lists", []string{"a/b"}, "/"), "")
	f(CheckNames("x", "lists", []string{"a/b"}, ""), `"a/b"`)
	f(CheckNames("x", "lists", []string{""}, ""), `""`)
}
