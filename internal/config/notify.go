package config

// Sink says where messages are sent to. Which settings it needs follows from its kind. Secrets are never written
// here: they are the name of a variable of the environment, as $NAME, or of a file, as file:PATH.
type Sink struct {
	Kind string `toml:"kind"` // slack, discord, teams, zoom, trello, email, webhook or file

	URL    string `toml:"url"`    // secret: of slack, discord, teams, zoom, webhook
	Token  string `toml:"token"`  // secret: of zoom, trello
	Key    string `toml:"key"`    // secret: of trello
	Secret string `toml:"secret"` // secret: of webhook, whsec_…
	List   string `toml:"list"`   // of trello: the ID of the list that cards are put into
	Dir    string `toml:"dir"`    // of file
	Format string `toml:"format"` // of file, for digests: html, md, json or txt

	Server   string   `toml:"server"` // of email: host:port
	TLS      string   `toml:"tls"`    // of email: starttls (as a rule), implicit, or none on this machine alone
	User     string   `toml:"user"`
	Password string   `toml:"password"` // secret
	From     string   `toml:"from"`
	To       []string `toml:"to"`

	// Private lets the address be one of this machine or of a private network.
	Private bool `toml:"private"`
}

// Recipient is somebody who is told of alerts.
type Recipient struct {
	Zone          string   `toml:"zone"`            // as in Europe/Berlin; empty: UTC
	Quiet         string   `toml:"quiet"`           // as in 22:00-07:00: alerts wait for the digest; empty: never
	Weekends      *bool    `toml:"weekends"`        // false: on Saturdays and Sundays, too
	CrisisAnytime bool     `toml:"crisis_anytime"`  // a crisis breaks both
	PerHour       *int     `toml:"alerts_per_hour"` // 0: no bound; left out: 4
	PerDay        *int     `toml:"alerts_per_day"`  // 0: no bound; left out: 12
	Rules         []string `toml:"rules"`           // empty: all
	Sinks         []string `toml:"sinks"`
}

// Digest is a digest that is sent every day.
type Digest struct {
	At        string   `toml:"at"`   // hour, as in 08:00
	Zone      string   `toml:"zone"` // empty: UTC
	Audience  string   `toml:"audience"`
	Sinks     []string `toml:"sinks"`
	Platforms []string `toml:"platforms"` // empty: all
	Watches   []string `toml:"watches"`   // empty: all
	Week      string   `toml:"week"`      // day of the week whose digest has the week in review; empty: none
}
