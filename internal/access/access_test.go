package access

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var day = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// seeded is randomness that is the same every time.
func seeded(seed uint64) io.Reader {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return mathrand.NewChaCha8(key)
}

func minted(t testing.TB, seed uint64, role Role, expires time.Time) (Token, string) {
	t.Helper()
	token, secret, err := Mint(seeded(seed), role, fmt.Sprintf("token %d", seed), day, expires)
	if err != nil {
		t.Fatal(err)
	}
	return token, secret
}

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time       { return c.at }
func (c *clock) move(d time.Duration) { c.at = c.at.Add(d) }
func opened(t testing.TB, path string, required bool) (*Tokens, *clock) {
	t.Helper()
	c := &clock{day.Add(time.Hour)}
	tokens, err := Open(path, required, c.now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return tokens, c
}

func TestRolesIncludeThoseBelow(t *testing.T) {
	for role := None; role <= Admin; role++ {
		for needed := None; needed <= Admin; needed++ {
			if got := role.Allows(needed); got != (role >= needed) {
				t.Errorf("%v allows %v: %v", role, needed, got)
			}
		}
		if parsed, err := ParseRole(role.String()); (role == None) != (err != nil) || parsed != role {
			t.Errorf("%v is parsed as %v, %v", role, parsed, err)
		}
	}
}

func TestTokensAreRandomAndHashed(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		token, secret, err := Mint(rand.Reader, Read, "a", day, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if seen[secret] || seen[token.ID] || !Looks(secret) || strings.Contains(fmt.Sprintf("%+v", token), secret) {
			t.Fatalf("the token %+v", token)
		}
		if token.hash != sha256.Sum256([]byte(secret)) {
			t.Fatal("another hash")
		}
		seen[secret], seen[token.ID] = true, true
	}
	for _, c := range []struct {
		role    Role
		name    string
		expires time.Time
	}{
		{None, "a", time.Time{}}, {Admin + 1, "a", time.Time{}}, {Read, "", time.Time{}}, {Read, " a", time.Time{}}, {Read, "a\n", time.Time{}},
		{Read, strings.Repeat("a", MaxName+1), time.Time{}}, {Read, "a\xff", time.Time{}}, {Read, "a", day}, {Read, "a", day.Add(500 * time.Millisecond)},
		{Read, "a", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		if _, secret, err := Mint(rand.Reader, c.role, c.name, day, c.expires); !errors.Is(err, ErrInvalid) || secret != "" {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, _, err := Mint(bytes.NewReader(nil), Read, "a", day, time.Time{}); err == nil {
		t.Error("a token of no randomness")
	}
	for _, s := range []string{"", "swell_", "swell_" + strings.Repeat("a", 42), "swell_" + strings.Repeat("+", 43), "Swell_" + strings.Repeat("a", 43)} {
		if Looks(s) {
			t.Errorf("%q looks like a token", s)
		}
	}
}

func TestFilesComeBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var want []Token
		for i := range rapid.IntRange(0, 8).Draw(rt, "tokens") {
			name := rapid.StringMatching(`[a-zä€ ]{0,9}[a-zä€]`).Draw(rt, "name")
			var expires time.Time
			if rapid.Bool().Draw(rt, "expires") {
				expires = day.Add(time.Duration(rapid.IntRange(1, 1e6).Draw(rt, "after")) * time.Second)
			}
			token, _, err := Mint(seeded(uint64(i)), Role(rapid.IntRange(1, 3).Draw(rt, "role")), strings.TrimSpace(name), day, expires)
			if err != nil {
				rt.Fatal(err)
			}
			want = append(want, token)
		}
		got, err := parseFile("f", appendFile(nil, want))
		if err != nil || !reflect.DeepEqual(got, want) {
			rt.Fatalf("got %+v, %v\nwant %+v", got, err, want)
		}
	})
}

func TestErrorsOfFilesSayWhere(t *testing.T) {
	one, _ := minted(t, 1, Write, time.Time{})
	good := string(appendFile(nil, []Token{one}))
	line := strings.SplitAfter(good, "\n")[1]
	for text, want := range map[string]string{
		"":                   "f:1:1: the line is cut short",
		"swell tokens 2\n":   "f:1:1: this is no file of tokens",
		fileHead:             "f:1:15: the line is cut short",
		good + "\n":          "f:3:1: ",
		good + line:          "f:3:1: the ID " + one.ID + " is there twice",
		good[:len(good)-1]:   "the line is cut short",
		fileHead + "\nabc\n": "f:2:1: ",
		strings.Replace(good, one.ID, "iiiiiiii", 1):                                       "f:2:1: this is no ID",
		strings.Replace(good, " write ", " root ", 1):                                      "f:2:10: this is no role",
		strings.Replace(good, " write ", "  write ", 1):                                    "f:2:10: this is no role",
		strings.Replace(good, fmt.Sprintf("%x", one.hash), "00", 1):                        "f:2:16: this is no SHA-256",
		strings.Replace(good, fmt.Sprintf("%x", one.hash), fmt.Sprintf("%X", one.hash), 1): "f:2:16: this is no SHA-256",
		strings.Replace(good, "Z - ", "+00:00 - ", 1):                                      "f:2:81: this is no time in UTC",
		strings.Replace(good, " - ", " 2026-06-01T11:00:00Z ", 1):                          "f:2:102: the token expires before it was made",
		strings.Replace(good, "token 1", "", 1):                                            "f:2:104: a name has",
		strings.Replace(good, "token 1", "a\tb", 1):                                        "f:2:104: a name has",
		strings.Repeat("x", maxFile+1):                                                     "f is longer than",
	} {
		_, err := parseFile("f", []byte(text))
		if !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.150q gives %v, want %q in it", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), fmt.Sprintf("%x", one.hash)) {
			t.Errorf("the error tells a hash: %v", err)
		}
	}
}

