package access

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pair writes a certificate of its own and its key.
func pair(t testing.TB, dir string, serial int64, until time.Time) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "swell"}, DNSNames: []string{"localhost"},
		NotBefore: until.Add(-time.Hour), NotAfter: until}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: der}} {
		// A new file, as those write it who renew certificates.
		if err := errors.Join(os.WriteFile(file+".new", pem.EncodeToMemory(block), 0o600), os.Rename(file+".new", file)); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

func TestCertificatesAreFollowed(t *testing.T) {
	dir, c := t.TempDir(), &clock{day}
	var log bytes.Buffer
	cert, err := LoadCertificate(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), c.now, slog.New(slog.NewTextHandler(&log, nil)))
	if !errors.Is(err, ErrCertificate) || !strings.Contains(err.Error(), "cert.pem") {
		t.Fatalf("of no files: %v, %v", cert, err)
	}
	certFile, keyFile := pair(t, dir, 1, day.Add(time.Hour))
	if cert, err = LoadCertificate(certFile, keyFile, c.now, slog.New(slog.NewTextHandler(&log, nil))); err != nil {
		t.Fatal(err)
	}
	serial := func() int64 {
		got, err := cert.Config().GetCertificate(&tls.ClientHelloInfo{})
		if err != nil {
			t.Fatal(err)
		}
		return got.Leaf.SerialNumber.Int64()
	}
	old, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	pair(t, dir, 2, day.Add(2*time.Hour))
	fresh, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(keyFile, old, 0o600); err != nil { // half of the change
		t.Fatal(err)
	}
	if got := serial(); got != 1 {
		t.Errorf("at once: %d", got)
	}
	for range 2 {
		c.move(time.Second)
		if got := serial(); got != 1 {
			t.Errorf("half changed: %d", got)
		}
	}
	if err := os.WriteFile(keyFile, fresh, 0o600); err != nil {
		t.Fatal(err)
	}
	c.move(time.Second)
	if got := serial(); got != 2 {
		t.Errorf("changed: %d", got)
	}
	if text := log.String(); !strings.Contains(text, "the one before is shown") || !strings.Contains(text, "a new certificate is shown") || strings.Contains(text, "PRIVATE") {
		t.Errorf("the log: %s", text)
	}
	pair(t, dir, 3, day.Add(-time.Hour))
	if _, err := LoadCertificate(certFile, keyFile, c.now, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrCertificate) || !strings.Contains(err.Error(), "renew") {
		t.Errorf("of the past: %v", err)
	}
}
