package sink

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// transact hands a mail over for those that the server takes. It returns those that it takes later, and an error if
// it took it for nobody.
func (m *email) transact(ctx context.Context, to []mail.Address, content []byte) ([]refusal, *Error) {
	c, e := m.connect(ctx)
	if e != nil {
		return nil, e
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	if err := c.Mail("<" + m.from.Address + ">"); err != nil {
		return nil, m.judge("does not take mail from "+m.from.Address, err)
	}
	var never, later []refusal
	for _, a := range to {
		err := c.Rcpt("<" + a.Address + ">")
		switch code := codeOf(err); {
		case err == nil:
		case code >= 500:
			never = append(never, refusal{a.Address, err})
		case code >= 400:
			later = append(later, refusal{a.Address, err})
		default:
			return nil, m.judge("broke off at the recipients", err)
		}
	}
	if len(never)+len(later) == len(to) {
		all := slices.Concat(later, never)
		e := m.judge("does not take mail for "+names(all), all[0].err)
		e.Permanent = len(later) == 0
		return nil, e
	}
	w, err := c.Data()
	if err != nil {
		return nil, m.judge("does not take the mail", err)
	}
	if _, err := w.Write(content); err != nil {
		return nil, m.judge("broke off within the mail", err)
	}
	if err := w.Close(); err != nil {
		e := m.judge("does not take the mail", err)
		e.Doubt = codeOf(err) == 0 // the end was sent, and nothing was answered
		return nil, e
	}
	_ = c.Quit() // it has it, whatever it says now
	if len(never) > 0 {
		m.log.Warn("the mail server took a mail for some recipients only; the others have to be taken out of to", "sink", m.name,
			"refused", names(never), "error", m.answered(never[0].err))
	}
	return later, nil
}

func names(refused []refusal) string {
	out := make([]string, len(refused))
	for i, r := range refused {
		out[i] = r.address
	}
	return strings.Join(out, ", ")
}

// codeOf returns the code of an answer, 0 for an error of the line.
func codeOf(err error) int {
	var p *textproto.Error
	if errors.As(err, &p) {
		return p.Code
	}
	return 0
}

// connect returns a line to the server on which mail can be sent, as secret as it has to be.
func (m *email) connect(ctx context.Context) (*smtp.Client, *Error) {
	dial, cancel := context.WithTimeout(ctx, m.network.timeout)
	defer cancel()
	conn, err := m.network.dial(dial, "tcp", m.address)
	if err != nil {
		return nil, m.judge("was not reached", err)
	}
	if err := conn.SetDeadline(m.deadline(ctx)); err != nil {
		_ = conn.Close()
		return nil, m.judge("was not reached", err)
	}
	if m.tls == tlsImplicit {
		conn = tls.Client(conn, m.network.tls(m.host))
	}
	c, err := greet(conn, m.host)
	if err != nil {
		return nil, m.judge("did not greet", err)
	}
	if e := m.open(c); e != nil {
		_ = c.Close()
		return nil, e
	}
	return c, nil
}

func greet(conn net.Conn, host string) (*smtp.Client, error) {
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		_ = conn.Close()
	}
	return c, err
}

// open says who we are, goes over to TLS and shows the password, in this order.
func (m *email) open(c *smtp.Client) *Error {
	if err := c.Hello(helo(m.from.Address)); err != nil {
		return m.judge("does not answer to EHLO", err)
	}
	if m.tls == tlsStart {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return Permanentf("the mail server does not offer STARTTLS on this port: use tls = %q with its other port (mostly 465)", tlsImplicit)
		}
		if err := c.StartTLS(m.network.tls(m.host)); err != nil {
			return m.judge("did not go over to TLS", err)
		}
	}
	if m.user == "" {
		return nil
	}
	ok, offered := c.Extension("AUTH")
	if !ok {
		return Permanentf("the mail server takes no user and password: leave them out, or ask for its port of submission (587 or 465)")
	}
	auth, err := m.auth(strings.Fields(strings.ToUpper(offered)))
	if err != nil {
		return Permanentf("%v", err)
	}
	if err := c.Auth(auth); err != nil {
		e := m.judge("does not take user and password", err)
		e.Doubt = false
		return e
	}
	return nil
}

// auth returns the best of the ways to show the password that the server offers. The line is secret by now.
func (m *email) auth(offered []string) (smtp.Auth, error) {
	password := m.password.reveal()
	switch {
	case slices.Contains(offered, "PLAIN"):
		return smtp.PlainAuth("", m.user, password, m.host, false), nil
	case slices.Contains(offered, "LOGIN"):
		return smtp.LoginAuth(m.user, password, m.host, false), nil
	case slices.Contains(offered, "CRAM-MD5"):
		return smtp.CRAMMD5Auth(m.user, password), nil
	}
	return nil, fmt.Errorf("the mail server takes a password as %.100q only: PLAIN, LOGIN and CRAM-MD5 are known here", strings.Join(offered, " "))
}

// helo is the name by which we call ourselves: that of the sender's domain, for the name of this machine is nobody's
// business.
func helo(address string) string {
	_, domain, ok := strings.Cut(address, "@")
	if !ok {
		return "localhost"
	}
	return domain
}
