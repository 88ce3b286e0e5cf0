package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// load is one kind of request.
type load struct {
	name   string
	path   string
	header string
}

// row is what was measured of a load.
type row struct {
	load
	perSecond float64
	median    string
	p99       string
	failed    int
	intake    float64 // posts a second meanwhile
	cpu       float64 // of the program, in cores
}

// loads lets wrk ask for each kind of request in turn.
func loads(ctx context.Context, s *server, o options, m *meter) ([]row, error) {
	kinds, err := s.kinds(ctx)
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, k := range kinds {
		sent, began := m.sent.Load(), time.Now()
		before, err := s.cpu()
		if err != nil {
			return nil, err
		}
		args := []string{"-t1", "-c" + strconv.Itoa(o.connections), "-d" + strconv.Itoa(int(o.duration.Seconds())) + "s", "--latency"}
		if k.header != "" {
			args = append(args, "-H", k.header)
		}
		out, err := exec.CommandContext(ctx, o.wrk, append(args, s.base+k.path)...).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("%s: %w: %.500s", o.wrk, err, out)
		}
		after, err := s.cpu()
		if err != nil {
			return nil, err
		}
		took := time.Since(began).Seconds()
		r := row{load: k, intake: float64(m.sent.Load()-sent) / took, cpu: (after - before).Seconds() / took}
		if err := r.read(string(out)); err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// kinds returns the requests to measure, of terms that trend.
func (s *server) kinds(ctx context.Context) ([]load, error) {
	var ranking struct {
		Trends []struct {
			Kind     string `json:"kind"`
			Key      string `json:"key"`
			Platform string `json:"platform"`
		} `json:"trends"`
	}
	if err := s.get(ctx, "/api/v1/trends?kind=hashtag&limit=5", &ranking); err != nil {
		return nil, err
	}
	if len(ranking.Trends) < 2 {
		return nil, fmt.Errorf("%d hashtags trend, and two are needed; give more -days or another -seed", len(ranking.Trends))
	}
	a, b := ranking.Trends[0], ranking.Trends[1]
	term := "/api/v1/terms/" + a.Kind + "/" + url.PathEscape(a.Key)
	terms := url.QueryEscape(a.Key + "," + b.Key)
	return []load{
		{"ranking", "/api/v1/trends", ""},
		{"ranking, gzip", "/api/v1/trends", "Accept-Encoding: gzip"},
		{"ranking, filtered and sorted", "/api/v1/trends?platform=" + url.QueryEscape(a.Platform) + "&kind=hashtag&phase=emerging,rising&sort=rate&window=6h&limit=20", ""},
		{"ranking, by language", "/api/v1/trends?lang=en&limit=20", ""},
		{"ranking, CSV", "/api/v1/trends?format=csv", ""},
		{"term", term, ""},
		{"series of 72 hours", term + "/series", ""},
		{"related terms", term + "/related", ""},
		{"two terms compared", "/api/v1/compare?terms=" + terms, ""},
		{"timing of a platform", "/api/v1/timing?platform=" + url.QueryEscape(a.Platform), ""},
		{"search", "/api/v1/search?q=" + url.QueryEscape(string([]rune(a.Key)[:min(3, len([]rune(a.Key)))])), ""},
		{"status", "/api/v1/status", ""},
		{"metrics", "/metrics", ""},
	}, nil
}

var (
	perSecond  = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)
	percentile = regexp.MustCompile(`\s+(50|99)%\s+(\S+)`)
	non2xx     = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)`)
)

// read takes the figures from what wrk printed.
func (r *row) read(out string) error {
	m := perSecond.FindStringSubmatch(out)
	if m == nil {
		return fmt.Errorf("%s: wrk printed no rate: %.500s", r.name, out)
	}
	var err error
	if r.perSecond, err = strconv.ParseFloat(m[1], 64); err != nil {
		return err
	}
	for _, p := range percentile.FindAllStringSubmatch(out, -1) {
		if p[1] == "50" {
			r.median = p[2]
		} else {
			r.p99 = p[2]
		}
	}
	if m := non2xx.FindStringSubmatch(out); m != nil {
		if r.failed, err = strconv.Atoi(m[1]); err != nil {
			return err
		}
	}
	return nil
}

func printTable(w io.Writer, rows []row) error {
	var b strings.Builder
	b.WriteString("| request | requests/s | p50 | p99 | not answered | records/s meanwhile | cores used |\n|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %.0f | %s | %s | %d | %.0f | %.2f |\n", r.name, r.perSecond, r.median, r.p99, r.failed, r.intake, r.cpu)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
