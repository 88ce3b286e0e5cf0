package bluesky

import (
	_ "embed"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/scrapers"
)

// Sample is the source's section of the configuration, every key with a comment and its default.
//
//go:embed sample.toml
var Sample string

// Config are the settings of the source.
type Config struct {
	On             bool              `toml:"on"`
	RequestsPerDay int               `toml:"requests_per_day"` // connections; 0: without bound
	Hosts          []string          `toml:"hosts"`            // of Jetstream: ws or wss, without a path
	Fill           scrapers.Duration `toml:"fill"`             // how far back a first run begins
	MaxAge         scrapers.Duration `toml:"max_age"`          // how far back a later run goes on from
	Silence        scrapers.Duration `toml:"silence"`          // without a message: the connection is given up
	Compression    string            `toml:"compression"`      // "none", "deflate" or "zstd"
	Dictionary     string            `toml:"dictionary"`       // file, for "zstd"
}

// retention is how long the public servers keep events.
const retention = 36 * time.Hour

// Default returns the settings that a configuration without this section has.
func Default() Config {
	return Config{
		On:             true,
		RequestsPerDay: 5000,
		Hosts: []string{
			"wss://jetstream1.us-east.bsky.network",
			"wss://jetstream2.us-east.bsky.network",
			"wss://jetstream1.us-west.bsky.network",
			"wss://jetstream2.us-west.bsky.network",
		},
		MaxAge:      scrapers.Duration(retention),
		Silence:     scrapers.Duration(time.Minute),
		Compression: "none",
	}
}

// host is a server of Jetstream.
type host struct {
	name, address string // "jetstream1.us-east.bsky.network"; with scheme and path
}

// hosts checks the addresses.
func (c *Config) hosts() ([]host, error) {
	if len(c.Hosts) == 0 {
		return nil, fmt.Errorf("sources.bluesky.hosts is empty: name a server of Jetstream, or set on = false")
	}
	var hosts []host
	for _, text := range c.Hosts {
		u, err := url.Parse(text)
		if err != nil || (u.Scheme != "ws" && u.Scheme != "wss") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return nil, fmt.Errorf("sources.bluesky.hosts: %q is no address of a server: write it as \"wss://jetstream1.us-east.bsky.network\"", scrapers.ShownAddress(text))
		}
		if u.Path == "" || u.Path == "/" {
			u.Path = "/subscribe"
		}
		hosts = append(hosts, host{name: u.Host, address: u.String()})
	}
	return hosts, nil
}

func (c *Config) check() error {
	for _, d := range []struct {
		key         string
		value       scrapers.Duration
		least, most time.Duration
	}{
		{"fill", c.Fill, 0, retention},
		{"max_age", c.MaxAge, time.Minute, 7 * 24 * time.Hour},
		{"silence", c.Silence, 5 * time.Second, time.Hour},
	} {
		if v := time.Duration(d.value); v < d.least || v > d.most {
			return fmt.Errorf("sources.bluesky.%s is %v: it may be from %v to %v", d.key, d.value, d.least, d.most)
		}
	}
	if c.RequestsPerDay < 0 {
		return fmt.Errorf("sources.bluesky.requests_per_day is %d: it may not be negative; 0 is without bound", c.RequestsPerDay)
	}
	switch c.Compression {
	case "none", "deflate", "zstd":
		return nil
	}
	return fmt.Errorf("sources.bluesky.compression is %q: it may be \"none\", \"deflate\" or \"zstd\"", c.Compression)
}

// mostDictionary is the largest file that is taken for a dictionary, in bytes. The known one has 112,640.
const mostDictionary = 1 << 20

// decompressor returns what reads frames of zstd, nil where none are asked for.
func (c *Config) decompressor() (*zstd.Decoder, error) {
	if c.Compression != "zstd" {
		if c.Dictionary != "" {
			return nil, fmt.Errorf("sources.bluesky.dictionary is set, but compression is %q: set it to \"zstd\", or remove dictionary", c.Compression)
		}
		return nil, nil
	}
	const way = "give the path of Jetstream's dictionary (docs/sources/bluesky.md says where it is), or set compression = \"deflate\""
	if c.Dictionary == "" {
		return nil, fmt.Errorf("sources.bluesky.dictionary is empty, which compression = \"zstd\" needs: %s", way)
	}
	info, err := os.Stat(c.Dictionary)
	if err != nil {
		return nil, fmt.Errorf("cannot read sources.bluesky.dictionary: %w: %s", err, way)
	}
	if info.Size() > mostDictionary {
		return nil, fmt.Errorf("sources.bluesky.dictionary: %s has %d bytes, a dictionary has at most %d: %s", c.Dictionary, info.Size(), mostDictionary, way)
	}
	dictionary, err := os.ReadFile(c.Dictionary)
	if err != nil {
		return nil, fmt.Errorf("cannot read sources.bluesky.dictionary: %w: %s", err, way)
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderDicts(dictionary), zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderMaxMemory(mostMessage), zstd.WithDecoderMaxWindow(mostMessage))
	if err != nil {
		return nil, fmt.Errorf("sources.bluesky.dictionary: %s is no dictionary of zstd (%w): %s", c.Dictionary, err, way)
	}
	return d, nil
}
