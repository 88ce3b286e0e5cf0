package term

import (
	"errors"
	"maps"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func decode(t *testing.T, line string) Record {
	t.Helper()
	var (
		d   Decoder
		rec Record
	)
	if err := d.Decode([]byte(line), &rec); err != nil {
		t.Fatalf("Decode(%s): %v", line, err)
	}
	return rec
}

func micros(t *testing.T, s string) int64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMicro()
}

func TestDecodeOccurrence(t *testing.T) {
	tests := []struct {
		line string
		want Record
	}{
		{
			`{"ts":"2016-07-28T14:23:00Z","platform":"X","id":"758","author":"9a7f","text":"We'll watch #debate","lang":"en","region":"US","metrics":{"shares":1,"likes":3}}`,
			Record{
				TS: 1469715780_000000, Platform: "x", ID: "758", Author: "9a7f", Text: "We'll watch #debate", Lang: "en", Region: "US",
				Metrics: []Metric{{"likes", 3}, {"shares", 1}},
			},
		},
		{
			`{"ts":1469715780,"platform":"tiktok","id":"v1","author":"u1","tags":["BookTok",""],"sound":{"id":"7016","title":"Espresso","artist":"Sabrina Carpenter","album":{"x":[1]}},"metrics":{"views":1200,"rate":null}}`,
			Record{
				TS: 1469715780_000000, Platform: "tiktok", ID: "v1", Author: "u1", Tags: []string{"BookTok"},
				Sound:   &SoundRef{ID: "7016", Title: "Espresso", Artist: "Sabrina Carpenter"},
				Metrics: []Metric{{"views", 1200}},
			},
		},
		{
			` { "type" : "occurrence" , "ts":1469715780123, "group":"rust", "repost":true, "keywords":["a","b"], "mentions":["@c"], "links":["http://d.e"], "extra":{"deep":[[[{"x":null}]],1e9,-0.5,true,false,""]} } ` + "\r\n",
			Record{
				TS: 1469715780_123000, Platform: "unknown", Group: "rust", Repost: true,
				Keywords: []string{"a", "b"}, Mentions: []string{"@c"}, Links: []string{"http://d.e"},
			},
		},
		{
			`{"ts":1469715780,"text":"tab\tquote\"slash\/\\ é 😀 😀 \u00e9 \ud83d\ude00 lone \ud83d end\u0000","author":null,"tags":null,"sound":null,"repost":null}`,
			Record{TS: 1469715780_000000, Platform: "unknown", Text: "tab\tquote\"slash/\\ é 😀 😀 é 😀 lone \uFFFD end\x00"},
		},
		{
			`{"t\u0073":1469715780,"te\u0078t":"escaped names","sound":{}}`,
			Record{TS: 1469715780_000000, Platform: "unknown", Text: "escaped names"},
		},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, decode(t, tt.line), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("Decode(%s): (-want +got)\n%s", tt.line, diff)
		}
	}
}

func TestDecodeTime(t *testing.T) {
	tests := []struct{ ts, want string }{
		{`"2016-07-28T14:23:00Z"`, "2016-07-28T14:23:00Z"},
		{`"2016-07-28T16:23:00.123456+02:00"`, "2016-07-28T14:23:00.123456Z"},
		{`"2016-07-28T09:53:00.1234567-04:30"`, "2016-07-28T14:23:00.123456Z"},
		{`1469715780`, "2016-07-28T14:23:00Z"},
		{`1469715780000`, "2016-07-28T14:23:00Z"},
		{`1469715780000001`, "2016-07-28T14:23:00.000001Z"},
		{`1469715780.5`, "2016-07-28T14:23:00.5Z"},
		{`1469715780.123456`, "2016-07-28T14:23:00.123456Z"},
		{`1469715780123.456`, "2016-07-28T14:23:00.123456Z"},
		{`1.46971578e9`, "2016-07-28T14:23:00Z"},
		{`"1469715780"`, "2016-07-28T14:23:00Z"},
		{`"1469715780123"`, "2016-07-28T14:23:00.123Z"},
		{`"1469715780.25"`, "2016-07-28T14:23:00.25Z"},
		{`631152000`, "1990-01-01T00:00:00Z"},
		{`631152000000`, "1990-01-01T00:00:00Z"},
		{`631152000000000`, "1990-01-01T00:00:00Z"},
		{`4133980799`, "2100-12-31T23:59:59Z"},
		{`4133980799999`, "2100-12-31T23:59:59.999Z"},
		{`4133980799999999`, "2100-12-31T23:59:59.999999Z"},
	}
	for _, tt := range tests {
		rec := decode(t, `{"ts":`+tt.ts+`,"text":"x"}`)
		if want := micros(t, tt.want); rec.TS != want {
			t.Errorf("ts %s is %s, want %s", tt.ts, time.UnixMicro(rec.TS).UTC().Format(time.RFC3339Nano), tt.want)
		}
	}
}

