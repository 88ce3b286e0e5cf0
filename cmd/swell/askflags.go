package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/swell-radar/swell/internal/access"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/app"
	"github.com/swell-radar/swell/internal/fault"
)

// What the environment says where no flag does.
const (
	serverVariable = "SWELL_SERVER"
	tokenVariable  = "SWELL_TOKEN"
)

// asking are the flags of the commands that ask a server, or a data directory.
type asking struct {
	server, tokenFile, ca, data string
	timeout                     time.Duration

	output    string
	json, csv bool
	outputs   []string          // that the command has
	params    map[string]string // flags by the parameter of the endpoint that each sets
}

// The ways to print an answer.
const (
	asTable   = "table"
	asJSON    = "json"
	asNDJSON  = "ndjson"
	asCSV     = "csv"
	asParquet = "parquet"
)

var (
	listOutputs  = []string{asTable, asJSON, asNDJSON, asCSV, asParquet}
	plainOutputs = []string{asTable, asJSON}
)

// add adds the flags to a command that can print its answer in the given ways.
func (a *asking) add(cmd *cobra.Command, outputs ...string) {
	a.outputs, a.params = outputs, map[string]string{}
	f := cmd.Flags()
	f.StringVar(&a.server, "server", "", "server to ask (default $"+serverVariable+", or "+api.DefaultBase+")")
	f.StringVar(&a.tokenFile, "token-file", "", "file with the token that the server asks for (default: the token in $"+tokenVariable+")")
	f.StringVar(&a.ca, "ca", "", "PEM file with a certificate authority to trust beside those of the system")
	f.StringVar(&a.data, "data", "", "read this data directory in place of asking a server")
	f.DurationVar(&a.timeout, "timeout", 30*time.Second, "how long to wait for an answer")
	words(cmd, "data")
	if len(outputs) == 0 {
		return
	}
	f.StringVar(&a.output, "output", asTable, strings.Join(outputs, ", "))
	f.BoolVar(&a.json, "json", false, "short for --output json: the server's answer as it is")
	words(cmd, "output", outputs...)
	if slices.Contains(outputs, asCSV) {
		f.BoolVar(&a.csv, "csv", false, "short for --output csv")
	}
}

// param adds a flag that sets a parameter of the endpoint, which says what may stand there.
func (a *asking) param(f *pflag.FlagSet, name, parameter, what string) {
	f.String(name, "", what)
	a.params[name] = parameter
}

// some adds a flag likewise that may be given several times, or with commas.
func (a *asking) some(f *pflag.FlagSet, name, parameter, what string) {
	f.StringArray(name, nil, what)
	a.params[name] = parameter
}

// yes adds a flag likewise that is given or not.
func (a *asking) yes(f *pflag.FlagSet, name, parameter, what string) {
	f.Bool(name, false, what)
	a.params[name] = parameter
}

// query returns the parameters that were given.
func (a *asking) query(f *pflag.FlagSet) url.Values {
	q := url.Values{}
	for name, parameter := range a.params {
		flag := f.Lookup(name)
		if !flag.Changed {
			continue
		}
		value := flag.Value.String()
		switch v := flag.Value.(type) {
		case pflag.SliceValue:
			value = strings.Join(v.GetSlice(), ",")
		default:
			if flag.Value.Type() == "bool" {
				value = map[string]string{"true": "1", "false": "0"}[value]
			}
		}
		q.Set(parameter, value)
	}
	return q
}

// session is one run of a command that asks.
type session struct {
	api.Client
	streams
	screen
	format string // table, json, ndjson, csv or parquet
	local  bool   // a data directory answers
	flags  *pflag.FlagSet
	params map[string]string
	limit  time.Duration // of an answer
	now    time.Time
}

// run asks what do asks, and says of an error whose it is.
func (a *asking) run(cmd *cobra.Command, s streams, do func(ctx context.Context, q *session) error) error {
	ctx, cancel := context.WithTimeout(cmd.Context(), a.timeout)
	defer cancel()
	return a.runLong(cmd, s, func(_ context.Context, q *session) error {
		err := do(ctx, q)
		if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return fmt.Errorf("no answer within %s; give it longer with --timeout", a.timeout)
		}
		return err
	})
}

