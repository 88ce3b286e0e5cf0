package app

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/access"
)

// selfSigned writes a certificate for localhost and its key.
func selfSigned(t *testing.T, dir string, serial int64) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{"localhost"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	err = errors.Join(os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), 0o600),
		os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	return certFile, keyFile
}

func newSecret(t *testing.T, path string, role access.Role) string {
	t.Helper()
	token, secret, err := access.Mint(rand.Reader, role, role.String(), liveClock, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if err := access.Add(path, token); err != nil {
		t.Fatal(err)
	}
	return secret
}

// An endpoint that other machines can reach asks for a token, speaks TLS, and still gives
// a backup to whoever owns the data directory; and no token gets into the backup.
func TestExposedEndpoint(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "d")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	o := liveOptions(data)
	o.Now = time.Now // sockets keep real time
	o.Listen, o.Log = "0.0.0.0:0", slog.New(slog.NewTextHandler(&log, nil))
	o.Endpoint.Rate = -1
	if err := Serve(context.Background(), o); !errors.Is(err, ErrListen) || !strings.Contains(err.Error(), "swell token add") {
		t.Fatalf("without a token: %v", err)
	}
	tokens := filepath.Join(data, access.FileName)
	read, write := newSecret(t, tokens, access.Read), newSecret(t, tokens, access.Write)
	o.Endpoint.Certificate, o.Endpoint.Key = selfSigned(t, dir, 1)
	s := startLive(t, o)
	if !strings.HasPrefix(s.address, "https://127.0.0.1:") {
		t.Fatalf("it is asked at %s", s.address)
	}
	ask := func(method, path, secret string, body io.Reader) *http.Response {
		t.Helper()
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
		defer client.CloseIdleConnections()
		req, err := http.NewRequest(method, s.address+path, body)
		if err != nil {
			t.Fatal(err)
		}
		if secret != "" {
			req.Header.Set("Authorization", "Bearer "+secret)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp
	}
	record := func() io.Reader {
		return strings.NewReader(fmt.Sprintf(`{"ts":%d,"platform":"x","id":"1","author":"a","tags":["Tide"]}`, time.Now().Unix()))
	}
	for _, c := range []struct {
		method, path, secret string
		status               int
	}{
		{"GET", "/-/healthy", "", 200}, {"GET", "/api/v1/status", "", 401}, {"GET", "/api/v1/status", read, 200}, {"POST", "/api/v1/records", read, 403},
		{"POST", "/api/v1/records", write, 202}, {"GET", "/-/backup", write, 401}, {"GET", "/-/backup", "", 401},
	} {
		resp := ask(c.method, c.path, c.secret, record())
		if resp.StatusCode != c.status || resp.ProtoMajor != 2 || resp.TLS.Version < tls.VersionTLS12 {
			t.Errorf("%s %s: status %d by %s", c.method, c.path, resp.StatusCode, resp.Proto)
		}
		if c.path != "/-/backup" && resp.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s %s: no Strict-Transport-Security", c.method, c.path)
		}
		if c.status == 200 && c.secret != "" && resp.Header.Get("RateLimit-Policy") != `"client";q=200;w=2` {
			t.Errorf("%s %s: RateLimit-Policy %q", c.method, c.path, resp.Header.Get("RateLimit-Policy"))
		}
	}
	host := strings.TrimPrefix(s.address, "https://")
	if _, err := tls.Dial("tcp", host, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	if _, err := tls.Dial("tcp", host, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}}); err == nil {
		t.Error("a cipher without authentication is spoken")
	}

	file := filepath.Join(dir, "backup")
	if _, err := Backup(context.Background(), BackupOptions{Data: data, File: file, Version: "v", Now: o.Now, Log: o.Log}); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(file)
	if err != nil || len(kept) == 0 {
		t.Fatal(err)
	}
	restored := filepath.Join(dir, "r")
	if _, err := Restore(context.Background(), RestoreOptions{Data: restored, File: file, Log: o.Log}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(restored, access.FileName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the backup has the tokens: %v", err)
	}
	s.end()
	for what, text := range map[string]string{"the log": log.String(), "the backup": string(kept)} {
		for _, secret := range []string{read, write} {
			if strings.Contains(text, secret) {
				t.Errorf("%s has a token", what)
			}
		}
	}
	if !strings.Contains(log.String(), "answers to localhost alone") {
		t.Errorf("it does not say that it answers to localhost alone: %s", log.String())
	}
}

