package sink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/message"
)

// The ways in which a line to a mail server is made secret.
const (
	tlsStart    = "starttls"
	tlsImplicit = "implicit"
	tlsNone     = "none"
)

// email sends mail by a server that takes it for others (submission, RFC 6409).
type email struct {
	base
	network  *network
	address  string // host:port
	host     string
	tls      string
	user     string
	password secret
	from     mail.Address
	to       []mail.Address
}

func makeEmail(b base, c Config, n *network) (Sink, error) {
	m := &email{base: b, network: n, address: c.Server, tls: c.TLS, user: c.User}
	if m.tls == "" {
		m.tls = tlsStart
	}
	host, port, err := net.SplitHostPort(c.Server)
	if p, perr := strconv.Atoi(port); err != nil || perr != nil || host == "" || p < 1 || p > 65535 {
		return nil, fmt.Errorf("server = %.200q: write host:port, as in mail.example.org:587", c.Server)
	}
	m.host = host
	if err := n.literal("server", host); err != nil {
		return nil, err
	}
	switch m.tls {
	case tlsStart, tlsImplicit:
	case tlsNone:
		if !loopback(host) {
			return nil, fmt.Errorf("tls = %q: mail would cross a network in the open; only a server on this machine (127.0.0.1 or ::1) may be spoken to without TLS", m.tls)
		}
		if !c.Private {
			return nil, fmt.Errorf("tls = %q is for a server on this machine, which is connected to only with private = true", m.tls)
		}
		if c.User != "" {
			return nil, fmt.Errorf("user = %.100q: no password is sent without TLS; leave user and password out, or use tls = %q", c.User, tlsStart)
		}
	default:
		return nil, fmt.Errorf("tls = %.40q: there are starttls, implicit and none", m.tls)
	}
	if m.password, err = n.secrets.get("password", c.Password); err != nil {
		return nil, err
	}
	if (c.User == "") != m.password.empty() {
		return nil, errors.New("user and password: one of them is there without the other")
	}
	return m, m.addresses(&c)
}

func (m *email) addresses(c *Config) error {
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return fmt.Errorf("from = %.200q is no address, as in Swell <swell@example.org>", c.From)
	}
	m.from = *from
	const mostRecipients = 50
	if len(c.To) > mostRecipients {
		return fmt.Errorf("to has %d addresses: at most %d are possible; use a list of the mail server", len(c.To), mostRecipients)
	}
	for _, s := range c.To {
		a, err := mail.ParseAddress(s)
		if err != nil {
			return fmt.Errorf("to = %.200q is no address, as in a@example.org", s)
		}
		if slices.ContainsFunc(m.to, func(b mail.Address) bool { return strings.EqualFold(a.Address, b.Address) }) {
			return fmt.Errorf("to = %.200q is there twice", s)
		}
		m.to = append(m.to, *a)
	}
	return nil
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// Recognises implements [Sink]: the Message-ID is the same in every attempt, by which mailboxes know a repeat.
func (*email) Recognises() bool { return true }

// Send implements [Sink]. Every recipient gets it once: of those that were told to come back later, only they are
// tried in the next attempt.
func (m *email) Send(ctx context.Context, msg *message.Message) error {
	if err := unfollowed(msg); err != nil {
		return err
	}
	key := markOf("mail", msg.ID)
	to, e := m.left(key)
	if e != nil {
		return e
	}
	body, err := m.compose(msg)
	if err != nil {
		return Permanentf("the mail cannot be written: %v", err)
	}
	var content bytes.Buffer
	if _, err := body.WriteTo(&content); err != nil {
		return Permanentf("the mail cannot be written: %v", err)
	}
	later, e := m.transact(ctx, to, settled(content.Bytes(), msg.ID))
	if e != nil {
		return e
	}
	if len(later) > 0 {
		return m.keep(key, later)
	}
	if len(to) < len(m.to) { // nothing was kept otherwise
		if err := m.memory.Remember(key, nil); err != nil {
			m.log.Warn("cannot forget who a mail was for", "sink", m.name, "error", err)
		}
	}
	return nil
}

// left returns those who have not got a message yet.
func (m *email) left(key string) ([]mail.Address, *Error) {
	data, err := m.memory.Recall(key)
	if err != nil {
		return nil, &Error{Reason: fmt.Sprintf("cannot recall who has the mail: %v", err)}
	}
	if data == nil {
		return m.to, nil
	}
	var kept []string
	if err := json.Unmarshal(data, &kept); err != nil {
		return m.to, nil // better twice than not at all
	}
	var out []mail.Address
	for _, a := range m.to {
		if slices.Contains(kept, a.Address) {
			out = append(out, a)
		}
	}
	if len(out) == 0 {
		return m.to, nil
	}
	return out, nil
}

// refusal is a recipient that the server did not take.
type refusal struct {
	address string
	err     error
}

// keep remembers who is still to get a message that others have got.
func (m *email) keep(key string, later []refusal) error {
	var names []string
	for _, r := range later {
		names = append(names, r.address)
	}
	data, err := json.Marshal(names)
	if err == nil {
		err = m.memory.Remember(key, data)
	}
	if err != nil {
		return Permanentf("%d recipients have the mail, and %d cannot be remembered: %v", len(m.to)-len(later), len(later), err)
	}
	return &Error{Reason: fmt.Sprintf("the mail server takes the mail for %s later: %s", strings.Join(names, ", "), m.answered(later[0].err))}
}

// answered is an error of SMTP in short.
func (m *email) answered(err error) string {
	var p *textproto.Error
	if errors.As(err, &p) {
		return m.network.said(&reply{status: p.Code, body: []byte(p.Msg)})
	}
	return m.network.reason(err)
}

// judge says what an error of SMTP means: 4xx is for now, 5xx for good.
func (m *email) judge(step string, err error) *Error {
	e := &Error{Permanent: permanent(err), Reason: fmt.Sprintf("the mail server %s: %s", step, m.answered(err))}
	var p *textproto.Error
	if errors.As(err, &p) && p.Code >= 500 {
		e.Permanent = true
	}
	return e
}

// deadline is when an exchange that begins now has to be over.
func (m *email) deadline(ctx context.Context) time.Time {
	at := time.Now().Add(m.network.timeout)
	if d, ok := ctx.Deadline(); ok && d.Before(at) {
		return d
	}
	return at
}
