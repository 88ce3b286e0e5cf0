package app

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// subscriber follows the events of a server that is stopped and started again.
type subscriber struct {
	t     *testing.T
	last  string
	told  []string // detections
	views []uint64
	stop  context.CancelFunc
	done  chan struct{}
}

// follow reads events until it is left, or the server ends the stream.
func (s *subscriber) follow(address string) {
	s.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+api.StreamPath+"?phase=emerging,rising,peaking,fading,over,unconfirmed", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if s.last != "" {
		req.Header.Set("Last-Event-ID", s.last)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	s.stop, s.done = stop, make(chan struct{})
	go func() {
		defer close(s.done)
		defer resp.Body.Close()
		s.read(bufio.NewReader(resp.Body))
	}()
}

func (s *subscriber) read(r *bufio.Reader) {
	var id, name, data string
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch field {
		case "id":
			id = value
		case "event":
			name = value
		case "data":
			data = value
		case "":
			if id != "" {
				s.last = id
			}
			if data != "" {
				s.event(name, data)
			}
			name, data = "", ""
		}
	}
}

func (s *subscriber) event(name, data string) {
	switch name {
	case api.EventTrend:
		var e api.StreamTrend
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			s.t.Error(err)
		}
		d := &e.Detection
		s.told = append(s.told, fmt.Sprintf("%s %s %s %s %s", rfc3339(d.TS.Unix()), d.Kind, d.Key, d.Platform, d.Phase))
		if (e.Trend == nil) != (d.Phase == "over") || e.Trend != nil && (e.Trend.Key != d.Key || e.Trend.Platform != d.Platform || e.Trend.Phase != d.Phase) {
			s.t.Errorf("%s comes with the row %+v", s.told[len(s.told)-1], e.Trend)
		}
	case api.EventView:
		var e api.StreamView
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			s.t.Error(err)
		}
		s.views = append(s.views, e.Seq)
	case api.EventReset:
		s.t.Errorf("reset: %s", data)
	}
}

func (s *subscriber) leave() {
	s.stop()
	<-s.done
}

// Who follows a server that is stopped again and again gets every line of its log of
// detections, once and in order.
func TestFollowingOverRestarts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	o := liveOptions(dir)
	o.SnapshotEvery = time.Hour // what was told since is counted again
	s := startLive(t, o)
	sub := &subscriber{t: t}
	sub.follow(s.address)
	n := 0
	pieces(livePosts(t, 1), 1500, func(_ int, piece []term.Record) {
		s.send(piece)
		switch n++; {
		case n%4 == 0:
			sub.leave()
			s.end()
			s = startLive(t, o)
			sub.follow(s.address)
		case n%4 == 2: // misses some
			sub.leave()
		case n%4 == 3:
			sub.follow(s.address)
		}
	})
	last := s.settled()
	for {
		sub.leave()
		if strings.Contains(sub.last, fmt.Sprintf("-%d-", last.Seq)) {
			break
		}
		sub.follow(s.address)
		time.Sleep(5 * time.Millisecond)
	}
	sub.follow(s.address)
	s.end() // fails where a stream holds it up
	<-sub.done
	want := logOf(t, dir)
	if len(want) < 20 {
		t.Fatalf("%d detections: the test shows nothing", len(want))
	}
	for i := range max(len(want), len(sub.told)) {
		if i >= len(want) || i >= len(sub.told) || want[i] != sub.told[i] {
			t.Fatalf("%d events of %d detections; the first that differs is %d", len(sub.told), len(want), i)
		}
	}
	for i := 1; i < len(sub.views); i++ {
		if sub.views[i] <= sub.views[i-1] {
			t.Errorf("view %d behind view %d", sub.views[i], sub.views[i-1])
		}
	}
}

// logOf reads the log of detections of a data directory.
func logOf(t *testing.T, dir string) (lines []string) {
	t.Helper()
	data, err := openDataDir(dir, store.Options{MinFree: -1}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer data.close()
	for line, err := range data.store.Detections(0) {
		if err != nil {
			t.Fatal(err)
		}
		var d detectionLine
		if err := json.Unmarshal(line, &d); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s %s", d.TS, d.Kind, d.Term, d.Platform, d.Phase))
	}
	return lines
}