func TestDecodeGauge(t *testing.T) {
	tests := []struct {
		line string
		want Gauge
	}{
		{
			`{"type":"gauge","ts":"2026-11-21T17:00:00Z","platform":"tiktok","term":{"kind":"hashtag","text":"#BookTok"},"metric":"video_count","unit":"total","value":52311877,"region":"US"}`,
			Gauge{Term: Term{Hashtag, "booktok", "BookTok"}, Values: []Reading{{"video_count", UnitTotal, 52311877}}},
		},
		{
			`{"type":"gauge","ts":1746512354,"platform":"douyin","list":"hot-music","term":{"kind":"sound","id":"7481","title":"城北的花","artist":"王宇宙Leto"},"values":{"uses":5648902,"rank":1,"heat":18765436}}`,
			Gauge{
				List: "hot-music", Term: Term{Sound, "id:douyin:7481", "王宇宙Leto – 城北的花"},
				Values: []Reading{{"heat", UnitIndex, 18765436}, {"rank", UnitRank, 1}, {"uses", UnitTotal, 5648902}},
			},
		},
		{
			`{"ts":1735696623,"platform":"weibo","category":"其他","values":{"hot":1,"reads":2,"left":3},"units":{"hot":"bucket","left":"percent","absent":"rank"},"list":"hot-search","term":{"kind":"hashtag","text":"新年快乐"},"type":"gauge"}`,
			Gauge{
				List: "hot-search", Category: "其他", Term: Term{Hashtag, "新年快乐", "新年快乐"},
				Values: []Reading{{"hot", UnitBucket, 1}, {"left", UnitPercent, 3}, {"reads", UnitTotal, 2}},
			},
		},
		{
			`{"type":"gauge","ts":1735696623,"platform":"p","term":{"kind":"link","text":"https://www.a.b/"},"metric":"views","value":1,"values":{"rank":2}}`,
			Gauge{Term: Term{Link, "a.b", "https://www.a.b/"}, Values: []Reading{{"rank", UnitRank, 2}, {"views", UnitTotal, 1}}},
		},
		{
			`{"type":"gauge","ts":1735696623,"platform":"p","term":{"kind":"sound","text":"Espresso"},"metric":"views","value":1}`,
			Gauge{Term: Term{Sound, "name:␟espresso", "Espresso"}, Values: []Reading{{"views", UnitTotal, 1}}},
		},
		{
			`{"type":"gauge","ts":1735696623,"platform":"p","term":{"kind":"sound","key":"isrc:USUM72401994"},"metric":"views","value":1}`,
			Gauge{Term: Term{Sound, "isrc:usum72401994", "isrc:usum72401994"}, Values: []Reading{{"views", UnitTotal, 1}}},
		},
	}
	for _, tt := range tests {
		rec := decode(t, tt.line)
		if diff := cmp.Diff(&tt.want, rec.Gauge, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("Decode(%s): (-want +got)\n%s", tt.line, diff)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	const ok = `"ts":1469715780,"text":"x"`
	long := strings.Repeat("x", MaxFieldBytes+1)
	tests := []struct {
		line   string
		field  string
		offset int
		reason string // part of it
	}{
		// Not a record at all.
		{``, "", 0, "the line ends where a value should stand"},
		{`   `, "", 3, "the line ends"},
		{`[]`, "", 0, "must be an object, not an array"},
		{`"x"`, "", 0, "must be an object, not a string"},
		{`null`, "", 0, "must be an object, not null"},
		{`{"ts":1}x`, "", 8, "'x' where the end of the line"},
		{`{` + ok + `} {}`, "", 29, "'{' where the end of the line"},
		{"\xff", "", 0, "not valid UTF-8"},
		{"{" + ok + `,"a":"` + "é\xe9" + `"}`, "", 35, "not valid UTF-8"},
		{"\ufeff{" + ok + "}", "", 0, `'\ufeff' where a value`},
		{`{` + ok, "", 27, "the line ends where ',' or '}'"},
		{`{` + ok + `,}`, "", 28, "'}' where a field name"},
		{`{ts:1}`, "", 1, "'t' where a field name"},
		{`{"ts" 1}`, "", 6, "'1' where ':'"},
		{`{"a":"` + "\n" + `"}`, "", 6, "control characters"},
		{`{"a":"\x"}`, "", 7, "'x' where an escape sequence"},
		{`{"a":"\u12g4"}`, "", 6, "four hexadecimal digits"},
		{`{"a":"\u12"}`, "", 6, "four hexadecimal digits"},
		{`{"a":"x\`, "", 8, "the line ends where an escape"},
		{`{"a":"x`, "", 7, "closing quote"},
		{`{"a":NaN}`, "", 5, "'N' where a value"},
		{`{"a":nul}`, "", 5, "'n' where a value"},
		{`{"a":01}`, "", 6, "'1' where ',' or '}'"},
		{`{"a":-}`, "", 6, "'}' where a digit"},
		{`{"a":1.}`, "", 7, "'}' where a digit"},
		{`{"a":1e+}`, "", 8, "'}' where a digit"},
		{`{"a":+1}`, "", 5, "'+' where a value"},
		{`{"a":[1,]}`, "", 8, "']' where a value"},
		{`{"a":[1 2]}`, "", 8, "'2' where ',' or ']'"},
		{`{"a":` + strings.Repeat("[", 5000), "", 69, "nested more than 64 levels"},

		// Time.
		{`{"text":"x"}`, "ts", -1, "is missing"},
		{`{"ts":null,"text":"x"}`, "ts", -1, "is missing"},
		{`{"ts":"","text":"x"}`, "ts", -1, "is missing"},
		{`{"ts":true,"text":"x"}`, "ts", 6, "must be a time, not a boolean"},
		{`{"ts":"yesterday","text":"x"}`, "ts", 6, `"yesterday" is not an RFC 3339 time`},
		{`{"ts":"2016-07-28T14:23:00","text":"x"}`, "ts", 6, "with a zone"},
		{`{"ts":"2016-02-30T14:23:00Z","text":"x"}`, "ts", 6, "is not an RFC 3339 time"},
		{`{"ts":"0x1p30","text":"x"}`, "ts", 6, "is not an RFC 3339 time"},
		{`{"ts":-5,"text":"x"}`, "ts", 6, "-5 is before 1970"},
		{`{"ts":0,"text":"x"}`, "ts", 6, "0 is in the year 1970"},
		{`{"ts":631151999,"text":"x"}`, "ts", 6, "631151999 is in the year 1989"},
		{`{"ts":32503680000,"text":"x"}`, "ts", 6, "32503680000 is in the year 3000: expected a time from 1990 to 2100"},
		{`{"ts":4133980800,"text":"x"}`, "ts", 6, "is in the year 2101"},
		{`{"ts":"0001-01-01T00:00:00Z","text":"x"}`, "ts", 6, "is before 1970"},
		{`{"ts":"9999-01-01T00:00:00Z","text":"x"}`, "ts", 6, "is in the year 9999"},
		{`{"ts":1469715780000000000,"text":"x"}`, "ts", 6, "1469715780000000000 is no time"},
		{`{"ts":1e999,"text":"x"}`, "ts", 6, "1e999 is no time"},

		// Fields.
		{`{"ts":1469715780,"ts":1469715780,"text":"x"}`, "ts", 22, "is given twice"},
		{`{"ts":1469715780,"text":5}`, "text", 24, "must be a string, not a number"},
		{`{` + ok + `,"author":["a"]}`, "author", 37, "must be a string, not an array"},
		{`{` + ok + `,"author":"` + long + `"}`, "author", 37, "has 1025 bytes; the limit is 1024"},
		{`{` + ok + `,"id":"` + long + `"}`, "id", 33, "has 1025 bytes"},
		{`{` + ok + `,"group":"` + long + `"}`, "group", 36, "has 1025 bytes"},
		{`{"ts":1469715780,"text":"` + strings.Repeat("x", MaxTextBytes+1) + `"}`, "text", 24, "the limit is 262144"},
		{`{` + ok + `,"tags":"a"}`, "tags", 35, "must be an array, not a string"},
		{`{` + ok + `,"tags":["a",5]}`, "tags", 40, "must be a string, not a number"},
		{`{` + ok + `,"repost":1}`, "repost", 37, "must be a boolean, not a number"},
		{`{` + ok + `,"platform":"x y"}`, "platform", 39, `"x y" may hold only`},
		{`{` + ok + `, "platform" :  "x y"}`, "platform", 43, "may hold only"},
		{`{` + ok + `,"platform":"ｘ"}`, "platform", 39, "may hold only"},
		{`{` + ok + `,"sound":"x"}`, "sound", 36, "must be an object, not a string"},
		{`{` + ok + `,"sound":{"title":5}}`, "sound.title", 45, "must be a string"},
		{`{` + ok + `,"metrics":{"likes":"3"}}`, "metrics.likes", 47, "must be a number, not a string"},
		{`{` + ok + `,"metrics":{"likes":1e999}}`, "metrics.likes", 47, `"1e999" is out of range`},
		{`{` + ok + `,"metrics":{"a":1,"a":2}}`, "metrics", -1, `names "a" twice`},
		{`{` + ok + `,"type":"guage"}`, "type", 35, `"guage" is not known`},

		// Nothing to count.
		{`{"ts":1469715780}`, "", -1, "nothing to count"},
		{`{"ts":1469715780,"text":"","tags":[],"keywords":[""],"sound":{"title":""}}`, "", -1, "nothing to count"},

		// Gauges.
		{`{"type":"gauge","ts":1469715780,"values":{"a":1}}`, "term", -1, "is missing"},
		{`{"type":"gauge","ts":1469715780,"term":{"text":"x"},"values":{"a":1}}`, "term.kind", 39, "is missing"},
		{`{"type":"gauge","ts":1469715780,"term":{"kind":"tag","text":"x"},"values":{"a":1}}`, "term.kind", 47, `"tag" is not known; the kinds are [hashtag`},
		{`{"type":"gauge","ts":1469715780,"term":{"kind":"watch","text":"x"},"values":{"a":1}}`, "term.kind", 47, `"watch" is not known; the kinds are [hashtag`},
		{`{"type":"gauge","ts":1469715780,"term":{"kind":"hashtag","text":"#"},"values":{"a":1}}`, "term.text", 39, `"#" holds nothing to count`},
		{`{"type":"gauge","ts":1469715780,"term":{"kind":"sound","title":"original sound"},"values":{"a":1}}`, "term", 39, "names no sound"},
		{`{"type":"gauge","ts":1469715780,"term":{"kind":"hashtag","text":"x"}}`, "", -1, "nothing to count: a gauge needs"},
		{`{"type":"gauge","ts":1469715780,"term":{"kind":"hashtag","text":"x"},"value":1}`, "metric", -1, "is missing"},
		{`{"type":"gauge","ts":1469715780,"term":{"kind":"hashtag","text":"x"},"metric":"a","value":1,"values":{"a":1}}`, "metric", -1, `"a" stands in values too`},
		{`{"type":"gauge","ts":1469715780,"term":{"kind":"hashtag","text":"x"},"values":{"a":"1"}}`, "values.a", 83, "must be a number"},
		{`{"type":"gauge","ts":1469715780,"term":{"kind":"hashtag","text":"x"},"values":{"a":1},"units":{"a":"kg"}}`, "units.a", 99, `"kg" is not known; the units are [total rank`},
	}
	for _, tt := range tests {
		rec := Record{Tags: []string{"old"}, Text: "old", Sound: &SoundRef{ID: "old"}}
		line := []byte(tt.line)
		err := new(Decoder).Decode(line, &rec)
		clear(line) // errors outlive the line
		var bad *DecodeError
		if !errors.As(err, &bad) {
			t.Errorf("Decode(%.200q) = %v, want a *DecodeError", tt.line, err)
			continue
		}
		if bad.Field != tt.field || bad.Offset != tt.offset || !strings.Contains(bad.Reason, tt.reason) {
			t.Errorf("Decode(%.200q)\n got field %q, byte %d, %q\nwant field %q, byte %d, …%q…",
				tt.line, bad.Field, bad.Offset, bad.Reason, tt.field, tt.offset, tt.reason)
		}
		if diff := cmp.Diff(Record{}, rec, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("Decode(%.200q) left a record behind:\n%s", tt.line, diff)
		}
		if nothing := strings.Contains(tt.reason, "nothing to count"); errors.Is(err, ErrNothingToCount) != nothing && tt.field == "" {
			t.Errorf("Decode(%.200q): errors.Is(ErrNothingToCount) is %t", tt.line, !nothing)
		}
	}
}

func TestErrorsAreShort(t *testing.T) {
	huge := strings.Repeat("\x1b[31m", 1<<16)
	for _, line := range []string{
		`{"ts":` + strconv.Quote(huge) + `}`,
		`{"ts":` + strings.Repeat("1", 1<<20) + `}`,
		`{"ts":1469715780,"platform":` + strconv.Quote("é"+huge[:60]) + `}`,
		`{"ts":1469715780,"metrics":{"` + strings.Repeat("é", 512) + `":"x"}}`,
		`{"type":"` + strings.Repeat("é", 512) + `"}`,
		huge,
	} {
		err := new(Decoder).Decode([]byte(line), new(Record))
		if err == nil || len(err.Error()) > 600 || strings.ContainsRune(err.Error(), 0x1b) {
			t.Errorf("error of %d bytes: %.300q", len(err.Error()), err)
		}
	}
}

// TestOwnedStringsLast decodes with one decoder, record and buffer, and looks at
// the strings only after all of them were overwritten.
func TestOwnedStringsLast(t *testing.T) {
	var (
		d    Decoder
		rec  Record
		kept []string
		want []string
		buf  []byte
	)
	for i := range 100 {
		n := strconv.Itoa(i)
		buf = append(buf[:0], `{"ts":1469715780,"text":"t\u00e9xt `+n+`","tags":["a`+n+`","\u0062`+n+`"],"sound":{"title":"s`+n+`"},"metrics":{"m`+n+`":1}}`...)
		if err := d.Decode(buf, &rec); err != nil {
			t.Fatal(err)
		}
		rec.Own()
		kept = append(kept, rec.Text, rec.Tags[0], rec.Tags[1], rec.Sound.Title, rec.Metrics[0].Name)
		want = append(want, "téxt "+n, "a"+n, "b"+n, "s"+n, "m"+n)
		clear(buf)
	}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Error(diff)
	}
}

// TestDecodeAppendKeepsRecords decodes many lines with one decoder into one
// buffer and looks at the records only then.
func TestDecodeAppendKeepsRecords(t *testing.T) {
	var (
		d    Decoder
		buf  = []byte("before")
		recs [100]Record
		err  error
	)
	line := func(i int) string {
		n := strconv.Itoa(i)
		if i%2 == 0 {
			return `{"type":"gauge","ts":1469715780,"term":{"kind":"sound","title":"T` + n + `","artist":"\u0041` + n + `"},"values":{"rank":1}}`
		}
		return `{"ts":1469715780,"platform":"X","text":"t\u00e9xt ` + n + `","tags":["a` + n + `","\u0062` + n + `"]}`
	}
	for i := range recs {
		if buf, err = d.DecodeAppend(buf, []byte(line(i)), &recs[i]); err != nil {
			t.Fatal(err)
		}
		if _, err := d.DecodeAppend(buf, []byte(`{"text":"\u00e9"}`), new(Record)); err == nil {
			t.Fatal("a line without ts is taken")
		}
	}
	for i := range recs {
		if diff := cmp.Diff(decode(t, line(i)), recs[i], cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	}
	if !strings.HasPrefix(string(buf), "before") {
		t.Errorf("the buffer begins with %q", buf[:6])
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	lines := maps.Clone(benchLines)
	lines["escapes"] = `{"ts":"2016-07-28T14:23:00.5Z","platform":"TikTok","text":"a \"b\" \u00e9 \ud83d\ude00","tags":["\u0061"]}`
	for name, line := range lines {
		var (
			d   Decoder
			rec Record
		)
		raw := []byte(line)
		got := testing.AllocsPerRun(100, func() {
			if err := d.Decode(raw, &rec); err != nil {
				t.Fatal(err)
			}
		})
		if got != 0 {
			t.Errorf("%s: %v allocations", name, got)
		}
	}
}

// TestRoomIsBounded feeds hostile lines: what a record and a decoder keep for the
// next line is bounded by the line, not by how many such lines came.
func TestRoomIsBounded(t *testing.T) {
	var (
		d   Decoder
		rec Record

		longest int
	)
	for _, line := range []string{
		`{"ts":1469715780,"tags":["x"` + strings.Repeat(`,"x"`, 1<<16) + `]}`,
		`{"ts":1469715780,"text":"x","links":["` + strings.Repeat(`\u0041`, MaxLinkBytes) + `"],"y":"` + strings.Repeat(`\n`, 1<<18) + `"}`,
		`{"ts":1469715780,"text":"x","y":` + strings.Repeat("[", maxDepth-1) + strings.Repeat("]", maxDepth-1) + `}`,
	} {
		if err := d.Decode([]byte(line), &rec); err != nil {
			t.Fatal(err)
		}
		if len(d.own) > MaxLinkBytes {
			t.Errorf("%d bytes of a skipped value were kept", len(d.own))
		}
		if longest = max(longest, len(line)); cap(d.own) > 2*longest {
			t.Errorf("room for %d bytes after a line of %d", cap(d.own), longest)
		}
	}
	if err := d.Decode([]byte(`{"ts":1469715780,"text":"x"}`), &rec); err != nil {
		t.Fatal(err)
	}
	if cap(rec.Tags) > maxRoom || cap(rec.Links) > maxRoom {
		t.Errorf("room for %d tags and %d links is kept", cap(rec.Tags), cap(rec.Links))
	}
}

func TestDecodeKeepsEveryTag(t *testing.T) {
	line := `{"ts":1469715780,"tags":["x"` + strings.Repeat(`,"x"`, 9999) + `]}`
	if rec := decode(t, line); len(rec.Tags) != 10000 {
		t.Errorf("%d tags", len(rec.Tags))
	}
}

func TestDecodeNumbers(t *testing.T) {
	for spelling, want := range map[string]float64{
		"0": 0, "-0": 0, "1": 1, "-1.5": -1.5, "1e3": 1000, "1E-3": 0.001, "123456789012345678": 123456789012345678,
		"1.7976931348623157e308": math.MaxFloat64,
	} {
		rec := decode(t, `{"ts":1469715780,"text":"x","metrics":{"m":`+spelling+`}}`)
		if got := rec.Metrics[0].Value; got != want || math.Signbit(got) != math.Signbit(want) {
			t.Errorf("%s is %v, want %v", spelling, got, want)
		}
	}
}
