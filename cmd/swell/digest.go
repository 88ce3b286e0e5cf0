package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/digest"
)

var (
	digestFormats = []string{api.DigestText, api.DigestMarkdown, api.DigestHTML, api.DigestJSON}
	audiences     = []string{api.AudienceManager, api.AudienceStakeholder, api.AudienceResearcher}
)

func newDigest(s streams) *cobra.Command {
	var a asking
	var date, format, audience, out string
	cmd := &cobra.Command{
		Use:   "digest",
		Short: "Tell what happened in a day, and what to do about it",
		Long: `Digest tells of one day, by default the last that is over: what to do by when, which trends
are new, growing and at their peak, the numbers of platforms and watch lists, what of the day was
not seen, and how the calls of the day before turned out. Days are those of --zone, which is this
machine's if it is not given. A digest of a past day is the same whenever it is asked for.`,
		Example: "  swell digest\n  swell digest --date 2026-11-21 --audience researcher --zone Europe/Berlin\n  swell digest --audience stakeholder --week --out week.html",
		Args:    arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			format, err := digestFormat(format, out)
			if err != nil {
				return usage(err)
			}
			if !slices.Contains(audiences, audience) {
				return usage(fmt.Errorf("--audience %q: give one of %s", audience, strings.Join(audiences, ", ")))
			}
			query := a.query(cmd.Flags())
			if !query.Has("zone") {
				query.Set("zone", localZone())
			}
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				return q.printDigest(ctx, date, query, digest.Style{Audience: audience, Format: format}, out)
			})
		},
	}
	a.add(cmd)
	f := cmd.Flags()
	f.StringVar(&date, "date", api.DigestLatest, "day, as in 2026-11-21; "+api.DigestLatest+" is the last that is over")
	f.StringVar(&format, "format", "", strings.Join(digestFormats, ", ")+" (default: as the name of --out ends, else txt)")
	f.StringVar(&audience, "audience", api.AudienceManager, strings.Join(audiences, ", "))
	f.StringVarP(&out, "out", "o", stdoutName, "file to write; - is standard output")
	a.param(f, "zone", "zone", "time zone, as in Europe/Berlin (default: this machine's)")
	a.some(f, "platform", "platform", "only of these platforms")
	a.some(f, "watch", "watch", "only of these watch lists, and of the trends that are on them")
	a.yes(f, "week", "week", "with the week in review")
	words(cmd, "format", digestFormats...)
	words(cmd, "audience", audiences...)
	words(cmd, "date", api.DigestLatest)
	complete(cmd, "platform", a.asks(platforms))
	complete(cmd, "watch", a.asks(watches))
	return cmd
}

// digestFormat returns the format that is asked for by a flag, or by the name of a file.
func digestFormat(format, out string) (string, error) {
	if format != "" {
		if !slices.Contains(digestFormats, format) {
			return "", fmt.Errorf("--format %q: give one of %s", format, strings.Join(digestFormats, ", "))
		}
		return format, nil
	}
	if end := strings.TrimPrefix(filepath.Ext(out), "."); slices.Contains(digestFormats, end) {
		return end, nil
	}
	return api.DigestText, nil
}

// printDigest asks for a digest and writes it.
func (q *session) printDigest(ctx context.Context, date string, query url.Values, style digest.Style, out string) error {
	if strings.Contains(date, "/") || date == "" {
		return usage(fmt.Errorf("--date %q: use a day, as in 2026-11-21, or %s", date, api.DigestLatest))
	}
	body, h, err := q.whole(ctx, api.DigestsPath+"/"+url.PathEscape(date), query)
	if err != nil {
		return q.ofDate(err)
	}
	d := &api.Digest{}
	if err := json.Unmarshal(body, d); err != nil {
		return fmt.Errorf("%w: that of %s cannot be read: %w", api.ErrAnswer, q.Base, err)
	}
	if !q.local {
		style.Base = q.Base
	}
	doc, err := digest.Render(d, style)
	if err != nil {
		return err
	}
	if err := writeFile(out, q.out, func(w io.Writer) error {
		_, err := w.Write(doc.Body)
		return err
	}); err != nil {
		return fmt.Errorf("cannot write the digest: %w", err)
	}
	h.AsOf = nil // it is of a past day, and says so
	q.warn(h)
	return nil
}

// ofDate puts the flag before a problem of the day.
func (q *session) ofDate(err error) error {
	var p *api.Problem
	if errors.As(err, &p) && p.Parameter == "date" && q.flags.Changed("date") {
		return fmt.Errorf("--date: %w", err)
	}
	return err
}
