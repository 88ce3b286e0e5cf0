package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

func newWatch(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "List, show, set, compare and delete the watch lists of a server",
		Long: `A watch list names terms to look at apart from all others, as those of a brand: with
--watch NAME, trends, detections and tail tell of its terms alone. It may have phrases as well,
which are looked for in the texts of posts. The posts that mention it are counted as the term
watch:NAME: swell watch voice NAME tells how many there were, swell watch voice A B the share of
voice of two lists, swell trends --kind watch which are mentioned more than usual.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newWatchList(s), newWatchShow(s), newWatchSet(s), newWatchVoice(s), newWatchDelete(s))
	return cmd
}

func newWatchList(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the watch lists",
		Args:  arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				return answer(ctx, q, api.WatchesPath, nil, func(b *strings.Builder, out *api.WatchesAnswer) {
					if len(out.Watches) == 0 {
						b.WriteString("There is no watch list; make one with swell watch set NAME TERM...\n")
						return
					}
					t := q.table(left("NAME"), left("PURPOSE"), right("TERMS"), right("PHRASES"), left("CHANGED"), left("TITLE"))
					for _, w := range out.Watches {
						t.Row(w.Name, w.Purpose, console.Count(uint64(max(w.Terms, 0))), console.Count(uint64(max(w.Phrases, 0))), console.Minute(w.Changed), w.Title)
					}
					t.AppendTo(b)
				})
			})
		},
	}
	a.add(cmd, plainOutputs...)
	return cmd
}

func newWatchShow(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "Show the terms of a watch list",
		Args:  arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				return answer(ctx, q, api.WatchPath(args[0]), nil, func(b *strings.Builder, out *api.Watch) {
					fmt.Fprintf(b, "%s, changed %s", out.Name, console.Minute(out.Changed))
					if out.Title != "" {
						fmt.Fprintf(b, ": %s", console.Isolated(printable(out.Title)))
					}
					b.WriteString("\n")
					q.watchRules(b, out)
					b.WriteString("\n")
					t := q.table(left("KIND"), left("PLATFORMS"), left("LANGUAGES"), left("TERM"), left("BUT NOT WITH"))
					for _, w := range out.Terms {
						t.Row(w.Kind, allOr(w.Platforms), allOr(out.Languages), w.Term, "")
					}
					for _, p := range out.Phrases {
						languages := p.Languages
						if len(languages) == 0 {
							languages = out.Languages
						}
						t.Row("phrase", allOr(p.Platforms), allOr(languages), p.Phrase, strings.Join(p.Exclude, ", "))
					}
					t.AppendTo(b)
				})
			})
		},
	}
	a.add(cmd, plainOutputs...)
	a.completeWatch(cmd)
	return cmd
}

// watchRules tells what holds for a list as a whole.
func (q *session) watchRules(b *strings.Builder, w *api.Watch) {
	if w.Purpose != "" {
		fmt.Fprintf(b, "purpose: %s\n", printable(w.Purpose))
	}
	if w.Since != nil {
		fmt.Fprintf(b, "mentions counted since %s\n", console.Minute(*w.Since))
	}
	for _, phrase := range w.Exclude {
		fmt.Fprintf(b, "not in posts with: %s\n", console.Isolated(printable(phrase)))
	}
}

// allOr names what is watched, which is all where nothing is named.
func allOr(names []string) string {
	if len(names) == 0 {
		return "all"
	}
	return strings.Join(names, ",")
}

// completeWatch completes the one argument of a command with the names of watch lists.
func (a *asking) completeWatch(cmd *cobra.Command) {
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return a.asks(watches)(cmd, args, typed)
	}
}

func newWatchSet(s streams) *cobra.Command {
	var a asking
	var title, file, purpose string
	var where, phrases, exclude, langs []string
	cmd := &cobra.Command{
		Use:   "set NAME [TERM...]",
		Short: "Make a watch list, or replace what it has",
		Long: `Set gives a watch list exactly the terms and phrases that are named. A term is #key, @key, kind:key, or
the key of a hashtag, in any spelling; of a file (- is standard input) each line is one, and what
comes behind ## is passed over.

Phrases are looked for in texts, whatever their case, accents and hyphens. A post with one of
--exclude is not meant, whatever else it has. --lang leaves posts of other languages out, but for
those of no known one.`,
		Example: "  swell watch set brands '#BookTok' sound:7016 --title 'Our books'\n  swell watch set cola --purpose brand --phrase coca-cola --phrase coke --exclude 'coke oven' --lang en,de\n  swell watch set rivals --file rivals.txt --platform tiktok,instagram",
		Args:    arguments(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			names := args[1:]
			if file != "" {
				more, err := readLines(file, s.in)
				if err != nil {
					return err
				}
				names = append(names, more...)
			}
			if len(names) == 0 && len(phrases) == 0 {
				return usage(errors.New("name the terms of the list, a file with them by --file, or phrases by --phrase"))
			}
			w := api.Watch{Name: args[0], Title: title, Purpose: purpose, Changed: time.Unix(0, 0).UTC(), Exclude: exclude, Languages: splitWords(langs)}
			for _, phrase := range phrases {
				w.Phrases = append(w.Phrases, api.WatchPhrase{Phrase: phrase, Platforms: splitWords(where)})
			}
			for _, name := range names {
				kind, key, err := readName([]string{name})
				if err != nil {
					return usage(err)
				}
				w.Terms = append(w.Terms, api.WatchTerm{Kind: kind, Term: key, Platforms: splitWords(where)})
			}
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				if q.local {
					return usage(errors.New("--data is for reading; name the server that keeps the list"))
				}
				if err := q.PutWatch(ctx, w, ""); err != nil {
					return err
				}
				has := count(uint64(len(w.Terms)), "term")
				if len(w.Phrases) > 0 {
					has += " and " + count(uint64(len(w.Phrases)), "phrase")
				}
				fmt.Fprintf(q.err, "%s has %s\n", printable(w.Name), has)
				return nil
			})
		},
	}
	a.add(cmd)
	f := cmd.Flags()
	f.StringVar(&title, "title", "", "what the list is called for people")
	f.StringVar(&purpose, "purpose", "", "what it is for: brand, competitor, campaign or niche")
	f.StringArrayVar(&phrases, "phrase", nil, "word or phrase to look for in texts; may be given several times")
	f.StringArrayVar(&exclude, "exclude", nil, "phrase with which a post is not meant; may be given several times")
	f.StringArrayVar(&langs, "lang", nil, "posts of these languages alone")
	f.StringVar(&file, "file", "", "file with a term a line; - is standard input")
	f.StringArrayVar(&where, "platform", nil, "watch them on these platforms alone")
	complete(cmd, "platform", a.asks(platforms))
	complete(cmd, "purpose", cobra.FixedCompletions([]cobra.Completion{api.PurposeBrand, api.PurposeCompetitor, api.PurposeCampaign, api.PurposeNiche}, cobra.ShellCompDirectiveNoFileComp))
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return a.asks(watches)(cmd, args, typed)
		}
		return a.asks(names)(cmd, args, typed)
	}
	return cmd
}

// mostLines bounds a file of terms, in bytes: more than a server takes.
const mostLines = 4 << 20

// readLines reads the terms of a file. A sign # begins a hashtag, so that notes have two.
func readLines(name string, in io.Reader) (lines []string, err error) {
	if name != stdoutName {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("--file: %w", err)
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, mostLines+1))
	if err != nil {
		return nil, fmt.Errorf("--file %s: %w", name, err)
	}
	if len(data) > mostLines {
		return nil, usage(fmt.Errorf("--file %s: it has more than %d bytes", name, mostLines))
	}
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "##")
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

func splitWords(values []string) []string {
	words := []string{}
	for _, v := range values {
		for word := range strings.SplitSeq(v, ",") {
			if word != "" {
				words = append(words, word)
			}
		}
	}
	return words
}

func newWatchDelete(s streams) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use:   "delete NAME",
		Short: "Delete a watch list",
		Args:  arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(cmd, s, func(ctx context.Context, q *session) error {
				if q.local {
					return usage(errors.New("--data is for reading; name the server that keeps the list"))
				}
				return q.DeleteWatch(ctx, args[0], "")
			})
		},
	}
	a.add(cmd)
	a.completeWatch(cmd)
	return cmd
}
