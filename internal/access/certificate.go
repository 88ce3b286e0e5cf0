package access

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Certificate is a certificate chain and its key, as two files hold them now. Make it
// with [LoadCertificate].
type Certificate struct {
	watch
	mu struct {
		sync.Mutex
		now *tls.Certificate
	}
}

// LoadCertificate reads certificate and key from PEM files. Errors wrap
// [ErrCertificate], name the files and say nothing of what the key holds.
//
// When the files change they are read again; as long as what is there then cannot be
// used, as between the replacing of the one and of the other, the pair before is shown.
func LoadCertificate(certFile, keyFile string, now func() time.Time, log *slog.Logger) (*Certificate, error) {
	c := &Certificate{watch: watch{now: now, log: log, paths: []string{certFile, keyFile}}}
	c.changed()
	pair, err := c.read()
	c.mu.now = pair
	return c, err
}

func (c *Certificate) read() (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(c.paths[0], c.paths[1])
	if err != nil {
		return nil, fmt.Errorf("%w: certificate %s, key %s: %w", ErrCertificate, c.paths[0], c.paths[1], err)
	}
	if leaf := pair.Leaf; leaf != nil && c.now().After(leaf.NotAfter) {
		return nil, fmt.Errorf("%w: that in %s is good until %s only; renew it", ErrCertificate, c.paths[0], leaf.NotAfter.UTC().Format(time.RFC3339))
	}
	return &pair, nil
}

func (c *Certificate) current() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changed() {
		if pair, err := c.read(); err != nil {
			c.log.Error("the new certificate cannot be used; the one before is shown", "reason", err)
			// Half of a change was seen, perhaps: it is looked at again.
			c.states[0] = nil
		} else {
			c.mu.now = pair
			c.log.Info("a new certificate is shown", "file", c.paths[0], "until", pair.Leaf.NotAfter.UTC())
		}
	}
	return c.mu.now
}

// Config returns the settings of a server that shows the certificate: TLS 1.2 with
// forward secrecy and authenticated ciphers alone, or TLS 1.3; HTTP/2 and HTTP/1.1.
func (c *Certificate) Config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{ // of TLS 1.2; those of 1.3 are all like that
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current(), nil },
	}
}
