package sinktest

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // what CRAM-MD5 is made of
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Certificate returns a certificate of 127.0.0.1 and of example.com, and who vouches for it.
func Certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return s.TLS.Certificates[0], roots
}

// MailOptions say what a mail server is like. The zero value takes everything on an open line.
type MailOptions struct {
	Certificate *tls.Certificate // nil: without TLS
	Implicit    bool             // TLS from the start, instead of STARTTLS
	User        string
	Password    string
	Mechanisms  []string // PLAIN, LOGIN, CRAM-MD5
}

// Mail is a mail that was taken.
type Mail struct {
	From  string
	To    []string
	Data  []byte
	Plain bool // over an open line
	Auth  string
}

// Header returns a header of the mail.
func (m *Mail) Header(name string) string {
	parsed, err := mail.ReadMessage(bytes.NewReader(m.Data))
	if err != nil {
		return ""
	}
	return parsed.Header.Get(name)
}

// MailServer is a server that mail is submitted to.
type MailServer struct {
	Address string
	options MailOptions

	mu struct {
		sync.Mutex
		mails  []Mail
		refuse map[string][]error // what is said to a recipient, once each
		onData []error
		hangUp int
	}
}

// NewMailServer starts a server on this machine that ends with the test.
func NewMailServer(t testing.TB, o MailOptions) *MailServer {
	t.Helper()
	m := &MailServer{options: o}
	m.mu.refuse = map[string][]error{}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: m, conn: c}, nil }))
	s.Domain = "example.com"
	s.AllowInsecureAuth = true // so that a client could be careless
	s.ErrorLog = log.New(io.Discard, "", 0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.Address = listener.Addr().String()
	if o.Certificate != nil {
		config := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{*o.Certificate}}
		if o.Implicit {
			listener = tls.NewListener(listener, config)
		} else {
			s.TLSConfig = config
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-done
	})
	return m
}

// Mails returns what was taken, in order.
func (m *MailServer) Mails() []Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.mu.mails)
}

// Refuse lets the server answer a recipient so, once for each code.
func (m *MailServer) Refuse(address string, codes ...int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, code := range codes {
		m.mu.refuse[address] = append(m.mu.refuse[address], smtpError(code))
	}
}

// RefuseData lets the server answer the next mail so, when it has all of it.
func (m *MailServer) RefuseData(code int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mu.onData = append(m.mu.onData, smtpError(code))
}

// HangUp lets the server take the next mail and go away instead of saying so.
func (m *MailServer) HangUp() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mu.hangUp++
}

func smtpError(code int) error {
	text := map[int]string{450: "Greylisted, try again later", 451: "Local error", 550: "No such user here", 552: "Message too big", 554: "Rejected"}[code]
	if text == "" {
		text = "No"
	}
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: text}
}

type session struct {
	server *MailServer
	conn   *smtp.Conn
	mail   Mail
	auth   string
}

var _ smtp.AuthSession = (*session)(nil)

func (s *session) open() bool {
	_, secret := s.conn.TLSConnectionState()
	return !secret
}

func (s *session) AuthMechanisms() []string { return s.server.options.Mechanisms }

func (s *session) Auth(mechanism string) (sasl.Server, error) {
	o := &s.server.options
	check := func(user, password string) error {
		if s.open() {
			return errors.New("a password came over an open line")
		}
		if user != o.User || password != o.Password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "Authentication failed"}
		}
		s.auth = mechanism
		return nil
	}
	switch mechanism {
	case "PLAIN":
		return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
	case "LOGIN":
		return &loginServer{check: check}, nil
	case "CRAM-MD5":
		return &cramServer{user: o.User, password: o.Password, check: check}, nil
	}
	return nil, smtp.ErrAuthUnknownMechanism
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.options.User != "" && s.auth == "" {
		return smtp.ErrAuthRequired
	}
	s.mail = Mail{From: from, Plain: s.open(), Auth: s.auth}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	m := s.server
	m.mu.Lock()
	defer m.mu.Unlock()
	if no := m.mu.refuse[to]; len(no) > 0 {
		m.mu.refuse[to] = no[1:]
		return no[0]
	}
	s.mail.To = append(s.mail.To, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m := s.server
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.mu.onData) > 0 {
		err, m.mu.onData = m.mu.onData[0], m.mu.onData[1:]
		return err
	}
	s.mail.Data = data
	m.mu.mails = append(m.mu.mails, s.mail)
	if m.mu.hangUp > 0 {
		m.mu.hangUp--
		return s.conn.Conn().Close()
	}
	return nil
}

func (s *session) Reset() { s.mail = Mail{} }

func (*session) Logout() error { return nil }

// loginServer asks for name and password one after the other.
type loginServer struct {
	check func(user, password string) error
	step  int
	user  string
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	l.step++
	switch l.step {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.user = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(response))
}

// cramServer is CRAM-MD5 (RFC 2195).
type cramServer struct {
	user, password string
	check          func(user, password string) error
	asked          bool
}

const cramChallenge = "<1896.697170952@example.com>"

func (c *cramServer) Next(response []byte) (challenge []byte, done bool, err error) {
	if !c.asked {
		c.asked = true
		return []byte(cramChallenge), false, nil
	}
	h := hmac.New(md5.New, []byte(c.password))
	_, _ = h.Write([]byte(cramChallenge))
	if want := fmt.Sprintf("%s %s", c.user, hex.EncodeToString(h.Sum(nil))); !strings.EqualFold(want, string(response)) {
		return nil, true, c.check("", "")
	}
	return nil, true, c.check(c.user, c.password)
}
