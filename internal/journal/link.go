package journal

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// maxPayload is the largest entry of an embedded server, which is the most
	// that the server takes without a warning.
	maxPayload = 8 << 20

	// payloadSlack is what the headers of a message take, with room to spare.
	payloadSlack = 4 << 10

	startTimeout = 30 * time.Second
)

// link is a connection to a server, and the server where it is embedded. It is
// replaced, never changed, when an embedded server starts again.
type link struct {
	srv *server.Server // nil outside
	log *serverLog     // nil outside
	nc  *nats.Conn
	js  jetstream.JetStream

	dirs dirs   // the committer's, once the link is in use
	next uint64 // the number behind the entries that stand in the files, before the server came

	ctx    context.Context // ends with the journal's life, or when the log tells of trouble
	cancel context.CancelFunc
}

// startEmbedded starts a server in this process that listens nowhere. It verifies
// the journal first, as long as ctx lasts, and returns once the server has recovered
// it. The link ends with life.
func startEmbedded(ctx, life context.Context, o Options) (*link, error) {
	id, _, err := storedID(o.Dir, o.Stream)
	if err != nil {
		return nil, err
	}
	if err := belongs(o.Stream, id, o.ID); err != nil {
		return nil, err
	}
	found := newScan(o.Dir, o.Stream)
	if err := found.run(ctx); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err // before the server recovers, which it does to its end
	}
	if found.report.Torn > 0 {
		o.Log.Warn("the journal ends with an entry that was not finished; it is cut off", "bytes", found.report.Torn, "next", found.report.Next)
	}
	l := &link{next: found.report.Next}
	l.ctx, l.cancel = context.WithCancel(life)
	log := newServerLog(o.Log, l.cancel)
	srv, err := server.NewServer(&server.Options{
		ServerName:         "swell",
		DontListen:         true,
		JetStream:          true,
		StoreDir:           o.Dir,
		SyncAlways:         true,
		JetStreamMaxStore:  1 << 60, // the floor of free space is the bound
		JetStreamMaxMemory: 1 << 20, // nothing is kept in memory
		MaxPayload:         maxPayload,
		NoSigs:             true,
	})
	if err != nil {
		l.cancel()
		return nil, fmt.Errorf("cannot make the journal's server: %w", err)
	}
	srv.SetLoggerV2(log, false, false, false)
	srv.Start()
	l.srv, l.log = srv, log
	if !srv.ReadyForConnections(startTimeout) || !srv.JetStreamEnabled() {
		_, why := log.trouble()
		l.close()
		return nil, fmt.Errorf("cannot start the journal in %s: %s", o.Dir, orElse(why, "its server did not come up; its log says why"))
	}
	l.nc, err = nats.Connect("", nats.InProcessServer(srv), nats.Name("swell"), nats.NoReconnect())
	if err == nil {
		l.js, err = jetstream.New(l.nc)
	}
	if err != nil {
		l.close()
		return nil, fmt.Errorf("cannot connect to the journal in %s: %w", o.Dir, err)
	}
	return l, nil
}

// connectOutside connects to servers that are already running, and stays
// connected as they come and go.
func connectOutside(life context.Context, o Options) (*link, error) {
	opts := []nats.Option{
		nats.Name("swell"), nats.Timeout(5 * time.Second),
		nats.MaxReconnects(-1), nats.ReconnectWait(200 * time.Millisecond), nats.ReconnectJitter(100*time.Millisecond, 100*time.Millisecond),
		nats.ReconnectBufSize(-1), // what cannot be sent now is an error now
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				o.Log.Warn("the journal's server is gone", "error", err)
			}
		}),
		nats.ReconnectHandler(func(nc *nats.Conn) {
			o.Log.Warn("the journal's server is back", "server", nc.ConnectedServerName())
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			o.Log.Warn("the journal's connection", "error", err)
		}),
	}
	if o.Creds != "" {
		opts = append(opts, nats.UserCredentials(o.Creds))
	}
	if o.NKey != "" {
		nkey, err := nats.NkeyOptionFromSeed(o.NKey)
		if err != nil {
			return nil, fmt.Errorf("cannot read the nkey's seed in %s", o.NKey)
		}
		opts = append(opts, nkey)
	}
	if o.CA != "" {
		opts = append(opts, nats.RootCAs(o.CA))
	}
	if o.Cert != "" {
		opts = append(opts, nats.ClientCert(o.Cert, o.Key))
	}
	nc, err := nats.Connect(o.URL, opts...)
	if err != nil {
		return nil, fmt.Errorf("cannot connect to the journal's server at %s: %w; see that it runs, and that credentials and certificates are right", o.URL, err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		nc.Close()
		return nil, fmt.Errorf("cannot use the journal's server at %s: %w", o.URL, err)
	}
	l := &link{nc: nc, js: js}
	l.ctx, l.cancel = context.WithCancel(life)
	return l, nil
}

// trouble returns what the log of an embedded server told first, and its words.
func (l *link) trouble() (trouble, string) {
	if l.log == nil {
		return noTrouble, ""
	}
	return l.log.trouble()
}

