package sink

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/sink/sinktest"
)

const (
	trelloList  = "0123456789abcdef01234567"
	trelloKey   = "trellokeytrellokey"
	trelloToken = "trellotokentrellotoken"
)

// board is a fake of Trello, and what makes sinks for it.
func board(t testing.TB) (*sinktest.Trello, func(Memory, *writer) Sink) {
	t.Helper()
	b := sinktest.NewTrello(trelloList, trelloKey, trelloToken)
	url := fake(t, b)
	return b, func(m Memory, w *writer) Sink {
		return newSink(t, Config{Kind: Trello, URL: "$URL", Key: "$KEY", Token: "$TOKEN", List: trelloList, Private: true},
			Deps{Env: environment("URL", url, "KEY", trelloKey, "TOKEN", trelloToken), Memory: m, digests: w})
	}
}

// A thread is one card: made, changed, put into the archive.
func TestCardOfAThread(t *testing.T) {
	b, make := board(t)
	s := make(nil, nil)
	if !s.Follows() || !s.Recognises() {
		t.Error("it neither follows nor recognises")
	}
	steps := []struct {
		name string
		m    *message.Message
	}{{"alert", alertMessage()}, {"change", changeMessage()}, {"over", overMessage()}}
	for _, step := range steps {
		mustSend(t, s, step.m)
		cards := b.Cards()
		if len(cards) != 1 {
			t.Fatalf("%d cards after %s", len(cards), step.name)
		}
		golden(t, "trello/"+step.name+".txt", fmt.Appendf(nil, "name: %s\ndue: %s\nclosed: %t\n\n%s\n\ncomments:\n%s\n", cards[0].Name, due(cards[0]), cards[0].Closed,
			cards[0].Desc, strings.Join(cards[0].Comments, "\n\n")))
	}
	for _, q := range b.Requests() {
		if strings.Contains(q.Query, trelloToken) || strings.Contains(q.Query, trelloKey) {
			t.Error("key or token stand in an address")
		}
	}
}

func due(c sinktest.TrelloCard) string {
	if c.Due == nil {
		return "none"
	}
	return *c.Due
}

// A digest is a card a day, whoever it is for, and a test is one as well.
func TestCardsOfDigests(t *testing.T) {
	b, make := board(t)
	s := make(nil, nil)
	for range 2 { // the second time is a repeat
		mustSend(t, s, digestMessage(api.AudienceManager))
		mustSend(t, s, testMessage())
	}
	cards := b.Cards()
	if len(cards) != 2 {
		t.Fatalf("%d cards", len(cards))
	}
	for i, name := range []string{"digest", "test"} {
		golden(t, "trello/"+name+".txt", fmt.Appendf(nil, "name: %s\n\n%s\n", cards[i].Name, cards[i].Desc))
	}
}

// Whatever breaks off, and whatever is forgotten, repeating leaves one card with one comment for each message.
func TestRepeatsLeaveOneCard(t *testing.T) {
	b, make := board(t)
	for seed := range uint64(25) {
		random := rand.New(rand.NewPCG(seed, 1))
		b.Delete()
		b.Clear()
		second := alertMessage()
		second.ID, second.Alert.ID = "a-2", "2"
		memory := Memory(forgetful{})
		for _, m := range []*message.Message{alertMessage(), changeMessage(), second} {
			for attempt := 0; ; attempt++ {
				if attempt == 50 {
					t.Fatalf("seed %d: it does not end", seed)
				}
				if attempt < 3 {
					for _, method := range []string{"GET", "POST", "PUT"} {
						switch []string{"well", "well", "abort", "lost", "busy"}[random.IntN(5)] {
						case "abort":
							b.Next(method, sinktest.Answer{Abort: true})
						case "lost":
							b.Next(method, sinktest.Answer{Abort: true, Take: true})
						case "busy":
							b.Next(method, sinktest.TrelloLimited())
						}
					}
				}
				if random.IntN(2) == 0 {
					memory = forgetful{}
				}
				if e := send(t, make(memory, nil), m); e == nil {
					break
				} else if e.Permanent {
					t.Fatalf("seed %d: %+v", seed, e)
				}
			}
		}
		b.Clear()
		cards := b.Cards()
		if len(cards) != 1 || cards[0].Closed {
			t.Fatalf("seed %d: there are %d cards: %+v", seed, len(cards), cards)
		}
		for _, id := range []string{changeMessage().ID, second.ID} {
			n := 0
			for _, c := range cards[0].Comments {
				n += strings.Count(c, markOf("message", id))
			}
			if n != 1 {
				t.Fatalf("seed %d: %d comments of %s: %q", seed, n, id, cards[0].Comments)
			}
		}
	}
}

