package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/swell-radar/swell/internal/access"
)

func newToken(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Make, list and revoke the tokens that a server asks for",
		Long: `A server that other machines can reach asks for a token, and so does every other as soon
as there is one. Each has a role: read (ask), write (also send records in and change what
is watched), or admin (also look into the process).

Of a token only a hash is kept. A running server notices within a second what changes here.
Commands that ask a server take their token from the environment variable SWELL_TOKEN, or
from the file that --token-file names: never from an argument, which others on the machine could see.`,
		Args: unknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTokenAdd(s), newTokenList(s), newTokenRevoke(s))
	return cmd
}

// tokenFile says which file of tokens is meant.
type tokenFile struct{ data, file string }

func (t *tokenFile) add(f *pflag.FlagSet) {
	f.StringVar(&t.data, "data", "", "data directory whose tokens are meant")
	f.StringVar(&t.file, "file", "", "file of tokens, in place of that of a data directory")
}

func (t *tokenFile) path() (string, error) {
	switch {
	case t.data != "" && t.file != "":
		return "", usage(errors.New("--data and --file: leave one of them out"))
	case t.file != "":
		return t.file, nil
	case t.data != "":
		return filepath.Join(t.data, access.FileName), nil
	}
	return "", usage(errors.New("--data is missing: name the data directory, or a file of tokens with --file"))
}

func newTokenAdd(s streams) *cobra.Command {
	var at tokenFile
	var name, role string
	var expires time.Duration
	cmd := &cobra.Command{
		Use:   "add --data DIR --name NAME",
		Short: "Make a token and print it, this once",
		Example: `  swell token add --data ./swell-data --name grafana
  swell token add --data ./swell-data --name crawler --role write --expires 90d`,
		Args: arguments(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			path, err := at.path()
			if err != nil {
				return err
			}
			r, err := access.ParseRole(role)
			if err != nil {
				return usage(err)
			}
			now := time.Now()
			var until time.Time
			if expires > 0 {
				until = now.Add(expires)
			}
			token, secret, err := access.Mint(rand.Reader, r, name, now, until)
			if err != nil {
				return usage(err)
			}
			if at.data != "" {
				if err := os.MkdirAll(at.data, 0o700); err != nil {
					return fmt.Errorf("cannot make the data directory: %w", err)
				}
			}
			if err := access.Add(path, token); err != nil {
				return err
			}
			if _, err := fmt.Fprintln(s.out, secret); err != nil {
				return errors.Join(err, revoked(path, token.ID))
			}
			fmt.Fprintf(s.err, "token %s is good for %s%s; it is shown this once, and cannot be shown again\n", token.ID, token.Role, lasting(token.Expires))
			return nil
		},
	}
	at.add(cmd.Flags())
	cmd.Flags().StringVar(&name, "name", "", "what the token is for")
	cmd.Flags().StringVar(&role, "role", access.Read.String(), "read, write or admin")
	cmd.Flags().Var(keepFlag{&expires}, "expires", "how long it is good for, as in 90d or 12h (default: for ever)")
	return cmd
}

// revoked takes a token back that nobody came to know.
func revoked(path, id string) error {
	_, err := access.Revoke(path, id)
	return err
}

func lasting(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " until " + t.Format(time.RFC3339)
}

// tokenRow is what of a token is shown.
type tokenRow struct {
	ID      string     `json:"id"`
	Role    string     `json:"role"`
	Name    string     `json:"name"`
	Created time.Time  `json:"created"`
	Expires *time.Time `json:"expires"` // null: never
	Expired bool       `json:"expired"`
}

func newTokenList(s streams) *cobra.Command {
	var at tokenFile
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list --data DIR",
		Short: "Tell which tokens there are, and what for",
		Args:  arguments(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			path, err := at.path()
			if err != nil {
				return err
			}
			tokens, err := access.List(path)
			if err != nil {
				return err
			}
			now := time.Now()
			rows := make([]tokenRow, 0, len(tokens))
			for i := range tokens {
				t := &tokens[i]
				row := tokenRow{ID: t.ID, Role: t.Role.String(), Name: t.Name, Created: t.Created, Expired: t.Expired(now)}
				if !t.Expires.IsZero() {
					row.Expires = &t.Expires
				}
				rows = append(rows, row)
			}
			if asJSON {
				enc := json.NewEncoder(s.out)
				enc.SetIndent("", "  ")
				return enc.Encode(rows)
			}
			return printTokens(s.out, rows)
		},
	}
	at.add(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printTokens(w io.Writer, rows []tokenRow) error {
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tROLE\tCREATED\tEXPIRES\tNAME")
	for _, r := range rows {
		expires := "never"
		switch {
		case r.Expired:
			expires = "expired"
		case r.Expires != nil:
			expires = r.Expires.Format(time.DateOnly)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", r.ID, r.Role, r.Created.Format(time.DateOnly), expires, printable(r.Name))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

func newTokenRevoke(s streams) *cobra.Command {
	var at tokenFile
	cmd := &cobra.Command{
		Use:     "revoke --data DIR ID",
		Short:   "Make a token good for nothing; running servers notice within a second",
		Example: `  swell token revoke --data ./swell-data k3fx9m2a`,
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			path, err := at.path()
			if err != nil {
				return err
			}
			gone, err := access.Revoke(path, args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.err, "revoked %s (%s, %s)\n", gone.ID, gone.Role, printable(gone.Name))
			return err
		},
	}
	at.add(cmd.Flags())
	return cmd
}