// FuzzFile: a file is read as it would be written, or refused with its place.
func FuzzFile(f *testing.F) {
	one, _ := minted(f, 1, Read, time.Time{})
	two, _ := minted(f, 2, Admin, day.Add(time.Hour))
	f.Add(appendFile(nil, nil))
	f.Add(appendFile(nil, []Token{one, two}))
	f.Add([]byte(fileHead + "\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tokens, err := parseFile("f", data)
		if err != nil {
			if !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), ": f") {
				t.Fatalf("an error without its place: %v", err)
			}
			return
		}
		if again := appendFile(nil, tokens); !bytes.Equal(again, data) {
			t.Fatalf("%q is read as if it were %q", data, again)
		}
	})
}

func TestAddAndRevoke(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	if all, err := List(path); err != nil || len(all) != 0 {
		t.Fatalf("of no file: %v, %v", all, err)
	}
	one, _ := minted(t, 1, Read, time.Time{})
	two, _ := minted(t, 2, Write, day.Add(time.Hour))
	for _, token := range []Token{one, two} {
		if err := Add(path, token); err != nil {
			t.Fatal(err)
		}
	}
	if err := Add(path, one); !errors.Is(err, ErrInvalid) {
		t.Errorf("twice: %v", err)
	}
	if all, err := List(path); err != nil || !reflect.DeepEqual(all, []Token{one, two}) {
		t.Errorf("%+v, %v", all, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if gone, err := Revoke(path, one.ID); err != nil || gone != one {
		t.Errorf("revoked %+v, %v", gone, err)
	}
	if _, err := Revoke(path, one.ID); !errors.Is(err, ErrInvalid) {
		t.Errorf("revoked twice: %v", err)
	}
	if all, err := List(path); err != nil || !reflect.DeepEqual(all, []Token{two}) {
		t.Errorf("%+v, %v", all, err)
	}
	if err := os.WriteFile(path+".lock", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Add(path, one); !errors.Is(err, ErrLocked) {
		t.Errorf("beside another: %v", err)
	}
	if err := os.Remove(path + ".lock"); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o622); err != nil {
		t.Fatal(err)
	}
	if _, err := List(path); !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that others write: %v", err)
	}
}

// Concurrent changes are all made or refused: none is lost.
func TestChangesExcludeEachOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	results := make(chan error)
	const n = 16
	for i := range n {
		token, _ := minted(t, uint64(i), Read, time.Time{})
		go func() { results <- Add(path, token) }()
	}
	added := 0
	for range n {
		switch err := <-results; {
		case err == nil:
			added++
		case !errors.Is(err, ErrLocked):
			t.Error(err)
		}
	}
	if all, err := List(path); err != nil || len(all) != added || added == 0 {
		t.Errorf("%d were added, %d are there, %v", added, len(all), err)
	}
}

