package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

// head is what every answer says of itself.
type head struct {
	Demo     bool          `json:"demo"`
	AsOf     *time.Time    `json:"as_of"`
	Coverage *api.Coverage `json:"coverage"`
}

const (
	// littleSeen is the coverage below which an answer is worth a warning.
	littleSeen = 0.95
	// oldAnswer is how far a server may be behind without one: lateness and a pane, and
	// some patience.
	oldAnswer = time.Hour
)

// warn says on standard error what makes an answer worth less.
func (q *session) warn(h head) {
	if h.Demo {
		fmt.Fprintln(q.err, "DEMO: all posts, names and numbers are made up. None of it is real.")
	}
	if c := h.Coverage; c != nil && float64(c.Share) < littleSeen {
		fmt.Fprintf(q.err, "coverage is %s%s: what was not seen is missing, not zero\n", console.Share(float64(c.Share)), printable(worst(c)))
	}
	asked := q.flags.Lookup("at") != nil && q.flags.Changed("at")
	if age := q.age(h.AsOf); age > oldAnswer && !asked && !q.local {
		fmt.Fprintf(q.err, "as of %s, which is %s ago: the server is behind, or counts an archive\n", console.Minute(*h.AsOf), console.Span(age))
	}
}

func (q *session) age(asOf *time.Time) time.Duration {
	if asOf == nil {
		return 0
	}
	return q.now.Sub(*asOf)
}

// worst names the platforms that were seen least.
func worst(c *api.Coverage) string {
	var low []string
	for _, p := range c.Platforms {
		if float64(p.Share) < littleSeen {
			low = append(low, fmt.Sprintf("%s %s", p.Platform, console.Share(float64(p.Share))))
		}
	}
	if len(low) == 0 {
		return ""
	}
	return " (" + strings.Join(low, ", ") + ")"
}

// title begins a table: what it shows, as of when, and how much of that was seen.
func title(what string, h head) string {
	if h.AsOf == nil {
		return what + ": nothing has been counted yet\n"
	}
	line := what + " as of " + console.Minute(*h.AsOf)
	if h.Coverage != nil {
		line += ", coverage " + console.Share(float64(h.Coverage.Share))
	}
	return line + "\n"
}

// print writes a table, or another text for people, at once.
func (q *session) print(b *strings.Builder) error { return write(q.out, b.String()) }

func write(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("cannot print the answer: %w", err)
	}
	return nil
}

// data is standard output for what programs read.
func (q *session) data() io.Writer {
	if q.terminal {
		return harmless{q.out}
	}
	return q.out
}

// answer asks for a path and prints what comes in the form that was asked for: as a table
// by the function, which is given the whole answer, or as it came.
func answer[T any](ctx context.Context, q *session, path string, query url.Values, table func(*strings.Builder, *T)) error {
	if q.format != asTable && q.format != asJSON {
		_, err := q.rows(ctx, path, query, false)
		return err
	}
	body, h, err := q.whole(ctx, path, query)
	if err != nil {
		return err
	}
	return show(q, body, h, table)
}

// show prints an answer as JSON or as a table, and the warnings that go with it.
func show[T any](q *session, body []byte, h head, table func(*strings.Builder, *T)) (err error) {
	if q.format == asJSON {
		err = q.printJSON(body)
	} else {
		var out T
		if err := json.Unmarshal(body, &out); err != nil {
			return fmt.Errorf("%w: that of %s cannot be read: %w", api.ErrAnswer, q.Base, err)
		}
		var b strings.Builder
		table(&b, &out)
		err = q.print(&b)
	}
	if err == nil {
		q.warn(h)
	}
	return err
}

// whole returns an answer in JSON, and what it says of itself.
func (q *session) whole(ctx context.Context, path string, query url.Values) ([]byte, head, error) {
	var h head
	body, err := q.Body(ctx, path, query, asJSON)
	if err != nil {
		return nil, h, err
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, h, err
	}
	if err := json.Unmarshal(data, &h); err != nil {
		return nil, h, fmt.Errorf("%w: that of %s cannot be read: %w", api.ErrAnswer, q.Base, err)
	}
	return data, h, nil
}

// printJSON prints an answer as it came, in lines.
func (q *session) printJSON(body []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, body, "", "  "); err != nil {
		return fmt.Errorf("%w: that of %s cannot be read: %w", api.ErrAnswer, q.Base, err)
	}
	if b.Len() == 0 || b.Bytes()[b.Len()-1] != '\n' {
		b.WriteByte('\n')
	}
	if _, err := q.data().Write(b.Bytes()); err != nil {
		return fmt.Errorf("cannot print the answer: %w", err)
	}
	return nil
}

// rows prints a flat answer as it comes, and returns the cursor of the next page. Of a page
// that goes on from another one the names of the columns are left out.
func (q *session) rows(ctx context.Context, path string, query url.Values, more bool) (next string, err error) {
	body, err := q.Body(ctx, path, query, q.format)
	if err != nil {
		return "", err
	}
	defer body.Close()
	var from io.Reader = body
	if more && q.format == asCSV {
		from = &headless{r: body}
	}
	if _, err := io.Copy(q.data(), from); err != nil {
		return "", fmt.Errorf("cannot print the answer: %w", err)
	}
	if !more {
		q.warn(headOf(body.Header))
	}
	return body.Next(), nil
}

// headOf reads what a flat answer says of itself in its header.
func headOf(header http.Header) head {
	h := head{Demo: header.Get("Swell-Demo") != ""}
	if at, err := time.Parse(time.RFC3339, header.Get("Swell-As-Of")); err == nil {
		h.AsOf = &at
	}
	if share, err := strconv.ParseFloat(header.Get("Swell-Coverage"), 64); err == nil {
		h.Coverage = &api.Coverage{Share: api.Number(share)}
	}
	return h
}

// headless leaves out the first line. The names of columns have no line ends in them.
type headless struct {
	r    io.Reader
	past bool
}

func (h *headless) Read(p []byte) (int, error) {
	for {
		n, err := h.r.Read(p)
		if h.past || n == 0 {
			return n, err
		}
		if i := bytes.IndexByte(p[:n], '\n'); i >= 0 {
			h.past = true
			n = copy(p, p[i+1:n])
			if n > 0 || err != nil {
				return n, err
			}
		} else if err != nil {
			return 0, err
		}
	}
}