// ranOut says whether an embedded server stopped for want of room.
func (l *link) ranOut() bool {
	what, _ := l.trouble()
	return what == diskFull
}

// payload returns how large an entry may be.
func (l *link) payload() int { return int(min(l.nc.MaxPayload(), maxPayload)) - payloadSlack }

func (l *link) close() {
	l.cancel()
	if l.nc != nil {
		l.nc.Close()
	}
	if l.srv != nil {
		l.srv.Shutdown()
		l.srv.WaitForShutdown()
	}
}

// prepare makes the stream, if it is missing, and returns its configuration and
// state. Everything that an embedded server has made by then is on the disk.
func (l *link) prepare(ctx context.Context, o Options, first uint64) (*jetstream.StreamInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	info, err := l.ensureStream(ctx, o, first)
	if err != nil || l.srv == nil {
		return info, err
	}
	if _, next := streamBounds(info.State); next < l.next {
		return nil, &GapError{From: next, To: l.next - 1}
	}
	l.dirs, err = openDirs(o.Dir, o.Stream)
	return info, err
}

func subject(stream string) string { return "swell.journal." + stream }

// blocksDir returns the directory where an embedded server keeps the entries.
func blocksDir(dir, stream string) string {
	return filepath.Join(dir, "jetstream", "$G", "streams", stream, "msgs")
}

// ensureStream creates the stream if it is missing, with the given first number,
// and otherwise refuses one that would lose entries or belongs to another data
// directory. One without an ID gets ours.
func (l *link) ensureStream(ctx context.Context, o Options, first uint64) (*jetstream.StreamInfo, error) {
	forgotten := false
	s, err := l.js.Stream(ctx, o.Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		s, forgotten, err = l.createStream(ctx, o, first)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot open stream %s of the journal: %w", o.Stream, err)
	}
	info := s.CachedInfo()
	if why := unfit(info.Config, o); why != "" {
		return nil, fmt.Errorf("%w: stream %s %s; name another stream, or set this one right", ErrForeign, o.Stream, why)
	}
	if err := belongs(o.Stream, info.Config.Metadata[idKey], o.ID); err != nil {
		return nil, err
	}
	if forgotten || o.ID != "" && info.Config.Metadata[idKey] == "" {
		if s, err = l.setConfig(ctx, info.Config, o.ID); err != nil {
			return nil, err
		}
		info = s.CachedInfo()
	}
	return info, nil
}

// createStream creates the stream. Where an embedded server has forgotten one whose
// files are there, it takes over the entries in them, and what is created has the
// ID in them; its configuration has to be stored again for the server to know it.
func (l *link) createStream(ctx context.Context, o Options, first uint64) (s jetstream.Stream, forgotten bool, err error) {
	if first == 1 || l.next > 1 {
		first = 0 // as streams begin anyhow; one with entries would lose those below
	}
	id := o.ID
	if l.srv != nil {
		stored, there, err := storedID(o.Dir, o.Stream)
		if err != nil {
			return nil, false, err
		}
		if there {
			id, forgotten = stored, true
		}
	}
	var metadata map[string]string
	if id != "" {
		metadata = map[string]string{idKey: id}
	}
	s, err = l.js.CreateStream(ctx, jetstream.StreamConfig{
		Name:        o.Stream,
		Description: "batches of records, in the order in which they were accepted",
		Subjects:    []string{subject(o.Stream)},
		Storage:     jetstream.FileStorage,
		Replicas:    o.Replicas,
		Discard:     jetstream.DiscardNew,
		MaxMsgs:     -1,
		MaxBytes:    -1,
		AllowDirect: true,
		DenyDelete:  true,
		FirstSeq:    first,
		Metadata:    metadata,
	})
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another process was first, with another ID
		s, err = l.js.Stream(ctx, o.Stream)
	}
	return s, forgotten, err
}

// unfit says what is wrong with a stream that was not made here, or "".
func unfit(c jetstream.StreamConfig, o Options) string {
	limited := c.MaxMsgs > 0 || c.MaxBytes > 0 || c.MaxMsgsPerSubject > 0
	switch {
	case len(c.Subjects) != 1 || c.Subjects[0] != subject(o.Stream):
		return fmt.Sprintf("has the subjects %s and not %s", strings.Join(c.Subjects, ", "), subject(o.Stream))
	case c.Storage != jetstream.FileStorage:
		return "is not kept in files"
	case c.Retention != jetstream.LimitsPolicy:
		return "drops what was read"
	case c.MaxAge > 0:
		return fmt.Sprintf("drops entries after %v", c.MaxAge)
	case limited && c.Discard != jetstream.DiscardNew:
		return "drops old entries when it is full"
	case c.NoAck || c.PersistMode != jetstream.DefaultPersistMode:
		return "does not acknowledge what is on the disk"
	case !c.AllowDirect:
		return "does not allow direct reads"
	case c.Sealed || c.DenyPurge:
		return "is sealed or cannot be trimmed"
	}
	return ""
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
