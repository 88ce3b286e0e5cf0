package push

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestCursorEncoding(t *testing.T) {
	c := Cursor{Path: "a.ndjson", Offset: 1234, Line: 56, Newest: 1700000000000000, DeadLetter: 78, Ended: true, Fingerprint: Fingerprint{65536, 1<<63 + 5}}
	const want = `{"v":1,"path":"a.ndjson","offset":1234,"line":56,"newest_us":1700000000000000,"dead_letter":78,"ended":true,"fingerprint":"65536-8000000000000005"}`
	got, err := json.Marshal(c)
	if err != nil || string(got) != want {
		t.Errorf("encoded %s (%v), want %s; a change of this form needs a new version", got, err, want)
	}
	if back := *stored(t, c); back != c {
		t.Errorf("decoded %+v, want %+v", back, c)
	}
}

func TestCursorRefuses(t *testing.T) {
	const valid = `{"v":1,"path":"a","offset":10,"line":2,"newest_us":0,"dead_letter":0,"fingerprint":"10-0000000000000001"}`
	var c Cursor
	if err := json.Unmarshal([]byte(valid), &c); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{`"v":1`, `"v":2`}, {`"v":1`, `"v":0`}, {`"v":1,`, ``},
		{`"offset":10`, `"offset":-10`}, {`"line":2`, `"line":-2`}, {`"line":2`, `"line":11`},
		{`"newest_us":0`, `"newest_us":-1`}, {`"dead_letter":0`, `"dead_letter":-1`},
		{`"offset":10`, `"offset":"10"`}, {`"offset":10`, `"offset":1e99`},
		{`10-0`, `70000-0`}, {`10-0`, `-0`}, {`10-0`, `10`}, {`10-0`, `10-x`}, {`10-00`, `10-0`},
	} {
		text := strings.Replace(valid, change[0], change[1], 1)
		if err := json.Unmarshal([]byte(text), &c); !errors.Is(err, ErrCursor) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzCursor(f *testing.F) {
	f.Add([]byte(`{"v":1,"path":"a","offset":10,"line":2,"newest_us":5,"dead_letter":7,"ended":true,"fingerprint":"10-0000000000000001"}`))
	f.Add([]byte(`{"v":9}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Cursor
		if err := c.UnmarshalJSON(data); err != nil {
			if !errors.Is(err, ErrCursor) || c != (Cursor{}) {
				t.Fatalf("%v, %+v", err, c)
			}
			return
		}
		if c.Offset < 0 || c.Line < 0 || c.Line > c.Offset || c.DeadLetter < 0 || c.Newest < 0 {
			t.Fatalf("accepted %+v", c)
		}
		stored(t, c)
	})
}