// A card that people deleted stays deleted, until there is news.
func TestDeletedCard(t *testing.T) {
	b, make := board(t)
	s := make(nil, nil)
	mustSend(t, s, alertMessage())
	b.Delete()
	mustSend(t, s, changeMessage())
	mustSend(t, s, overMessage())
	if n := len(b.Cards()); n != 0 {
		t.Errorf("%d cards", n)
	}
	mustSend(t, s, alertMessage())
	b.Delete()
	again := alertMessage()
	again.ID = "a-2"
	mustSend(t, s, again)
	if n := len(b.Cards()); n != 1 {
		t.Errorf("%d cards after news", n)
	}
}

func TestTrelloRefuses(t *testing.T) {
	b, make := board(t)
	s := make(nil, nil)
	for _, c := range []struct {
		answer         sinktest.Answer
		permanent, off bool
		after          time.Duration
	}{
		{sinktest.TrelloLimited(), false, false, 10 * time.Second},
		{sinktest.Answer{Status: 401, Body: "invalid key"}, true, true, 0},
		{sinktest.Answer{Status: 401, Body: "invalid token"}, true, true, 0},
		{sinktest.Answer{Status: 401, Body: "unauthorized permission requested"}, true, false, 0},
		{sinktest.Answer{Status: 404, Body: "The requested resource was not found."}, true, false, 0},
		{sinktest.Answer{Status: 200, Body: "<html>"}, false, false, 0},
		{sinktest.Answer{Status: 503}, false, false, 0},
	} {
		b.Next("GET", c.answer)
		e := send(t, s, alertMessage())
		if e == nil || e.Permanent != c.permanent || e.Off != c.off || e.After != c.after || e.Doubt {
			t.Errorf("%+v: %+v", c.answer, e)
		}
	}
	for list, want := range map[string]string{"": "list is missing", "inbox": "24 of 0-9"} {
		_, err := New("x", Config{Kind: Trello, Key: "$K", Token: "$K", List: list}, Deps{Env: environment("K", "aaaaaaaaaaaa")})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", list, err)
		}
	}
}

// What people write stays text on a card, and names nobody on the board.
func TestHostileTextsOnCards(t *testing.T) {
	b, make := board(t)
	var s string
	card := make(nil, spoiling(&s))
	for _, s = range hostile {
		b.Delete()
		change := spoiled(changeMessage(), s)
		for _, m := range []*message.Message{spoiled(alertMessage(), s), change, spoiled(digestMessage(api.AudienceResearcher), s)} {
			if e := send(t, card, m); e != nil {
				t.Fatalf("%.40q: %+v", s, e)
			}
		}
		for _, c := range b.Cards() {
			for _, text := range append([]string{c.Desc}, c.Comments...) {
				_, links, err := sinktest.MarkdownShown(text)
				if err != nil && !strings.Contains(err.Error(), "@") {
					t.Fatalf("%.40q: %v in %.2000s", s, err, text)
				}
				for _, l := range links {
					if !strings.HasPrefix(l, testBase+"/") {
						t.Errorf("%.40q leads to %q", s, l)
					}
				}
			}
			all := c.Name + c.Desc + strings.Join(c.Comments, "")
			if strings.Count(all, "@") != strings.Count(all, "@"+joiner) {
				t.Errorf("%.40q names somebody: %.500q", s, all)
			}
		}
		mustSend(t, card, spoiled(overMessage(), s))
	}
}

// A memory that fails is an error that passes.
func TestMemoryFails(t *testing.T) {
	_, make := board(t)
	if e := send(t, make(broken{}, nil), alertMessage()); e == nil || e.Permanent || !strings.Contains(e.Reason, "the disk is full") {
		t.Errorf("%+v", e)
	}
}

type broken struct{}

var errBroken = errors.New("the disk is full")

func (broken) Recall(string) ([]byte, error) { return nil, errBroken }
func (broken) Remember(string, []byte) error { return errBroken }

