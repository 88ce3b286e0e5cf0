package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/app"
)

// maxRows is the longest table; a server gives no more at once.
const maxRows = 1000

func newTrends(s streams) *cobra.Command {
	var server serverFlags
	var data, platform, kind, phase, query, sort string
	var limit int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "trends",
		Short: "Print what trends: from a running server, or from a data directory",
		Example: `  swell trends
  swell trends --platform tiktok --phase emerging --json
  swell trends --data ./swell-data`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 || limit > maxRows {
				return usage(fmt.Errorf("--limit %d: give 1 to %d", limit, maxRows))
			}
			if data != "" {
				if platform+kind+phase+query+sort != "" || asJSON {
					return usage(errors.New("--data prints the whole ranking as a table; for filters and --json ask a server: swell serve --data " + data))
				}
				v, err := app.View(data, logger(cmd, s.err))
				if err != nil {
					return err
				}
				return printRanking(s.out, rowsOfView(v, limit), v.AsOf)
			}
			q := url.Values{"limit": {strconv.Itoa(limit)}}
			for name, value := range map[string]string{"platform": platform, "kind": kind, "phase": phase, "q": query, "sort": sort} {
				if value != "" {
					q.Set(name, value)
				}
			}
			client, err := server.client()
			if err != nil {
				return err
			}
			answer, err := client.Trends(cmd.Context(), q)
			if err != nil {
				return asked(server.base, err)
			}
			if asJSON {
				enc := json.NewEncoder(s.out)
				enc.SetIndent("", "  ")
				return enc.Encode(answer)
			}
			asOf := int64(0)
			if answer.AsOf != nil {
				asOf = answer.AsOf.Unix()
			}
			return printRanking(s.out, rowsOfAnswer(answer.Trends), asOf)
		},
	}
	f := cmd.Flags()
	server.add(f)
	f.StringVar(&data, "data", "", "read this data directory in place of a server")
	f.StringVar(&platform, "platform", "", "only this platform")
	f.StringVar(&kind, "kind", "", "only hashtag, sound, keyword, mention or link")
	f.StringVar(&phase, "phase", "", "only emerging, rising, peaking or fading; or unconfirmed, what is held back because it looks coordinated")
	f.StringVar(&query, "query", "", "only terms that contain this")
	f.StringVar(&sort, "sort", "", "rank, score, rate, authors or started")
	f.IntVar(&limit, "limit", 20, "how many, 1 to 1000")
	f.BoolVar(&asJSON, "json", false, "print the server's answer as it is")
	return cmd
}

// asked explains an error of the client: what the server said, or that nobody is
// there.
func asked(server string, err error) error {
	var p *api.Problem
	if errors.As(err, &p) {
		if p.Status == 400 {
			return usage(p)
		}
		return p
	}
	if errors.Is(err, context.Canceled) {
		return app.ErrInterrupted
	}
	if strings.Contains(err.Error(), "connection refused") {
		return fmt.Errorf("nobody answers at %s; start a server with swell serve, or swell replay FILE --serve", server)
	}
	return err
}