// On this machine alone nobody needs a token, until there is one.
func TestATokenClosesTheEndpoint(t *testing.T) {
	o := liveOptions(t.TempDir())
	s := startLive(t, o)
	status := func() int {
		resp, err := http.Get(s.address + "/api/v1/status")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	if got := status(); got != http.StatusOK {
		t.Fatalf("status %d", got)
	}
	newSecret(t, filepath.Join(o.Data, access.FileName), access.Read)
	for status() != http.StatusUnauthorized { // once its clock, which moves by being asked, is a second further
		for range 100_000 {
			o.Now()
		}
	}
	s.end()
	if err := os.WriteFile(filepath.Join(o.Data, access.FileName), []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Serve(context.Background(), o); !errors.Is(err, ErrListen) || !errors.Is(err, access.ErrFile) {
		t.Errorf("with a damaged file: %v", err)
	}
}

func TestEndpointOptions(t *testing.T) {
	for _, o := range []EndpointOptions{{Certificate: "a"}, {Key: "a"}} {
		if o.Validate() == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	for _, c := range []struct {
		rate    float64
		exposed bool
		want    access.Limits
	}{
		{-1, false, access.Limits{Burst: 1}}, {-1, true, access.Limits{PerSecond: ExposedRate, Burst: 2 * ExposedRate, AtOnce: exposedAtOnce}},
		{0, true, access.Limits{Burst: 1, AtOnce: exposedAtOnce}}, {2.5, false, access.Limits{PerSecond: 2.5, Burst: 5}}, {0.1, false, access.Limits{PerSecond: 0.1, Burst: 1}},
	} {
		if got := (&EndpointOptions{Rate: c.rate}).limits(c.exposed); got != c.want {
			t.Errorf("%+v gives %+v", c, got)
		}
	}
	for host, want := range map[string]bool{"localhost": false, "127.0.0.1": false, "127.8.8.8": false, "::1": false, "": true, "0.0.0.0": true, "192.0.2.1": true, "radar.example": true} {
		if exposed(host) != want {
			t.Errorf("%q is exposed: %v", host, !want)
		}
	}
	for at, want := range map[string]string{"127.0.0.1:7": "127.0.0.1:7", "0.0.0.0:7": "127.0.0.1:7", "[::]:7": "127.0.0.1:7", "192.0.2.1:7": "192.0.2.1:7"} {
		a, err := net.ResolveTCPAddr("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		if got := within(a); got != want {
			t.Errorf("%s is asked at %s, want %s", at, got, want)
		}
	}
	if got := ownNames("radar.example:7", &net.TCPAddr{IP: net.IPv6zero, Port: 7}, []string{"a.example"}); fmt.Sprint(got) != "[a.example radar.example]" {
		t.Errorf("it answers to %v", got)
	}
	for remote, local := range map[string]string{"127.0.0.1:1": "", "192.0.2.1:1": "192.0.2.1:7310", "192.0.2.2:1": "192.0.2.1:7310", "x": "192.0.2.1:7310"} {
		r := &http.Request{RemoteAddr: remote}
		if a, err := net.ResolveTCPAddr("tcp", local); err == nil && local != "" {
			r = r.WithContext(context.WithValue(context.Background(), http.LocalAddrContextKey, a))
		}
		if want := remote == "127.0.0.1:1" || remote == "192.0.2.1:1"; fromHere(r) != want {
			t.Errorf("%s at %s is from here: %v", remote, local, !want)
		}
	}
}
