package app

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/swell-radar/swell/internal/alert"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/feed"
	"github.com/swell-radar/swell/internal/message"
	notes "github.com/swell-radar/swell/internal/note"
	"github.com/swell-radar/swell/internal/outbox"
	"github.com/swell-radar/swell/internal/serve"
	"github.com/swell-radar/swell/internal/sink"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// NotifyOptions say who is told of what, and where. The zero value: alerts are found and shown, and nothing is sent.
type NotifyOptions struct {
	// Sinks makes the sinks, by name. What one of them keeps over restarts goes into its memory. Nil: there are none.
	Sinks      func(memory func(name string) sink.Memory) (map[string]outbox.Target, error)
	Recipients []*alert.Recipient
	Digests    []DailyDigest // by name
	// Base is how people reach the endpoint: links in messages begin with it. Empty: by its address.
	Base string
}

// notifier finds what is worth telling, and has it sent. It is made before the endpoint, which shows what it has.
type notifier struct {
	NotifyOptions
	store  *store.Store
	desk   *alert.Desk
	outbox *outbox.Outbox
	demo   bool
	now    func() time.Time
	log    *slog.Logger
	words  func(list string, asOf time.Time) []api.AlertWord // that come with a watch list
	counts termCounter                                       // of who mentions one

	digests []*digester // made by begin
	guarded bool        // the endpoint asks for a token; known by begin
}

func newNotifier(o NotifyOptions, s *store.Store, demo bool, now func() time.Time, log *slog.Logger) (*notifier, error) {
	n := &notifier{NotifyOptions: o, store: s, demo: demo, now: now, log: log}
	sinks := map[string]outbox.Target{}
	var err error
	if o.Sinks != nil {
		if sinks, err = o.Sinks(SinkMemory(s)); err != nil {
			return nil, err
		}
	}
	if n.desk, err = openDesk(s, log); err != nil {
		return nil, err
	}
	n.checkRules()
	n.outbox, err = outbox.Open(outbox.Options{Drawer: s, Sinks: sinks, Now: now, Jitter: jitter, Unwanted: n.unwanted, Log: log})
	return n, err
}

// unwanted returns why an alert that waits is not to be sent to a sink any more: the service may have been away, and
// people have decided since, or rest by now.
func (n *notifier) unwanted(sink string, m *message.Message) (why string) {
	if m.Kind != message.Alert || m.Alert == nil {
		return ""
	}
	now := n.now()
	if why := n.desk.KeptBack(m.Alert, now); why != "" {
		return why
	}
	for _, r := range n.Recipients {
		if !slices.Contains(r.Sinks, sink) || !slices.ContainsFunc(m.Alert.Told, func(t api.AlertTold) bool { return t.Recipient == r.Name && t.How == alert.HowSent }) {
			continue
		}
		if why = r.Rests(m.Alert.Severity, now); why == "" {
			return ""
		}
	}
	return why
}

// checkRules tells of recipients that ask for rules which there are not: they may be made later, or are misspelt.
func (n *notifier) checkRules() {
	for _, r := range n.Recipients {
		for _, name := range r.Rules {
			if _, err := n.desk.Rule(name); err != nil {
				n.log.Warn("a recipient asks for alerts of a rule that there is not (yet)", "recipient", r.Name, "rule", name)
			}
		}
	}
}

// openDesk opens the alerts of a data directory.
func openDesk(s *store.Store, log *slog.Logger) (*alert.Desk, error) {
	desk, damaged, err := alert.Open(s)
	for _, lost := range damaged {
		log.Error("a part of what is known of alerts is lost", "err", lost)
	}
	return desk, err
}

// openNotes opens what people have written beside terms.
func openNotes(s *store.Store, log *slog.Logger) (*notes.Book, error) {
	book, damaged, err := notes.Open(s)
	for _, lost := range damaged {
		log.Error("a note is lost", "err", lost)
	}
	return book, err
}

// begin makes what needs the endpoint.
func (n *notifier) begin(server *serve.Server, address string, guarded bool) {
	n.guarded = guarded
	if n.Base == "" {
		n.Base = address
	}
	for _, d := range n.Digests {
		n.digests = append(n.digests, &digester{
			DailyDigest: d, drawer: n.store, outbox: n.outbox, ask: server.Digest, base: n.Base, guarded: guarded, demo: n.demo, now: n.now, log: n.log,
		})
	}
}

// run works until ctx ends.
func (n *notifier) run(ctx context.Context, server *serve.Server, events *feed.Feed) {
	for _, d := range n.digests {
		d.counted = func() time.Time {
			if v := events.Now().View(); v.AsOf > 0 {
				return time.Unix(v.AsOf, 0)
			}
			return time.Time{}
		}
	}
	var all sync.WaitGroup
	all.Go(func() { n.outbox.Run(ctx) })
	for _, d := range n.digests {
		all.Go(func() { d.run(ctx) })
	}
	a := &alerter{
		desk: n.desk, outbox: n.outbox, store: n.store, recipients: n.Recipients, lists: server.JudgedLists, words: n.words, counts: n.counts,
		company: func(ctx context.Context, list string) ([]api.Related, error) {
			return server.Company(ctx, term.Watch, list, maxCompany)
		},
		base: n.Base, guarded: n.guarded, demo: n.demo, now: n.now, log: n.log,
	}
	all.Go(func() { a.run(ctx, events) })
	all.Wait()
}

// SendDigest puts a digest into the outbox that was or was not sent before, under an ID of its own. It returns the messages.
func (n *notifier) SendDigest(ctx context.Context, name, date string) ([]string, error) {
	var names []string
	for _, d := range n.digests {
		if d.Name == name {
			return d.again(ctx, date)
		}
		names = append(names, d.Name)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%w, nor any other; make one under [digests] in the configuration", serve.ErrNoDigest)
	}
	return nil, fmt.Errorf("%w; there are %s", serve.ErrNoDigest, strings.Join(names, ", "))
}
