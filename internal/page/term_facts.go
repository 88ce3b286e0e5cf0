package page

import (
	"fmt"
	"html/template"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/chart"
	"github.com/swell-radar/swell/internal/console"
)

// countWord writes a number of things.
func countWord(n uint64) string { return console.Count(n) }

// plural writes how many of something there are.
func plural(n uint64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return countWord(n) + " " + what + "s"
}

// postsWord writes a number of posts with what is known of its bounds.
func postsWord(p *api.Posts) string {
	n := plural(p.Count, "post")
	switch {
	case p.AtLeast:
		return "at least " + n
	case p.Over >= p.Count && p.Over > 0:
		return "at most " + n
	case p.Over > 0:
		return countWord(p.Count-p.Over) + "–" + n
	}
	return n
}

// quietPlatform is one on which the term is known but does not trend.
type quietPlatform struct {
	*api.TermPlatform
	Words string
}

func quietOf(b *termBody) []quietPlatform {
	var out []quietPlatform
	for i := range b.TermAnswer.Platforms {
		p := &b.TermAnswer.Platforms[i]
		if len(p.Trends) > 0 {
			continue
		}
		q := quietPlatform{TermPlatform: p, Words: "no posts are counted here"}
		switch {
		case p.Tracked && p.Posts != nil:
			q.Words = fmt.Sprintf("%s in three days, nothing out of the ordinary", postsWord(p.Posts))
		case p.Doorkeeper != nil && p.Posts != nil:
			q.Words = fmt.Sprintf("%s in three days at most: too few to be counted by itself", plural(p.Posts.Count, "post"))
		case len(p.Gauges) > 0:
			q.Words = "known from charts alone"
		case p.Posts != nil:
			q.Words = "no posts in the last three days"
		}
		out = append(out, q)
	}
	return out
}

// authorsRow sets authors against posts on one platform.
type authorsRow struct {
	Platform, Words, Judgement string
	Doubt                      bool
	Authors                    *api.Authors
}

// enoughAuthors is from how many on it can be told whether it is many people or a few accounts.
const enoughAuthors = 10

// authorsOf tells whether it is many people or a few accounts.
func authorsOf(b *termBody) []authorsRow {
	var out []authorsRow
	for i := range b.TermAnswer.Platforms {
		p := &b.TermAnswer.Platforms[i]
		authors, posts := p.Authors72h, p.Posts
		flags, thin := "", api.Unknown
		for _, t := range p.Trends {
			if t.VariantOf == "" || len(p.Trends) == 1 {
				flags += " " + strings.Join(t.Flags, " ")
				if authors == nil {
					authors = t.Authors72h
				}
				if t.Why.ThinShare != nil {
					thin = *t.Why.ThinShare
				}
			}
		}
		if authors == nil || posts == nil || posts.Count == 0 || authors.Estimate < enoughAuthors && len(p.Trends) == 0 {
			continue
		}
		row := authorsRow{Platform: p.Platform, Authors: authors}
		each := float64(posts.Count) / float64(max(authors.Estimate, 1))
		switch p.Spread {
		case "authors":
			row.Words = fmt.Sprintf("%s people wrote %s: %s each", countWord(authors.Estimate), plural(posts.Count, "post"), decimalWord(each))
		case "groups":
			row.Words = fmt.Sprintf("%s in %s communities: %s in each", plural(posts.Count, "post"), countWord(authors.Estimate), decimalWord(each))
		default:
			row.Words = fmt.Sprintf("%s; who wrote them is not known", plural(posts.Count, "post"))
		}
		row.judge(p.Spread, each, authors.Estimate, flags, thin)
		out = append(out, row)
	}
	return out
}

// judge says what the numbers mean. Where posts alone are known there is nothing to judge.
func (r *authorsRow) judge(spread string, each float64, authors uint64, flags string, thin api.Number) {
	many, few := "Many people.", "A few accounts write most of it."
	if spread == "groups" {
		many, few = "Many communities.", "It stays within a few communities."
	}
	switch {
	case spread != "authors" && spread != "groups":
	case strings.Contains(flags, "thin") || known(thin) && thin > 0.5:
		r.Doubt, r.Judgement = true, "Most of the latest posts come from new accounts or repeat each other."
		if known(thin) {
			r.Judgement = fmt.Sprintf("Up to %s of the latest posts come from new accounts or repeat each other.", console.Share(float64(thin)))
		}
	case each > 4:
		r.Doubt, r.Judgement = true, few
	case strings.Contains(flags, "few"):
		r.Doubt, r.Judgement = true, "Few people wrote many of the latest posts."
	case authors < enoughAuthors:
		r.Judgement = "Too few to tell."
	case each > 2:
		r.Judgement = "Some write often."
	default:
		r.Judgement = many
	}
}

func decimalWord(x float64) string { return strings.TrimSuffix(console.Decimal(x, 1), ".0") }

// relatedGroup are the terms that come with this one on a platform.
type relatedGroup struct {
	Platform string
	Terms    []relatedTerm
	More     int
}

