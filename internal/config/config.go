package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/swell-radar/swell/scrapers/all"
)

// Config is everything that a configuration says.
type Config struct {
	Serve   Serve      `toml:"serve"`
	Fetch   Fetch      `toml:"fetch"`
	Watch   Watch      `toml:"watch"`
	Sources all.Config `toml:"sources"`
	// Sinks, Recipients and Digests are by name: up to 40 of a-z, 0-9, '-' and '_', the first a letter.
	Sinks      map[string]Sink      `toml:"sinks"`
	Recipients map[string]Recipient `toml:"recipients"`
	Digests    map[string]Digest    `toml:"digests"`
}

// Serve says who may ask the endpoint, and how. Paths are relative to the folder that Swell is started in.
type Serve struct {
	Listen string `toml:"listen"` // address and port
	// Hosts are further host names that the endpoint may be asked under, as by a proxy.
	Hosts []string `toml:"hosts"`
	// PublicURL is how people reach the endpoint, as in https://radar.example: links in messages begin with it.
	// Empty: by its address.
	PublicURL string `toml:"public_url"`
	// CORSOrigins are the origins of pages that may ask, as in https://radar.example.
	CORSOrigins []string `toml:"cors_origins"`
	// TLSCert and TLSKey are PEM files; with them the endpoint is asked over TLS alone.
	TLSCert string `toml:"tls_cert"`
	TLSKey  string `toml:"tls_key"`
	// Tokens is the file of tokens; empty: that in the data directory.
	Tokens string `toml:"tokens"`
	// Rate is how many requests a second one client may make; 0: no bound, -1: as is usual for the address.
	Rate float64 `toml:"rate"`
	// Examples has posts of trends kept in memory while these are open, so that people can look at them.
	Examples bool `toml:"examples"`
}

// Fetch says how Swell asks other machines.
type Fetch struct {
	// Contact is an address (https:// or mailto:) under which whoever runs Swell can be reached. It is
	// part of every request; without it no page is scraped.
	Contact string `toml:"contact"`
	// Proxy is the address of a proxy (http, https, socks5) for all requests, or the name of an
	// environment variable that holds it, as $NAME: such an address may have a password.
	Proxy string `toml:"proxy"`
	// Private lets addresses of this machine and of private networks be asked, at any port: for an
	// instance or a relay of one's own. Else an answer from outside could have Swell ask them.
	Private bool `toml:"private"`
}

// Watch says what is looked for in texts.
type Watch struct {
	// Keywords are words and phrases that are counted as terms wherever a post has them: names
	// of brands, of people, of products.
	Keywords []string `toml:"keywords"`
}

// Default returns the configuration of an empty file.
func Default() Config {
	return Config{Serve: Serve{Listen: "127.0.0.1:7310", Rate: -1, Examples: true}, Sources: all.Default()}
}

// most is how long a configuration may be, in bytes.
const most = 1 << 20

// Load reads a file. Errors name it, and of what is not written as it should be line and column. What
// the values mean is for the sources to say: their errors name section, key and value.
func Load(path string) (Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return Config{}, fmt.Errorf("cannot read the configuration: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return Config{}, fmt.Errorf("cannot read the configuration %s: %w", path, err)
	}
	if len(data) > most {
		return Config{}, fmt.Errorf("the configuration %s is longer than %d bytes: it is probably something else", path, most)
	}
	return Parse(path, data)
}

// Parse reads a configuration that stands in data; name is for its errors.
func Parse(name string, data []byte) (Config, error) {
	c := Default()
	d := toml.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return Config{}, explain(name, err)
	}
	proxy, err := fromEnvironment(c.Fetch.Proxy)
	if err != nil {
		return Config{}, fmt.Errorf("%s: fetch.proxy: %w", name, err)
	}
	c.Fetch.Proxy = proxy
	return c, nil
}

// explain says where in the file the error is, and which key it is about.
func explain(name string, err error) error {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) && len(unknown.Errors) > 0 {
		var all []string
		for i := range unknown.Errors {
			e := &unknown.Errors[i]
			row, column := e.Position()
			all = append(all, fmt.Sprintf("%s:%d:%d: there is no setting %s", name, row, column, strings.Join(e.Key(), ".")))
		}
		return fmt.Errorf("%s; swell sources --samples prints those that there are", strings.Join(all, "; "))
	}
	var at *toml.DecodeError
	if errors.As(err, &at) {
		row, column := at.Position()
		if key := strings.Join(at.Key(), "."); key != "" {
			return fmt.Errorf("%s:%d:%d: %s: %w", name, row, column, key, at)
		}
		return fmt.Errorf("%s:%d:%d: %w", name, row, column, at)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// fromEnvironment returns the value of a variable where the setting names one, which has to have one.
func fromEnvironment(setting string) (string, error) {
	name, ok := strings.CutPrefix(setting, "$")
	if !ok {
		return setting, nil
	}
	value, set := os.LookupEnv(name)
	if !set {
		return "", fmt.Errorf("the environment has no variable %s", name)
	}
	if value == "" { // which would mean no proxy at all
		return "", fmt.Errorf("the variable %s of the environment is empty: set it, or leave the key out to ask without a proxy", name)
	}
	return value, nil
}
