package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/swell-radar/swell/internal/access"
	"github.com/swell-radar/swell/internal/api"
)

// tokenVariable is the environment variable that has the token to show to a server.
const tokenVariable = "SWELL_TOKEN"

// serverFlags say which server to ask, and as whom.
type serverFlags struct{ base, tokenFile string }

func (s *serverFlags) add(f *pflag.FlagSet) {
	f.StringVar(&s.base, "server", api.DefaultBase, "server to ask")
	f.StringVar(&s.tokenFile, "token-file", "", "file with the token to show it (default: the environment variable "+tokenVariable+", if there is one)")
}

// client returns the client that asks the server. Its errors do not tell the token.
func (s *serverFlags) client() (api.Client, error) {
	c := api.Client{Base: s.base, Token: strings.TrimSpace(os.Getenv(tokenVariable))}
	from := tokenVariable
	if s.tokenFile != "" {
		data, err := os.ReadFile(s.tokenFile)
		if err != nil {
			return c, fmt.Errorf("cannot read the token: %w", err)
		}
		c.Token, from = strings.TrimSpace(string(data)), s.tokenFile
	}
	if (c.Token != "" || s.tokenFile != "") && !access.Looks(c.Token) {
		return c, usage(fmt.Errorf("what stands in %s is no token; swell token add makes one", from))
	}
	return c, nil
}
