package record

import (
	"bytes"
	"fmt"
	"maps"
	"mime"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
)

// Recorder writes every exchange into a folder: NNN-HOST-PATH.EXT, the body, and the same
// with .head, what came before it. What was asked for behind the '?' of an address is in neither.
type Recorder struct {
	dir    string
	redact *redactor

	mu    sync.Mutex
	n     int
	files []string
	err   error
}

// mostFiles is how much one recording keeps; a stream would go on for ever.
const mostFiles = 200

// New returns a recorder that writes into dir, which is made if there is none. The
// secret makes the pseudonyms: with another one they are others.
func New(dir string, r scrapers.Redaction, secret []byte) (*Recorder, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("cannot record into %s: %w", dir, err)
	}
	return &Recorder{dir: dir, redact: newRedactor(r, secret)}, nil
}

// Tap keeps an exchange: it is for the option of that name of scrapers/fetch. Beyond 200 it keeps none.
func (r *Recorder) Tap(e fetch.Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil || r.n == mostFiles {
		return
	}
	r.n++
	r.err = r.write(e)
}

func (r *Recorder) write(e fetch.Exchange) error {
	mediaType, _, _ := mime.ParseMediaType(e.Header.Get("Content-Type"))
	asked := r.redact.queryOf(e.URL)
	body, ext := e.Body, ".bin"
	if !e.Binary {
		body, ext = r.redact.body(mediaType, e.Body)
		body = asked.within(body)
	}
	name := filepath.Join(r.dir, fmt.Sprintf("%03d-%s%s", r.n, slug(e.URL), ext))
	var head bytes.Buffer
	fmt.Fprintf(&head, "%s %s\n%d\n", e.Method, r.redact.text(asked.shown), e.Status)
	for _, h := range slices.Sorted(maps.Keys(e.Header)) {
		if h == "Set-Cookie" {
			continue // is for whoever asked
		}
		fmt.Fprintf(&head, "%s: %s\n", h, asked.within([]byte(r.redact.text(strings.Join(e.Header[h], ", ")))))
	}
	for path, data := range map[string][]byte{name: body, strings.TrimSuffix(name, ext) + ".head": head.Bytes()} {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return fmt.Errorf("cannot record: %w", err)
		}
	}
	r.files = append(r.files, name)
	return nil
}

// Files returns the bodies that were kept, in the order they came, and why no more were.
func (r *Recorder) Files() ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.files), r.err
}

// slug makes an address the name of a file.
func slug(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "page"
	}
	name := []byte(strings.ToLower(u.Hostname() + u.Path))
	for i, c := range name {
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.') {
			name[i] = '-'
		}
	}
	return strings.Trim(string(name[:min(len(name), 60)]), "-.")
}