// runLong does the same for what may take any time.
func (a *asking) runLong(cmd *cobra.Command, s streams, do func(ctx context.Context, q *session) error) (err error) {
	format, err := a.format()
	if err != nil {
		return usage(err)
	}
	if a.timeout <= 0 {
		return usage(fmt.Errorf("--timeout %s: give more than nothing", a.timeout))
	}
	if format == asParquet && isTerminal(s.out) {
		return usage(errors.New("--output parquet is for a file or a pipe, as in swell trends --output parquet > trends.parquet"))
	}
	q := &session{streams: s, screen: screenOf(s.out), format: format, flags: cmd.Flags(), params: a.params, limit: a.timeout, now: fault.Now()}
	end, err := a.connect(cmd, q)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := end(); err == nil {
			err = cerr
		}
	}()
	return q.explain(do(cmd.Context(), q))
}

// format returns how to print, in one word.
func (a *asking) format() (string, error) {
	if len(a.outputs) == 0 {
		return asTable, nil
	}
	format, given := a.output, a.output != asTable
	for name, short := range map[string]bool{asJSON: a.json, asCSV: a.csv} {
		switch {
		case short && given && format != name:
			return "", fmt.Errorf("--%s and --output %s: leave one of them out", name, format)
		case short:
			format, given = name, true
		}
	}
	if !slices.Contains(a.outputs, format) {
		return "", fmt.Errorf("--output %q: give one of %s", format, strings.Join(a.outputs, ", "))
	}
	return format, nil
}

// connect makes the session's client. What it returns ends it.
func (a *asking) connect(cmd *cobra.Command, q *session) (end func() error, err error) {
	if a.data != "" {
		if a.server != "" || a.tokenFile != "" || a.ca != "" {
			return nil, usage(errors.New("--data asks no server: leave --server, --token-file and --ca out"))
		}
		local, err := app.OpenLocal(a.data, version, fault.Now, logger(cmd, q.err))
		if err != nil {
			return nil, err
		}
		q.Client, q.local = api.Client{Base: "http://localhost", HTTP: &http.Client{Transport: local}}, true
		return local.Close, nil
	}
	if q.Client, err = a.client(); err != nil {
		return nil, usage(err)
	}
	return func() error { return nil }, nil
}

// client returns the client of the server that the flags and the environment name. It
// changes nothing and asks nobody.
func (a *asking) client() (api.Client, error) {
	c := api.Client{Base: a.server}
	from := "--server"
	if c.Base == "" {
		c.Base, from = os.Getenv(serverVariable), serverVariable
	}
	if c.Base == "" {
		c.Base = api.DefaultBase
	}
	if err := validBase(c.Base); err != nil {
		return c, fmt.Errorf("%s: %w", from, err)
	}
	var err error
	if c.Token, err = a.token(); err != nil {
		return c, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if a.ca != "" {
		pem, err := os.ReadFile(a.ca)
		if err != nil {
			return c, fmt.Errorf("--ca: %w", err)
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(pem) {
			return c, fmt.Errorf("--ca %s: there is no certificate in it; give one in PEM", a.ca)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool}
	}
	c.HTTP = &http.Client{
		Transport: transport,
		// Where a server is, is not for its answers to say: they would lead a token astray.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// validBase accepts the address of a server. Its error repeats nothing of one that may
// hold a password.
func validBase(base string) error {
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		if strings.Contains(base, "@") {
			base = "what is given"
		}
		return fmt.Errorf("%.200s is no address of a server; write it as %s", base, api.DefaultBase)
	case u.User != nil:
		return fmt.Errorf("the address of %s holds credentials; a token belongs into %s or --token-file", u.Host, tokenVariable)
	case u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return fmt.Errorf("give the address of %s alone, without a path or a query, as in %s", u.Host, api.DefaultBase)
	}
	return nil
}

// token reads the token that shows who asks. Its errors do not tell it.
func (a *asking) token() (string, error) {
	token, from := os.Getenv(tokenVariable), tokenVariable
	if a.tokenFile != "" {
		data, err := os.ReadFile(a.tokenFile)
		if err != nil {
			return "", fmt.Errorf("cannot read the token: %w", err)
		}
		token, from = string(data), "--token-file "+a.tokenFile
	}
	token = strings.TrimSpace(token)
	if (token != "" || a.tokenFile != "") && !access.Looks(token) {
		return "", fmt.Errorf("what stands in %s is no token; swell token add makes one", from)
	}
	return token, nil
}