func TestTokensAreFollowed(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	tokens, clock := opened(t, path, false)
	if tokens.Required() {
		t.Error("a token is needed where there is none")
	}
	one, secret := minted(t, 1, Write, day.Add(48*time.Hour))
	if err := Add(path, one); err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Check(secret); !errors.Is(err, ErrUnknown) || tokens.Required() {
		t.Error("the file was looked at again at once")
	}
	clock.move(time.Second)
	got, err := tokens.Check(secret)
	if err != nil || got != one || !tokens.Required() {
		t.Errorf("%+v, %v, required %v", got, err, tokens.Required())
	}
	for _, wrong := range []string{"", secret[:len(secret)-1], secret + "a", strings.ToUpper(secret), prefix} {
		if _, err := tokens.Check(wrong); !errors.Is(err, ErrUnknown) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	clock.move(48 * time.Hour)
	if _, err := tokens.Check(secret); !errors.Is(err, ErrExpired) {
		t.Errorf("after its end: %v", err)
	}
	clock.move(-24 * time.Hour) // a clock that is set back
	if _, err := Revoke(path, one.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Check(secret); !errors.Is(err, ErrUnknown) || !tokens.Required() {
		t.Errorf("revoked: %v, required %v", err, tokens.Required())
	}
	if err := Add(path, one); err != nil {
		t.Fatal(err)
	}
	clock.move(time.Second)
	if _, err := tokens.Check(secret); err != nil {
		t.Errorf("given anew: %v", err)
	}
	for what, spoil := range map[string]func() error{
		"damaged": func() error { return os.WriteFile(path, []byte("x"), 0o600) },
		"gone":    func() error { return os.Remove(path) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		clock.move(time.Second)
		if _, err := tokens.Check(secret); !errors.Is(err, ErrUnknown) || !tokens.Required() {
			t.Errorf("%s: %v, required %v", what, err, tokens.Required())
		}
	}
}

func TestOpenRefusesWhatItCannotRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	if err := os.WriteFile(path, []byte("x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, false, time.Now, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrFile) {
		t.Errorf("got %v", err)
	}
	if tokens, _ := opened(t, filepath.Join(t.TempDir(), "none"), true); !tokens.Required() || tokens.Len() != 0 {
		t.Error("no token is needed although one has to be")
	}
}

// Against a bucket that is counted by hand, at any rate and times.
func TestRatesAreKept(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		per := rapid.SampledFrom([]float64{0.5, 1, 4, 32}).Draw(rt, "rate") // exact in binary
		burst := rapid.IntRange(1, 20).Draw(rt, "burst")
		c := &clock{day}
		l := NewLimiter(Limits{PerSecond: per, Burst: burst}, c.now)
		have, last := map[string]float64{}, map[string]time.Time{}
		for range rapid.IntRange(1, 100).Draw(rt, "requests") {
			c.move(time.Duration(rapid.IntRange(0, 8).Draw(rt, "eighths")) * time.Second / 8)
			name := rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "client")
			if at, known := last[name]; known {
				have[name] = min(float64(burst), have[name]+c.at.Sub(at).Seconds()*per)
			} else {
				have[name] = float64(burst)
			}
			last[name] = c.at
			want := have[name] >= 1
			if want {
				have[name]--
			}
			v := l.Admit(name)
			if v.OK != want || v.Remaining != int(have[name]) || (v.Done != nil) != want {
				rt.Fatalf("%+v, want %v with %v left", v, want, have[name])
			}
			if !v.OK {
				c.move(v.Reset) // a promise
				have[name], last[name] = 0, c.at
				if !l.Admit(name).OK {
					rt.Fatal("refused after the time that it was told to wait")
				}
			}
		}
	})
}

func TestClientsAtOnce(t *testing.T) {
	l := NewLimiter(Limits{AtOnce: 2}, func() time.Time { return day })
	one, two := l.Admit("a"), l.Admit("a")
	if !one.OK || !two.OK || l.Admit("a").OK || !l.Admit("a").Crowded || !l.Admit("b").OK {
		t.Error("not two at once")
	}
	one.Done()
	one.Done() // once is all it counts
	if !l.Admit("a").OK || l.Admit("a").OK {
		t.Error("not one more")
	}
}

func TestClientsAreBounded(t *testing.T) {
	l := NewLimiter(Limits{PerSecond: 1, Burst: 1, AtOnce: 1}, func() time.Time { return day })
	l.Admit("busy")
	for i := range 3 * maxClients {
		if v := l.Admit(fmt.Sprint(i)); v.OK {
			v.Done()
		}
	}
	if n := l.Clients(); n != maxClients {
		t.Errorf("%d clients", n)
	}
	if l.Admit("busy").OK {
		t.Error("a client of whom something is being answered was forgotten")
	}
}

func TestClientOf(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.7:40312": "192.0.2.7", "[::ffff:192.0.2.7]:1": "192.0.2.7", "[::1]:9": "::1", "[2001:db8:1:2:3:4:5:6]:1": "2001:db8:1:2::/64",
		"[2001:db8:1:2:ffff::]:2": "2001:db8:1:2::/64", "[fe80::7%eth0]:1": "fe80::/64", "": "?", "@": "?", "192.0.2.7": "?",
	} {
		if got := ClientOf(remote); got != want {
			t.Errorf("%q is %q, want %q", remote, got, want)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	path := filepath.Join(b.TempDir(), FileName)
	one, secret := minted(b, 1, Read, time.Time{})
	if err := os.WriteFile(path, appendFile(nil, []Token{one}), 0o600); err != nil {
		b.Fatal(err)
	}
	tokens, _ := opened(b, path, true)
	for b.Loop() {
		if _, err := tokens.Check(secret); err != nil {
			b.Fatal(err)
		}
	}
}
