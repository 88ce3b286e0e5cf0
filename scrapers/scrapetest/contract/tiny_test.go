package contract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/term"
)

// tiny is the smallest source there is: it asks one address for what came after its
// cursor. Each of its faults breaks one promise.
type tiny struct {
	base  string
	fault string
	stop  *atomic.Bool // ends what ignores its context, when the test is over
}

var begun = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

const tinyPosts = 12

// tinySite tells of a post every ten minutes, the first of them an hour old.
func tinySite(now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		after, _ := strconv.Atoi(r.URL.Query().Get("after"))
		last := min(tinyPosts, 6+int(now().Sub(begun)/(10*time.Minute)))
		posts := []int{}
		for n := after + 1; n <= last && len(posts) < 3; n++ {
			posts = append(posts, n)
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"posts": posts}) // a client that is gone needs no answer
	})
}

func (s *tiny) Run(ctx context.Context, h scrapers.Host) error {
	after, _ := strconv.Atoi(string(h.Cursor("")))
	if s.fault == "forgets its cursor" {
		after = 0
	}
	for !s.stop.Load() {
		asked := ctx
		if s.fault == "ignores its context" {
			asked = context.Background()
		}
		posts, err := s.ask(asked, after)
		if ctx.Err() != nil && s.fault != "ignores its context" {
			return ctx.Err()
		}
		if err != nil && s.fault == "hides its troubles" {
			err = nil
		}
		if err != nil && s.fault == "invents a zero" {
			posts, err = []int{0}, nil
		}
		if s.fault == "tells its secrets" && err != nil {
			err = fmt.Errorf("cannot read %s/posts?token=hunter2: %w", s.base, err)
		}
		if err != nil {
			h.Report("", err)
			if err := h.Sleep(ctx, max(time.Minute, scrapers.AfterOf(err))); err != nil {
				return err
			}
			continue
		}
		d := s.delivery(h, posts, after)
		if err := h.Deliver(ctx, d); err != nil && s.fault != "loses what was refused" && s.fault != "ignores its context" {
			return err
		}
		for _, n := range posts {
			after = max(after, n)
		}
		if err := h.Sleep(ctx, time.Minute); err != nil && s.fault != "ignores its context" {
			return err
		}
	}
	return errors.New("stopped")
}

func (s *tiny) delivery(h scrapers.Host, posts []int, after int) scrapers.Delivery {
	d := scrapers.Delivery{Items: len(posts)}
	for _, n := range posts {
		rec := term.Record{TS: h.Now().UnixMicro(), Platform: "tiny", ID: strconv.Itoa(n), Author: "ann", Text: "it is #today"}
		switch s.fault {
		case "believes in a claimed time":
			rec.TS = begun.AddDate(0, 1, n).UnixMicro()
		case "gives no IDs":
			rec.ID = ""
		case "counts nothing":
			d.Items = 0
		case "rejects without a reason":
			d.Rejected = []scrapers.Reject{{}}
		case "keeps too much":
			d.Cursor = make([]byte, scrapers.MaxCursor+1)
		case "names a platform badly":
			rec.Platform = "Tiny Site"
		}
		d.Records = append(d.Records, rec)
		after = max(after, n)
	}
	if len(d.Cursor) == 0 && len(posts) > 0 {
		d.Cursor = strconv.AppendInt(nil, int64(after), 10)
	}
	return d
}

// ask is a small part of what scrapers/fetch does.
func (s *tiny) ask(ctx context.Context, after int) ([]int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/posts?after=%d", s.base, after), nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: tinyTransport}
	resp, err := client.Do(req)
	if err != nil {
		return nil, scrapers.NewTrouble(scrapers.Unreachable, "no answer")
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusTooManyRequests:
		return nil, scrapers.NewTrouble(scrapers.Throttled, "too many requests")
	case http.StatusForbidden:
		return nil, scrapers.NewTrouble(scrapers.Blocked, "forbidden")
	case http.StatusUnauthorized:
		return nil, scrapers.NewTrouble(scrapers.LoginWall, "a login is wanted")
	default:
		return nil, scrapers.NewTrouble(scrapers.Unreachable, "status %d", resp.StatusCode)
	}
	const most = 1 << 20
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil || len(body) > most {
		return nil, scrapers.NewTrouble(scrapers.Unreachable, "no whole answer")
	}
	body = bytes.TrimSuffix(body, []byte("\xff\xfe"))
	var page struct{ Posts *[]int }
	if err := json.Unmarshal(body, &page); err != nil || page.Posts == nil {
		return nil, scrapers.NewTrouble(scrapers.SchemaChanged, "posts is missing")
	}
	return *page.Posts, nil
}

var tinyTransport = &http.Transport{DisableKeepAlives: true}

func tinySubject(t *testing.T, fault string) Subject {
	s := Subject{Site: tinySite, Now: begun}
	stop := new(atomic.Bool)
	t.Cleanup(func() { stop.Store(true) })
	s.Source = func(_ *testing.T, base string, _ *Host) scrapers.Source {
		return &tiny{base: base, fault: fault, stop: stop}
	}
	for n := range tinyPosts {
		s.Want = append(s.Want, "tiny "+strconv.Itoa(n+1))
	}
	return s
}
