package config

import (
	"strings"

	"github.com/swell-radar/swell/scrapers/all"
)

// serveSample is the table of the endpoint, with its defaults.
const serveSample = `[serve]
# The address to serve at. Where other machines can reach it there has to be a token (swell token add).
listen = "127.0.0.1:7310"
# Further host names that the endpoint may be asked under, as by a proxy.
hosts = []
# Origins of pages of other sites that may ask and read the answers, as in "https://radar.example".
cors_origins = []
# Certificate and key (PEM); with them the endpoint is asked over TLS alone. They are read again when they change.
tls_cert = ""
tls_key = ""
# The file of tokens; by default that in the data directory.
tokens = ""
# Requests a second that one client may make; 0: no bound; -1: 100 where other machines can reach the endpoint, else no bound.
rate = -1.0
`

// Sample returns a configuration in which everything has its default.
func Sample() string {
	parts := []string{all.Head, serveSample}
	for _, k := range all.Kinds() {
		parts = append(parts, k.Sample)
	}
	return strings.Join(parts, "\n")
}
