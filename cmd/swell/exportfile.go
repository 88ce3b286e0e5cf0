package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// part is a file on its way. Its name tells of what it is a part, so that no bytes of two
// versions of a file come together; bytes of one are the same whoever writes them.
type part struct {
	file *os.File
	have int64 // bytes
	keep bool  // for a later run
}

// openPart opens what is there of a file that will be at out, given what it is and its tag.
// What has no tag cannot be gone on with.
func openPart(out, what, etag string) (*part, error) {
	sum := sha256.Sum256([]byte(what + " " + etag))
	name, mode := fmt.Sprintf("%s.%s.part", out, hex.EncodeToString(sum[:6])), os.O_CREATE
	if etag == "" {
		name, mode = fmt.Sprintf("%s.%d.part", out, os.Getpid()), os.O_CREATE|os.O_EXCL
	}
	f, err := os.OpenFile(name, os.O_WRONLY|mode, 0o666)
	if err != nil {
		return nil, err
	}
	p := &part{file: f, keep: etag != ""}
	if p.have, err = f.Seek(0, io.SeekEnd); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return p, nil
}

// Write adds to what is there.
func (p *part) Write(b []byte) (int, error) {
	n, err := p.file.WriteAt(b, p.have)
	p.have += int64(n)
	return n, err
}

// done puts the whole file in place.
func (p *part) done(out string, size int64, etag string) error {
	err := p.file.Truncate(size) // a part may be longer where it was not this file's
	if err == nil {
		err = p.file.Sync()
	}
	if err := closed(p.file, err); err != nil {
		return err
	}
	if err := verify(p.file.Name(), etag); err != nil {
		return errors.Join(err, os.Remove(p.file.Name()))
	}
	return os.Rename(p.file.Name(), out)
}

// verify compares a file with its tag, where that is the SHA-256 of the content.
func verify(name, etag string) error {
	want, err := hex.DecodeString(strings.Trim(etag, `"`))
	if err != nil || len(want) != sha256.Size {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if !bytes.Equal(sum.Sum(nil), want) {
		return errors.New("what came is not what the server has, by its SHA-256; ask again")
	}
	return nil
}

// leave ends a file that is not whole.
func (p *part) leave() error {
	err := p.file.Close()
	if !p.keep || p.have == 0 {
		err = errors.Join(err, os.Remove(p.file.Name()))
	}
	return err
}

// mostBreaks is how often a connection may break in one run.
const mostBreaks = 5

var errOtherFile = errors.New("the server's file has become another one")

// fill fetches what is missing of a file.
func (q *session) fill(ctx context.Context, p *part, path string, query url.Values, etag string, size int64) error {
	for breaks := 0; p.have < size || size < 0; breaks++ {
		before := p.have
		err := q.fetch(ctx, p, path, query, etag)
		switch {
		case err == nil && (size < 0 || p.have == size):
			return nil
		case err == nil:
			err = fmt.Errorf("%w: it has %d bytes, not %d", errOtherFile, p.have, size)
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case p.have == before, breaks == mostBreaks, errors.Is(err, errOtherFile):
			return err
		}
		fmt.Fprintf(q.err, "the connection is lost behind %d of %d bytes (%s); again\n", p.have, size, printable(err.Error()))
		if err := rest(ctx, time.Second); err != nil {
			return err
		}
	}
	return nil
}

// fetch asks once for what is missing of a file.
func (q *session) fetch(ctx context.Context, p *part, path string, query url.Values, etag string) error {
	f, stop, err := q.file(ctx, path, query, p.have, etag)
	if err != nil {
		return err
	}
	defer stop()
	if f.ETag != etag {
		return errOtherFile
	}
	p.have = f.From
	_, err = io.Copy(p, f)
	if err == nil && f.Size >= 0 && p.have < f.Size {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// file asks for a file, whose reading ends with an error when nothing comes for as long as
// an answer may take. What it returns second has to be called.
func (q *session) file(ctx context.Context, path string, query url.Values, from int64, etag string) (*api.File, func(), error) {
	alive, stop := context.WithCancelCause(ctx)
	silence := fmt.Errorf("nothing came for %s; give it longer with --timeout", q.limit)
	watchdog := time.AfterFunc(q.limit, func() { stop(silence) })
	end := func() {
		watchdog.Stop()
		stop(nil)
	}
	f, err := q.File(alive, path, query, from, etag)
	if err != nil {
		defer end()
		if context.Cause(alive) == silence {
			err = silence
		}
		return nil, nil, err
	}
	f.ReadCloser = &impatient{ReadCloser: f.ReadCloser, alive: alive, again: func() { watchdog.Reset(q.limit) }}
	return f, func() { f.Close(); end() }, nil
}

// impatient reads until nothing comes for too long.
type impatient struct {
	io.ReadCloser
	alive context.Context
	again func()
}

func (r *impatient) Read(b []byte) (int, error) {
	n, err := r.ReadCloser.Read(b)
	if n > 0 {
		r.again()
	}
	if err != nil && err != io.EOF && r.alive.Err() != nil {
		err = context.Cause(r.alive)
	}
	return n, err
}