// The escaping of Markdown is undone by what shows it, and nothing else of it is left.
func FuzzMarkdown(f *testing.F) {
	for _, s := range hostile {
		if len(s) < 200 {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = clean(s)
		shown, links, err := sinktest.MarkdownShown(punctuation(s))
		if err != nil || shown != s || len(links) > 0 {
			t.Errorf("%q is shown as %q, links %q: %v", s, shown, links, err)
		}
		if back := strings.ReplaceAll(apart(s), "@"+joiner, "@"); !strings.Contains(s, joiner) && back != s {
			t.Errorf("%q apart is %q", s, back)
		}
	})
}

// What Slack parses it shows as it was.
func FuzzSlackEscape(f *testing.F) {
	for _, s := range hostile {
		if len(s) < 200 {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = clean(s)
		if shown, special := sinktest.SlackParsed(slackEscape(s)); shown != s || len(special) > 0 {
			t.Errorf("%q is shown as %q, with %q", s, shown, special)
		}
	})
}

// A note is within its room, whatever it says, and what costs so much in bytes has so many in JSON.
func FuzzFit(f *testing.F) {
	f.Add("a title", "a text", 100, 20)
	f.Add("@everyone", strings.Repeat("👩‍👩‍👧", 20), 3000, 40)
	f.Fuzz(func(t *testing.T, title, text string, total, width int) {
		if total < 1000 || total > 100_000 || width < 20 || width > 5000 {
			return
		}
		title, text = clean(title), clean(text)
		for name, of := range map[string]cost{"units": units, "bytes": bytesOf, "escaped": escaped(punctuation)} {
			for n := range 3 {
				if got := cut(text, width, of); of(got) > width || got != text && !strings.HasPrefix(text, strings.TrimRight(strings.TrimSuffix(got, "…"), " ")) {
					t.Errorf("%s: %q cut to %d is %q", name, text, width, got)
				}
				in := note{Title: title, Parts: []part{{Heading: title}, {}}}
				for range 10 * n {
					in.Parts[0].Lines = append(in.Parts[0].Lines, line{Bold: title, Text: text})
					in.Parts[1].Lines = append(in.Parts[1].Lines, line{Text: text})
				}
				out := in.within(room{title: 100, line: width, total: total, lines: 50, of: of})
				sum, lines := of(out.Title), 0
				for _, p := range out.Parts {
					sum += of(p.Heading)
					for _, l := range p.Lines {
						sum, lines = sum+of(l.String()), lines+1
					}
				}
				if sum > total || lines > 50 {
					t.Errorf("%s: %d in %d, %d lines", name, sum, total, lines)
				}
			}
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(text); err != nil || b.Len()-3 > bytesOf(text) {
			t.Errorf("%q costs %d bytes, and has %d", text, bytesOf(text), b.Len()-3)
		}
	})
}

// A card that a person put into the archive stays there while the rise goes on. A further alert takes it out.
func TestTrelloArchivedByHand(t *testing.T) {
	board := sinktest.NewTrello(trelloList, trelloKey, trelloToken)
	url := fake(t, board)
	s := newSink(t, Config{Kind: Trello, URL: "$URL", Key: "$KEY", Token: "$TOKEN", List: trelloList, Private: true},
		Deps{Env: environment("URL", url, "KEY", trelloKey, "TOKEN", trelloToken)})
	mustSend(t, s, alertMessage())
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url+"/1/cards/"+board.Cards()[0].ID, strings.NewReader(`{"closed":true}`))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Authorization", `OAuth oauth_consumer_key="`+trelloKey+`", oauth_token="`+trelloToken+`"`)
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	mustSend(t, s, changeMessage())
	if !board.Cards()[0].Closed {
		t.Error("a change takes the card out of the archive")
	}
	again := alertMessage()
	again.ID += "-again"
	mustSend(t, s, again)
	if cards := board.Cards(); len(cards) != 1 || cards[0].Closed {
		t.Errorf("after a further alert: %+v", cards)
	}
}

// The address is a host: paths of its own are put behind it.
func TestTrelloAddress(t *testing.T) {
	for text, right := range map[string]bool{
		"https://trello.example": true, "https://trello.example/": true, "https://trello.example:8443": true,
		"https://trello.example/1": false, "https://trello.example//": false, "https://trello.example?a=b": false, "https://trello.example/?": false,
	} {
		_, err := New("x", Config{Kind: Trello, URL: "$URL", Key: "$KEY", Token: "$TOKEN", List: trelloList},
			Deps{Env: environment("URL", text, "KEY", trelloKey, "TOKEN", trelloToken)})
		if (err == nil) != right || err != nil && !strings.Contains(err.Error(), "host alone") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
