package api

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Event is one event of GET /api/v1/stream.
type Event struct {
	ID   string // to go on behind it; empty: none was told yet
	Name string // what happened
	Data []byte // JSON
}

// maxEvent is the longest event that is taken, in bytes.
const maxEvent = 8 << 20

// Events are the events of one connection, read by one goroutine.
type Events struct {
	body   io.Closer
	parser *eventParser
	name   string
}

// Stream asks for the events behind the one with the given ID, or from now on. The query
// has the parameters of GET /api/v1/stream. What it returns has to be closed.
func (c Client) Stream(ctx context.Context, query url.Values, lastID string) (*Events, error) {
	header := http.Header{"Cache-Control": {"no-store"}}
	if lastID != "" {
		header.Set("Last-Event-ID", lastID)
	}
	resp, err := c.send(ctx, http.MethodGet, StreamPath, query, nil, TypeEvents, header)
	if err != nil {
		return nil, err
	}
	if err := c.expect(resp, TypeEvents); err != nil {
		resp.Body.Close()
		return nil, err
	}
	return &Events{body: resp.Body, parser: newEventParser(resp.Body, lastID, maxEvent), name: c.name()}, nil
}

// Next waits for the next event and returns it, or [io.EOF] where the connection ended
// between two events. Signs of life (comments) are told as events without a name and
// without data.
func (e *Events) Next() (Event, error) {
	ev, err := e.parser.next()
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, ErrAnswer) {
		err = fmt.Errorf("cannot read the events of %s: %w", e.name, err)
	}
	return ev, err
}

// Retry returns how long the server wants to be left alone before the next connection;
// 0: it did not say.
func (e *Events) Retry() time.Duration { return e.parser.retry }

// Close ends the connection.
func (e *Events) Close() error { return e.body.Close() }

// eventParser reads a stream of events as the HTML standard has it (9.2.6).
type eventParser struct {
	lines *bufio.Scanner
	id    string
	retry time.Duration
	first bool // no line was read yet
	most  int  // bytes of an event
}

func newEventParser(r io.Reader, lastID string, most int) *eventParser {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4<<10), most)
	lines.Split(eventLines())
	return &eventParser{lines: lines, id: lastID, first: true, most: most}
}

func (p *eventParser) next() (Event, error) {
	var data []byte
	name, any := "", false
	for p.lines.Scan() {
		line := p.lines.Bytes()
		if p.first {
			line, p.first = bytes.TrimPrefix(line, []byte("\ufeff")), false
		}
		if len(line) == 0 {
			if any {
				return Event{ID: p.id, Name: eventName(name), Data: data[:len(data)-1]}, nil
			}
			name = ""
			continue
		}
		field, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(field) {
		case "":
			if !any {
				return Event{ID: p.id}, nil // a comment
			}
		case "data":
			if len(data)+len(value) > p.most {
				return Event{}, fmt.Errorf("%w: an event has more than %d bytes", ErrAnswer, p.most)
			}
			data, any = append(append(data, value...), '\n'), true
		case "event":
			name = string(value)
		case "id":
			if bytes.IndexByte(value, 0) < 0 {
				p.id = string(value)
			}
		case "retry":
			if ms, err := strconv.ParseUint(string(value), 10, 31); err == nil {
				p.retry = time.Duration(ms) * time.Millisecond
			}
		}
	}
	err := p.lines.Err()
	switch {
	case errors.Is(err, bufio.ErrTooLong):
		return Event{}, fmt.Errorf("%w: an event has more than %d bytes", ErrAnswer, p.most)
	case err != nil:
		return Event{}, err
	}
	return Event{}, io.EOF // what was begun and not ended does not count
}

func eventName(name string) string {
	if name == "" {
		return "message"
	}
	return name
}

// eventLines splits at LF, CR LF and CR. Behind a CR it does not wait for what follows:
// that may take long to come.
func eventLines() bufio.SplitFunc {
	afterCR := false
	return func(data []byte, atEOF bool) (int, []byte, error) {
		skipped := 0
		if afterCR && len(data) > 0 {
			afterCR = false
			if data[0] == '\n' {
				data, skipped = data[1:], 1
			}
		}
		i := bytes.IndexAny(data, "\r\n")
		switch {
		case i >= 0:
			afterCR = data[i] == '\r'
			return skipped + i + 1, data[:i], nil
		case atEOF && len(data) > 0:
			return skipped + len(data), data, nil
		}
		return skipped, nil, nil
	}
}
