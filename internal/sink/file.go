package sink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/digest"
	"github.com/swell-radar/swell/internal/message"
)

// alertsFile is the file of alerts in the folder of a sink.
const alertsFile = "alerts.ndjson"

// file writes alerts as lines of JSON into one file, and each digest into one of its own. What was written is on the
// disk when Send returns.
type file struct {
	base
	dir, format string
}

func makeFile(b base, c Config, _ *network) (Sink, error) {
	if c.Format == "" {
		c.Format = api.DigestHTML
	}
	formats := []string{api.DigestHTML, api.DigestMarkdown, api.DigestJSON, api.DigestText}
	if !slices.Contains(formats, c.Format) {
		return nil, fmt.Errorf("format = %.40q: there are %s", c.Format, strings.Join(formats, ", "))
	}
	return &file{b, c.Dir, c.Format}, nil
}

// Recognises implements [Sink]: a line is there once, and a digest replaces itself.
func (*file) Recognises() bool { return true }

// Follows implements [Sink].
func (*file) Follows() bool { return true }

// Send implements [Sink].
func (f *file) Send(_ context.Context, m *message.Message) error {
	if err := os.MkdirAll(f.dir, 0o777); err != nil {
		return f.failed(err)
	}
	if m.Kind == message.Digest {
		return f.digest(m)
	}
	line, err := json.Marshal(eventOf(m))
	if err != nil {
		return Permanentf("cannot write the message as JSON: %v", err)
	}
	if err := appendOnce(filepath.Join(f.dir, alertsFile), m.ID, append(line, '\n')); err != nil {
		return f.failed(err)
	}
	return nil
}

// failed is an error of the disk: space and rights come back when somebody looks after them.
func (f *file) failed(err error) *Error {
	return &Error{Reason: fmt.Sprintf("cannot write into dir = %q: %v", f.dir, err)}
}

func (f *file) digest(m *message.Message) error {
	d, err := f.digests.render(m.Digest, digest.Style{Audience: m.Audience, Format: f.format, Base: pageBase(m)})
	if err != nil {
		return Permanentf("%v", err)
	}
	name := m.Audience
	if m.Name != "" {
		name = m.Name
	}
	path := filepath.Join(f.dir, "digest-"+strings.Map(inName, name)+"-"+strings.Map(inName, m.Digest.Date)+"."+f.format)
	if err := replace(path, d.Body); err != nil {
		return f.failed(err)
	}
	return nil
}

// inName leaves of a text what may stand in the name of a file.
func inName(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
		return r
	}
	return '_'
}

// replace puts a whole new file at path or leaves what is there.
func replace(path string, data []byte) error {
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes names in a folder last.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrInvalid) || errors.Is(err, fs.ErrPermission) {
		err = nil // folders cannot be synced here
	}
	return errors.Join(err, d.Close())
}

// recent is how much of the end of a file is searched for a line that is there already. Messages are repeated within
// days, and a line has some kilobytes.
const recent = 8 << 20

// appendOnce appends a line with an ID, if none with it is there. What a crash left of a line is cut off first: it was
// not acknowledged, so it comes again. Meanwhile nobody else writes: lines would go into each other.
func appendOnce(path, id string, line []byte) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := lockFile(f); err != nil {
		return err
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	from := max(0, size-recent)
	tail := make([]byte, size-from)
	if _, err := io.ReadFull(io.NewSectionReader(f, from, size-from), tail); err != nil {
		return err
	}
	whole := bytes.LastIndexByte(tail, '\n') + 1
	switch {
	case whole == 0 && from > 0:
		return fmt.Errorf("%s has no end of line in its last %d bytes: it is no file of this sink", path, recent)
	case hasLine(tail[:whole], id):
		return f.Sync() // it may be there since a moment before a crash
	}
	end := from + int64(whole)
	if end < size {
		if err := f.Truncate(end); err != nil {
			return err
		}
	}
	if _, err := f.WriteAt(line, end); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func hasLine(lines []byte, id string) bool {
	begin := []byte(`{"id":"` + id + `",`)
	for line := range bytes.Lines(lines) {
		if bytes.HasPrefix(line, begin) {
			return true
		}
	}
	return false
}
