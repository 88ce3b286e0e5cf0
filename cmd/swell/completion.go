package main

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
	"github.com/swell-radar/swell/term"
)

// completionTime is how long a shell waits for what a server knows: who types does not
// want to be held up.
const completionTime = 300 * time.Millisecond

var (
	kindWords  = kindNames()
	phaseWords = []string{"emerging", "rising", "peaking", "fading", "unconfirmed"}
)

func kindNames() (names []string) {
	for _, k := range term.Kinds() {
		names = append(names, k.String())
	}
	return names
}

// words completes a flag with words of which several may stand with commas between them.
// Without any, it completes names of folders.
func words(cmd *cobra.Command, flag string, list ...string) {
	complete(cmd, flag, func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(list) == 0 {
			return nil, cobra.ShellCompDirectiveFilterDirs
		}
		return behindComma(list, typed), cobra.ShellCompDirectiveNoFileComp
	})
}

// complete sets what completes a flag, which has to exist.
func complete(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		cobra.CompErrorln(err.Error())
	}
}

// behindComma offers words behind those that are written already.
func behindComma(list []string, typed string) (out []string) {
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	for _, word := range list {
		if strings.HasPrefix(word, typed[len(before):]) && !strings.Contains(","+before, ","+word+",") {
			out = append(out, before+word)
		}
	}
	return out
}

// asks completes with what a running server knows. Where none answers in time, nothing
// comes, and nothing is said.
func (a *asking) asks(list func(ctx context.Context, c api.Client, typed string) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
		defer cancel()
		c, err := a.client()
		if err != nil || a.data != "" {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return list(ctx, c, typed), cobra.ShellCompDirectiveNoFileComp
	}
}

// platforms lists the platforms that a server has met.
func platforms(ctx context.Context, c api.Client, typed string) []string {
	status, err := c.Status(ctx)
	if err != nil {
		return nil
	}
	var names []string
	for _, p := range status.Platforms {
		names = append(names, console.Printable(p.Platform))
	}
	return behindComma(names, typed)
}

// watches lists the names of watch lists.
func watches(ctx context.Context, c api.Client, typed string) (names []string) {
	answer, err := c.Watches(ctx)
	if err != nil {
		return nil
	}
	for _, w := range answer.Watches {
		if strings.HasPrefix(w.Name, typed) {
			names = append(names, console.Printable(w.Name)+"\t"+console.Printable(w.Title))
		}
	}
	return names
}

// days lists the days of which a server has files.
func days(ctx context.Context, c api.Client, typed string) (names []string) {
	answer, err := c.Exports(ctx)
	if err != nil {
		return nil
	}
	for _, d := range answer.Days {
		if strings.HasPrefix(d.Day, typed) {
			names = append(names, d.Day)
		}
	}
	return names
}

const mostOffered = 20

// names lists terms that begin as what was typed, each as one argument: #key, or kind:key.
func names(ctx context.Context, c api.Client, typed string) []string {
	return offered(ctx, c, "", typed, func(f *api.Found) string { return nameOf(f.Kind, f.Key) })
}

// keys lists terms of one kind, without it.
func keys(ctx context.Context, c api.Client, kind, typed string) []string {
	return offered(ctx, c, kind, typed, func(f *api.Found) string { return f.Key })
}

func offered(ctx context.Context, c api.Client, kind, typed string, name func(*api.Found) string) (out []string) {
	q := url.Values{"q": {typed}, "limit": {"50"}}
	if kind != "" {
		q.Set("kind", kind)
	}
	answer, err := c.Search(ctx, q)
	if err != nil {
		return nil
	}
	met := map[string]bool{}
	for i := range answer.Terms {
		f := &answer.Terms[i]
		text := console.Printable(name(f))
		// A shell takes what stands before a blank, and only what begins as it was typed.
		if met[text] || strings.ContainsAny(text, " \t") || !strings.HasPrefix(strings.ToLower(text), strings.ToLower(typed)) {
			continue
		}
		met[text] = true
		if out = append(out, text+"\t"+console.Printable(f.Term)); len(out) == mostOffered {
			break
		}
	}
	return out
}

// zones lists the time zones that this machine knows.
func zones(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	names := []string{"UTC"}
	for _, root := range zoneFolders {
		for _, area := range zoneAreas {
			entries, err := os.ReadDir(filepath.Join(root, area))
			if err != nil {
				continue
			}
			for _, e := range entries {
				if !e.IsDir() {
					names = append(names, area+"/"+e.Name())
				}
			}
		}
		if len(names) > 1 {
			break
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
