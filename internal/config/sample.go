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
# How people reach the endpoint, as in "https://radar.example": links in messages begin with it. By default its address.
public_url = ""
# Origins of pages of other sites that may ask and read the answers, as in "https://radar.example".
cors_origins = []
# Certificate and key (PEM); with them the endpoint is asked over TLS alone. They are read again when they change.
tls_cert = ""
tls_key = ""
# The file of tokens; by default that in the data directory.
tokens = ""
# Requests a second that one client may make; 0: no bound; -1: 100 where other machines can reach the endpoint, else no bound.
rate = -1.0
# Whether a few posts of each open trend are kept in memory, by their IDs: where they can be seen, never what they say.
examples = true
`

// notifySample is commented out: nobody is told of anything by default.
const notifySample = `# Where messages are sent to, by a name. The kind is slack, discord, teams, zoom, trello, email, webhook or file.
# Secrets are never written here: they are the name of a variable of the environment, as $NAME, or of a file, as file:PATH.
#[sinks.team]
#kind = "slack"
#url = "$SWELL_SLACK_URL"

# Who is told of alerts. In quiet hours, and on weekends where they are false, alerts wait for the digest.
#[recipients.ana]
#zone = "Europe/Berlin"
#quiet = "22:00-07:00"
#weekends = false
# A crisis breaks both.
#crisis_anytime = true
# At most so many; 0: no bound.
#alerts_per_hour = 4
#alerts_per_day = 12
# The rules that are told of; none: all.
#rules = []
#sinks = ["team"]

# A digest every day at an hour, of the day before. The audience is manager, stakeholder or researcher.
#[digests.morning]
#at = "08:00"
#zone = "Europe/Berlin"
#audience = "manager"
#sinks = ["team"]
#platforms = []
#watches = []
# The day whose digest has the week in review.
#week = "sunday"
`

// Sample returns a configuration in which everything has its default.
func Sample() string {
	parts := []string{all.Head, serveSample, notifySample}
	for _, k := range all.Kinds() {
		parts = append(parts, k.Sample)
	}
	return strings.Join(parts, "\n")
}
