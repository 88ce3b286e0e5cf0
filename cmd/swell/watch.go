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
		Short: "List, show, set and delete the watch lists of a server",
		Long: `A watch list names terms to look at apart from all others, as those of a brand: with
--watch NAME, trends, detections and tail tell of its terms alone.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newWatchList(s), newWatchShow(s), newWatchSet(s), newWatchDelete(s))
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
					t := q.table(left("NAME"), right("TERMS"), left("CHANGED"), left("TITLE"))
					for _, w := range out.Watches {
						t.Row(w.Name, console.Count(uint64(max(w.Terms, 0))), console.Minute(w.Changed), w.Title)
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
					b.WriteString("\n\n")
					t := q.table(left("KIND"), left("PLATFORMS"), left("TERM"))
					for _, w := range out.Terms {
						where := "all"
						if len(w.Platforms) > 0 {
							where = strings.Join(w.Platforms, ",")
						}
						t.Row(w.Kind, where, w.Term)
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
	var title, file string
	var where []string
	cmd := &cobra.Command{
		Use:   "set NAME [TERM...]",
		Short: "Make a watch list, or replace its terms",
		Long: `Set gives a watch list exactly the terms that are named. A term is #key, @key, kind:key, or
the key of a hashtag, in any spelling; of a file (- is standard input) each line is one, and what
comes behind ## is passed over.`,
		Example: "  swell watch set brands '#BookTok' sound:7016 --title 'Our books'\n  swell watch set rivals --file rivals.txt --platform tiktok,instagram",
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
			if len(names) == 0 {
				return usage(errors.New("name the terms of the list, or a file with them by --file"))
			}
			w := api.Watch{Name: args[0], Title: title, Changed: time.Unix(0, 0).UTC()}
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
				fmt.Fprintf(q.err, "%s has %s\n", printable(w.Name), count(uint64(len(w.Terms)), "term"))
				return nil
			})
		},
	}
	a.add(cmd)
	f := cmd.Flags()
	f.StringVar(&title, "title", "", "what the list is called for people")
	f.StringVar(&file, "file", "", "file with a term a line; - is standard input")
	f.StringArrayVar(&where, "platform", nil, "watch them on these platforms alone")
	complete(cmd, "platform", a.asks(platforms))
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
