package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/swell-radar/swell/bench/workload"
)

// bodyBytes is about how long the bodies are in which posts are sent.
const bodyBytes = 1 << 20

// fill sends the made-up life, as fast as it is taken, and tells how fast that was.
func fill(ctx context.Context, s *server, o options, end time.Time) (string, error) {
	g, err := workload.New(workload.Config{Days: o.days, Scale: o.scale, Seed: o.seed, Start: end.Add(time.Duration(-o.days) * 24 * time.Hour)})
	if err != nil {
		return "", err
	}
	// Made up beforehand: the time that takes is not the program's.
	var lines bytes.Buffer
	if _, err := g.WriteTo(&lines); err != nil {
		return "", err
	}
	size := lines.Len()
	before, err := s.cpu()
	if err != nil {
		return "", err
	}
	began, records := time.Now(), 0
	for rest := lines.Bytes(); len(rest) > 0; {
		n := len(rest)
		if n > bodyBytes {
			n = bytes.LastIndexByte(rest[:bodyBytes], '\n') + 1
		}
		if err := post(ctx, s, rest[:n]); err != nil {
			return "", err
		}
		records += bytes.Count(rest[:n], []byte("\n"))
		rest = rest[n:]
	}
	if err := s.counted(ctx); err != nil {
		return "", err
	}
	took := time.Since(began)
	after, err := s.cpu()
	if err != nil {
		return "", err
	}
	var status struct {
		Trends int `json:"trends"`
		Core   struct {
			Tracked int `json:"tracked"`
		} `json:"core"`
	}
	if err := s.get(ctx, "/api/v1/status", &status); err != nil {
		return "", err
	}
	rate := float64(records) / took.Seconds()
	return fmt.Sprintf("Intake: %d records (%d MB of NDJSON, %d days of a made-up life) sent, kept on disk, counted and judged in %.1f s: %.0f records/s, %.1f µs of processor time each. %d terms are tracked then, %d trends open.\n\n",
		records, size>>20, o.days, took.Seconds(), rate, (after-before).Seconds()*1e6/float64(records), status.Core.Tracked, status.Trends), nil
}

// post sends records, again where there is no room for them yet.
func post(ctx context.Context, s *server, body []byte) error {
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+"/api/v1/records", bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/x-ndjson")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		answer, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		switch {
		case err != nil:
			return err
		case resp.StatusCode == http.StatusAccepted:
			return nil
		case resp.StatusCode != http.StatusTooManyRequests:
			return fmt.Errorf("records are refused: status %d: %.300s", resp.StatusCode, answer)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// counted waits until nothing that was accepted is left to be counted.
func (s *server) counted(ctx context.Context) error {
	for {
		var status struct {
			Intake struct {
				Waiting int64 `json:"waiting_records"`
			} `json:"intake"`
		}
		if err := s.get(ctx, "/api/v1/status", &status); err != nil {
			return err
		}
		if status.Intake.Waiting == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// floodRecords are sent as fast as they are taken: enough for some seconds.
const floodRecords, floodBody = 1_000_000, 5_000

// flood sends posts of now as fast as they are taken, from several connections, and tells
// how fast that was. In fill time goes by a thousand times faster than it does, so that
// closing panes is most of the work; here it is the posts.
func flood(ctx context.Context, s *server, now time.Time) (string, error) {
	rng := rand.New(rand.NewPCG(3, 4))
	zipf := rand.NewZipf(rng, 1.2, 1, 1<<20)
	bodies := make(chan []byte, floodRecords/floodBody)
	size := 0
	for n := 0; n < floodRecords; n += floodBody {
		body := nowPosts(rng, zipf, now, n, floodBody, "flood")
		size += len(body)
		bodies <- body
	}
	close(bodies)
	before, err := s.cpu()
	if err != nil {
		return "", err
	}
	began := time.Now()
	const senders = 4
	failed := make(chan error, senders)
	for range senders {
		go func() {
			var err error
			for body := range bodies {
				if err == nil {
					err = post(ctx, s, body)
				}
			}
			failed <- err
		}()
	}
	for range senders {
		err = errors.Join(err, <-failed)
	}
	if err != nil {
		return "", err
	}
	accepted := time.Since(began)
	if err := s.counted(ctx); err != nil {
		return "", err
	}
	took := time.Since(began)
	after, err := s.cpu()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Flood: %d records of now (%d MB), %d a body, %d connections: all accepted after %.1f s, counted after %.1f s: %.0f records/s, %.1f µs of processor time each.\n\n",
		floodRecords, size>>20, floodBody, senders, accepted.Seconds(), took.Seconds(), floodRecords/took.Seconds(), (after-before).Seconds()*1e6/floodRecords), nil
}

// nowPosts makes up n posts, numbered from first.
func nowPosts(rng *rand.Rand, zipf *rand.Zipf, now time.Time, first, n int, id string) []byte {
	var body []byte
	for i := range n {
		body = fmt.Appendf(body, `{"ts":%d,"platform":"x","id":"%s%d","author":"%d","text":"made up, as all of it: #now%s and #t%s","lang":"en"}`+"\n",
			now.Unix(), id, first+i, rng.IntN(100_000), strconv.FormatUint(zipf.Uint64(), 36), strconv.FormatUint(zipf.Uint64(), 36))
	}
	return body
}

// meter sends posts of now at a steady rate and counts them.
type meter struct{ sent atomic.Int64 }

// send goes on until ctx ends.
func (m *meter) send(ctx context.Context, s *server, rate int) error {
	const every = 100 * time.Millisecond
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.2, 1, 1<<20)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 0; ; {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			count := int(float64(rate) * every.Seconds())
			if err := post(ctx, s, nowPosts(rng, zipf, now, n, count, "now")); err != nil {
				if errors.Is(err, context.Canceled) {
					return nil
				}
				return err
			}
			n += count
			m.sent.Add(int64(count))
		}
	}
}