type relatedTerm struct {
	api.Related
	Times string
}

const maxRelated = 12

// related asks what comes in the same posts; nil where that is not known.
func (p *Page) related(v *viewer, b *termBody) []relatedGroup {
	q := url.Values{"limit": {fmt.Sprint(maxRelated)}}
	if b.Platform != "" {
		q.Set("platform", b.Platform)
	}
	var answer api.RelatedAnswer
	if p.opt.API.Get(v.Request, api.TermPath(b.Kind, b.Key)+api.RelatedPath, q, &answer) != nil {
		return nil
	}
	var out []relatedGroup
	for _, on := range answer.Platforms {
		g := relatedGroup{Platform: on.Platform, More: on.Total - len(on.Related)}
		for _, r := range on.Related {
			g.Terms = append(g.Terms, relatedTerm{r, timesWord(float64(r.Both) / float64(r.ExpectedBoth))})
		}
		if len(g.Terms) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// timesWord writes a multiple without false precision.
func timesWord(x float64) string {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "far more"
	case x >= 1000:
		return "over 1,000 times"
	case x < 10:
		return decimalWord(x) + " times"
	}
	return console.Decimal(x, 0) + " times"
}

// languages names languages as people do, those of most days first.
func languages(used []api.Used) []string {
	var out []string
	for _, u := range used {
		name := text(u.Name)
		if tag, err := language.Parse(u.Name); err == nil {
			if s := display.English.Languages().Name(tag); s != "" {
				name = s
			}
		}
		out = append(out, name)
	}
	return out
}

// regions names countries as people do.
func regions(used []api.Used) []string {
	var out []string
	for _, u := range used {
		name := text(u.Name)
		if region, err := language.ParseRegion(u.Name); err == nil {
			if s := display.English.Regions().Name(region); s != "" {
				name = s
			}
		}
		out = append(out, name)
	}
	return out
}

// readingsView is a chart's or a list's numbers of a term.
type readingsView struct {
	api.GaugeSeries
	Name, Words string
	SVG         template.HTML
}

func readingsOf(v *viewer, all []api.GaugeSeries) []readingsView {
	var out []readingsView
	for _, g := range all {
		if len(g.Points) == 0 {
			continue
		}
		r := readingsView{GaugeSeries: g, Name: strings.NewReplacer("_", " ", "-", " ").Replace(text(g.List))}
		last := g.Points[len(g.Points)-1]
		r.Words = fmt.Sprintf("%s, as of %s", gaugeValue(g.Unit, g.Metric, last.Value), v.When(last.Start))
		r.SVG = gaugeLine(&g, r.Name)
		r.Points = slices.Clone(g.Points)
		slices.Reverse(r.Points)
		r.Points = r.Points[:min(len(r.Points), maxRows)]
		out = append(out, r)
	}
	return out
}

// gaugeValue writes a reading with what it is of.
func gaugeValue(unit, metric string, n api.Number) string {
	what := strings.ReplaceAll(text(metric), "_", " ")
	switch unit {
	case "rank":
		return "place " + console.Decimal(float64(n), 0)
	case "percent":
		return console.Decimal(float64(n), 1) + "% " + what
	case "bucket":
		return "at least " + console.Decimal(float64(n), 0) + " " + what
	}
	return console.Decimal(float64(n), 0) + " " + what
}

// gaugeLine draws readings, each from when it was read until the next. A place in a list is drawn upside down, for the
// first is the highest.
func gaugeLine(g *api.GaugeSeries, name string) template.HTML {
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range g.Points {
		low, high = min(low, float64(p.Value)), max(high, float64(p.Value))
	}
	const most = 1000
	level := func(x float64) uint32 {
		if !(high > low) {
			return most / 2
		}
		part := (x - low) / (high - low)
		if g.Unit == "rank" {
			part = 1 - part
		}
		return uint32(math.Round(part * most))
	}
	var spark chart.Spark
	first := g.Points[0].Start
	for i, p := range g.Points {
		at := int(p.Start.Sub(first).Hours())
		for len(spark.Posts) < at && i > 0 {
			spark.Posts = append(spark.Posts, level(float64(g.Points[i-1].Value)))
		}
		spark.Posts = append(spark.Posts, level(float64(p.Value)))
	}
	spark.Label = fmt.Sprintf("%s: from %s to %s", name, gaugeValue(g.Unit, g.Metric, g.Points[0].Value), gaugeValue(g.Unit, g.Metric, g.Points[len(g.Points)-1].Value))
	return spark.SVG()
}

// languageName names a language as people do; empty where it is not known.
func languageName(tag string) string {
	if tag == "" {
		return ""
	}
	return languages([]api.Used{{Name: tag}})[0]
}

// webLink returns an address of the web, and nothing for any other.
func webLink(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// hoursWord writes a number of hours as a duration.
func hoursWord(n api.Number) string {
	if !known(n) {
		return "–"
	}
	return lasting(time.Duration(float64(n) * float64(time.Hour)))
}
