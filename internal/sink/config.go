package sink

import (
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"
)

// The kinds of sinks.
const (
	Slack   = "slack"
	Discord = "discord"
	Teams   = "teams"
	Zoom    = "zoom"
	Trello  = "trello"
	Email   = "email"
	Webhook = "webhook"
	File    = "file"
)

// Config says what a sink is. Which settings it needs follows from its kind; those that its kind has no use for have
// to be empty. URL, Token, Key, Secret and Password are references to secrets: $NAME, a variable of the environment,
// or file:PATH, of which ends of lines at the end do not count.
type Config struct {
	Kind string

	URL    string // of slack, discord, teams, zoom, webhook; of trello, for an address other than its own
	Token  string // of zoom, trello
	Key    string // of trello
	Secret string // of webhook: whsec_…, several with blanks between them while one is replaced
	List   string // of trello: the ID of the list that cards are put into
	Dir    string // of file
	Format string // of file, for digests: html (as a rule), md, json or txt

	Server   string // of email: host:port
	TLS      string // of email: starttls (as a rule), implicit, or none on this machine alone
	User     string
	Password string
	From     string
	To       []string

	// Private lets the address be one of this machine or of a private network, and be asked without TLS.
	Private bool
}

// Deps are what a sink has from outside. Its zero value works, but for Memory: a sink of Trello or email without
// one knows after a restart only what it can ask for.
type Deps struct {
	Env     func(name string) (string, bool) // variables of the environment; nil: those of the process
	Now     func() time.Time                 // nil: the machine's clock
	Roots   *x509.CertPool                   // who may vouch for servers; nil: those of the machine
	Timeout time.Duration                    // of one exchange with a service; 0: 30 s
	Memory  Memory                           // nil: of the process
	Log     *slog.Logger                     // nil: nothing is logged
	Version string                           // of this program, as services are told
	Checked bool                             // the same sink was made before: what is odd in its settings is not told again

	digests *writer // nil: what package digest writes
}

// base is what all sinks are made of.
type base struct {
	name    string
	secrets *secrets
	now     func() time.Time
	memory  Memory
	log     *slog.Logger
	digests writer
}

// Recognises implements [Sink] for services that take a message twice for two.
func (*base) Recognises() bool { return false }

// Follows implements [Sink] for services in which what was sent stays as it is.
func (*base) Follows() bool { return false }

// maker makes a sink of a kind of which all settings that it needs are there, and no others.
type maker struct {
	make  func(base, Config, *network) (Sink, error)
	needs []string
	takes []string
}

func makers() map[string]maker {
	return map[string]maker{
		Slack:   {makeSlack, []string{"url"}, []string{"private"}},
		Discord: {makeDiscord, []string{"url"}, []string{"private"}},
		Teams:   {makeTeams, []string{"url"}, []string{"private"}},
		Zoom:    {makeZoom, []string{"url", "token"}, []string{"private"}},
		Trello:  {makeTrello, []string{"key", "token", "list"}, []string{"url", "private"}},
		Email:   {makeEmail, []string{"server", "from", "to"}, []string{"tls", "user", "password", "private"}},
		Webhook: {makeWebhook, []string{"url", "secret"}, []string{"private"}},
		File:    {makeFile, []string{"dir"}, []string{"format"}},
	}
}

// Kinds returns the kinds that there are, in the order of the alphabet.
func Kinds() []string { return []string{Discord, Email, File, Slack, Teams, Trello, Webhook, Zoom} }

// New makes a sink. Nothing is sent; files that hold secrets are read. An error names the setting, its value where it
// is no secret, and what to do.
func New(name string, c Config, d Deps) (Sink, error) {
	m, ok := makers()[c.Kind]
	if !ok {
		return nil, fmt.Errorf("kind = %.40q: there are %s", c.Kind, strings.Join(Kinds(), ", "))
	}
	if err := c.check(&m); err != nil {
		return nil, err
	}
	b := base{name: name, now: d.Now, memory: d.Memory, log: d.Log, digests: standard}
	if d.digests != nil {
		b.digests = *d.digests
	}
	if b.now == nil {
		b.now = time.Now
	}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	if b.memory == nil {
		b.memory = forgetful{}
	}
	if d.Env == nil {
		d.Env = os.LookupEnv
	}
	b.secrets = &secrets{env: d.Env, warn: func(text string) {
		if !d.Checked {
			b.log.Warn(text, "sink", name)
		}
	}}
	return m.make(b, c, newNetwork(&b, c.Private, &d))
}

// check returns an error for a setting that is missing, or that nobody looks at.
func (c *Config) check(m *maker) error {
	for _, s := range c.settings() {
		switch {
		case slices.Contains(m.needs, s.name):
			if !s.set {
				return fmt.Errorf("%s is missing: a sink of the kind %s needs %s", s.name, c.Kind, strings.Join(m.needs, ", "))
			}
		case s.set && !slices.Contains(m.takes, s.name):
			return fmt.Errorf("%s has no meaning for a sink of the kind %s: leave it out; it takes %s", s.name, c.Kind,
				strings.Join(slices.Concat(m.needs, m.takes), ", "))
		}
	}
	return nil
}

// setting is one of a sink's, as the configuration calls it.
type setting struct {
	name string
	set  bool
}

func (c *Config) settings() []setting {
	return []setting{
		{"url", c.URL != ""}, {"token", c.Token != ""}, {"key", c.Key != ""}, {"secret", c.Secret != ""}, {"list", c.List != ""},
		{"dir", c.Dir != ""}, {"format", c.Format != ""}, {"server", c.Server != ""}, {"tls", c.TLS != ""}, {"user", c.User != ""},
		{"password", c.Password != ""}, {"from", c.From != ""}, {"to", len(c.To) > 0}, {"private", c.Private},
	}
}

// forgetful is the memory of a sink that has none.
type forgetful map[string][]byte

func (f forgetful) Recall(key string) ([]byte, error) { return f[key], nil }

func (f forgetful) Remember(key string, value []byte) error {
	if value == nil {
		delete(f, key)
		return nil
	}
	f[key] = value
	return nil
}
