package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"
)

func allEvents(t interface{ Fatal(...any) }, r io.Reader) (out []Event, p *eventParser) {
	p = newEventParser(r, "start", maxEvent)
	for {
		ev, err := p.next()
		if errors.Is(err, io.EOF) {
			return out, p
		}
		if err != nil {
			t.Fatal(err)
		}
		if ev.Name != "" {
			out = append(out, ev)
		}
	}
}

func TestEventsAreReadAsTheStandardSays(t *testing.T) {
	for text, want := range map[string]string{
		"data: a\n\n":                             `start message "a"`,
		"\ufeffdata: a\r\n\r\n":                   `start message "a"`,
		"data:a\rdata: b\r\r":                     `start message "a\nb"`,
		"event: trend\nid: 7\ndata: {}\n\n":       `7 trend "{}"`,
		"id: 7\n\ndata: x\n\n":                    `7 message "x"`,
		"id: 7\x00\ndata: x\n\n":                  `start message "x"`,
		"id\ndata: x\n\n":                         ` message "x"`,
		"event: a\n\ndata: x\n\n":                 `start message "x"`,
		": hello\ndata: x\n: more\ndata\n\n":      `start message "x\n"`,
		"data: cut off":                           ``,
		"data: cut off\n":                         ``,
		"bogus: 1\ndata:  two blanks\n\n":         `start message " two blanks"`,
		"retry: 1500\nretry: x\ndata: x\n\n":      `start message "x"`,
		"data: a\r\n\r\ndata: b\n\n\n\ndata\n\n":  `start message "a";start message "b";start message ""`,
		"data: a\n\nid: 9\ndata: never ended\n":   `start message "a"`,
		"data: a\n\nid: 9\ndata: b\n\nid\ndata\n": `start message "a";9 message "b"`,
	} {
		for name, r := range map[string]io.Reader{"whole": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text))} {
			events, _ := allEvents(t, r)
			var got []string
			for _, e := range events {
				got = append(got, fmt.Sprintf("%s %s %q", e.ID, e.Name, e.Data))
			}
			if strings.Join(got, ";") != want {
				t.Errorf("%q, %s: got %s, want %s", text, name, strings.Join(got, ";"), want)
			}
		}
	}
	_, p := allEvents(t, strings.NewReader("retry: 1500\nretry: x\n\n"))
	if p.retry != 1500*time.Millisecond {
		t.Errorf("it is to wait %s", p.retry)
	}
}

func TestAnEventMayNotBeEndless(t *testing.T) {
	for name, r := range map[string]io.Reader{
		"one line":   io.MultiReader(strings.NewReader("data: "), endless('x')),
		"many lines": endless([]byte("data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n")...),
	} {
		if _, err := newEventParser(r, "", 5000).next(); !errors.Is(err, ErrAnswer) {
			t.Errorf("%s: got the error %v", name, err)
		}
	}
}

type repeated struct{ what, rest []byte }

func endless(what ...byte) io.Reader { return &repeated{what: what} }

func (r *repeated) Read(p []byte) (int, error) {
	for n := 0; n < len(p); {
		if len(r.rest) == 0 {
			r.rest = r.what
		}
		k := copy(p[n:], r.rest)
		n, r.rest = n+k, r.rest[k:]
	}
	return len(p), nil
}

// What is written is read, however it is cut on its way and wherever lines end.
func TestEventsComeAsTheyWereSent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringMatching(`[^\r\n\x00]{0,20}`)
		var sent []Event
		var b bytes.Buffer
		eol := rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(rt, "line end")
		for i := range rapid.IntRange(0, 8).Draw(rt, "events") {
			e := Event{ID: fmt.Sprint("id", i, text.Draw(rt, "id")), Name: "n" + text.Draw(rt, "name"), Data: []byte(text.Draw(rt, "data"))}
			if rapid.Bool().Draw(rt, "comment") {
				fmt.Fprintf(&b, ":%s%s", text.Draw(rt, "comment text"), eol)
			}
			fmt.Fprintf(&b, "id: %s%sevent: %s%sdata: %s%s%s", e.ID, eol, e.Name, eol, e.Data, eol, eol)
			sent = append(sent, e)
		}
		got, _ := allEvents(rt, iotest.HalfReader(&b))
		if len(got) != len(sent) {
			rt.Fatalf("%d events came of %d", len(got), len(sent))
		}
		for i := range got {
			if got[i].ID != sent[i].ID || got[i].Name != sent[i].Name || string(got[i].Data) != string(sent[i].Data) {
				rt.Fatalf("got %q, want %q", got[i], sent[i])
			}
		}
	})
}

func FuzzEvents(f *testing.F) {
	for _, s := range []string{"data: a\n\n", "id: 1\nevent: x\ndata: {}\r\n\r\n", ": c\rretry: 3\r\r", "\ufeffdata\n\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		whole, _ := allEvents(t, bytes.NewReader(data))
		parts, _ := allEvents(t, iotest.OneByteReader(bytes.NewReader(data)))
		if fmt.Sprint(whole) != fmt.Sprint(parts) {
			t.Errorf("read at once %q, by bytes %q", whole, parts)
		}
		for _, e := range whole {
			if strings.ContainsAny(e.ID+e.Name, "\r\n") || strings.Contains(e.ID, "\x00") {
				t.Errorf("%q is no event", e)
			}
		}
	})
}
