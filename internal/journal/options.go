package journal

import (
	"log/slog"
	"net/url"
	"strings"
	"time"
)

// Options say where a journal is and how long it keeps what is no longer needed.
// Now and one of Dir and URL are required.
type Options struct {
	// Dir is the directory of an embedded journal. It is created if missing, and
	// belongs to one process at a time.
	Dir string

	// URL names an outside server, or the servers of a cluster with commas between
	// them ("nats://h1:4222,nats://h2:4222"), in place of Dir. It holds no
	// credentials. The servers must sync always (sync_interval: always): a client
	// cannot see whether they do.
	URL string

	// Creds, NKey, CA, Cert and Key are files for an outside server: its
	// credentials (JWT and seed), the seed of an nkey, the authorities that signed
	// its certificate, and a certificate of our own with its key. Empty: none.
	Creds, NKey, CA, Cert, Key string

	// Stream is the name of the stream. Default "SWELL".
	Stream string

	// ID says which data directory the journal belongs to: at most 64 letters and
	// digits. A journal that has none gets it, for good; one with another ID is
	// refused with [ErrOther]. Empty: any journal is taken, and none gets an ID.
	ID string

	// Replicas is how many servers of a cluster keep each entry when the stream
	// is created: 1, 3 or 5. Default 1.
	Replicas int

	// MaxBytes bounds what the journal keeps, in bytes as the server counts them.
	// What is no longer needed goes when it is reached; when all that is left is
	// needed, Append fails with [ErrFull]. 0: no bound.
	MaxBytes int64

	// MaxAge is how long entries are kept after they are no longer needed,
	// counted from their ingest. 0: not at all. See [Journal.Trim].
	MaxAge time.Duration

	// MinFree is the floor of free space in bytes on the volume of Dir; below it
	// Append fails with [ErrFull]. Default: one twentieth of the volume, at least
	// 64 MiB and at most 1 GiB. Negative: no floor.
	MinFree int64

	// Space tells the free and the total bytes of the volume that holds dir.
	// Default: the operating system's answer; where it has none there is no floor.
	Space func(dir string) (free, total int64, err error)

	// Now tells the time.
	Now func() time.Time

	// Log receives the server's warnings, and its progress at debug level. Nil
	// discards them.
	Log *slog.Logger
}

const defaultStream = "SWELL"

func (o Options) withDefaults() (Options, error) {
	switch {
	case o.Now == nil:
		return o, invalid("no clock (Now)")
	case (o.Dir == "") == (o.URL == ""):
		return o, invalid("name a directory or the URL of a server, one of them")
	case strings.ContainsAny(o.Stream, " \t\r\n.*>/\\"):
		return o, invalid("%q cannot name a stream: no spaces, dots, slashes, * and >", o.Stream)
	case !validID(o.ID):
		return o, invalid("%q cannot be an ID: at most %d letters and digits", o.ID, maxIDBytes)
	case (o.Cert == "") != (o.Key == ""):
		return o, invalid("a certificate needs its key, and a key its certificate")
	case o.MaxBytes < 0, o.MaxAge < 0, o.Replicas < 0:
		return o, invalid("MaxBytes, MaxAge and Replicas cannot be negative")
	}
	if err := checkURL(o.URL); err != nil {
		return o, err
	}
	if o.Stream == "" {
		o.Stream = defaultStream
	}
	if o.Replicas == 0 {
		o.Replicas = 1
	}
	if o.Space == nil {
		o.Space = volumeSpace
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

// checkURL refuses URLs that hold credentials. It repeats nothing of what may be one.
func checkURL(urls string) error {
	if urls == "" {
		return nil
	}
	for u := range strings.SplitSeq(urls, ",") {
		parsed, err := url.Parse(strings.TrimSpace(u))
		switch {
		case err != nil || parsed.Host == "" || parsed.Scheme != "nats" && parsed.Scheme != "tls":
			return invalid("the server's URL cannot be read; write nats://host:port or tls://host:port, with commas between several")
		case parsed.User != nil:
			return invalid("the server's URL holds credentials; put them into a file and name that")
		}
	}
	return nil
}

const (
	floorLeast = 64 << 20
	floorMost  = 1 << 30
)

// freeFloor returns the floor of free space in bytes; 0 means none.
func (o Options) freeFloor() int64 {
	if o.Dir == "" {
		return 0
	}
	if o.MinFree != 0 {
		return max(o.MinFree, 0)
	}
	_, total, err := o.Space(o.Dir)
	if err != nil {
		return 0
	}
	return min(max(total/20, floorLeast), floorMost)
}
