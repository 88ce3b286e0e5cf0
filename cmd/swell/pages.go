package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/swell-radar/swell/internal/api"
)

// maxPage is how many rows a server gives at once, and maxRows how many the pages of one
// command have together.
const (
	maxPage = 1000
	maxRows = 1_000_000
)

// paged is a list that comes in pages.
type paged struct {
	path  string
	query url.Values
	field string // of the answer, that holds the list
	limit int
}

// page returns the query of the next page of a list of which some rows came already.
func (p *paged) page(came int, cursor string) url.Values {
	q := url.Values{}
	for name, values := range p.query {
		q[name] = values
	}
	q.Set("limit", strconv.Itoa(min(p.limit-came, maxPage)))
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	return q
}

// whole returns the answer with all rows up to the limit: that of the first page, with the
// rows of those behind it.
func (p *paged) whole(ctx context.Context, q *session) ([]byte, head, error) {
	first, h, err := q.whole(ctx, p.path, p.page(0, ""))
	if err != nil {
		return nil, h, err
	}
	rows, next, err := p.part(first)
	if err != nil {
		return nil, h, fmt.Errorf("%w: that of %s cannot be read: %w", api.ErrAnswer, q.Base, err)
	}
	if next == "" || len(rows) >= p.limit {
		return first, h, nil
	}
	for next != "" && len(rows) < p.limit {
		body, _, err := q.whole(ctx, p.path, p.page(len(rows), next))
		if err != nil {
			return nil, h, movedOn(err, len(rows))
		}
		var more []json.RawMessage
		if more, next, err = p.part(body); err != nil || len(more) == 0 {
			return nil, h, fmt.Errorf("%w: a page of that of %s cannot be read: %w", api.ErrAnswer, q.Base, errors.Join(err, errEmptyPage(more)))
		}
		rows = append(rows, more...)
	}
	body, err := p.joined(first, rows, next)
	return body, h, err
}

func errEmptyPage(rows []json.RawMessage) error {
	if len(rows) == 0 {
		return errors.New("it is empty")
	}
	return nil
}

// movedOn says that pages of one list could not be had to the end.
func movedOn(err error, came int) error {
	var problem *api.Problem
	if errors.As(err, &problem) && problem.Status == http.StatusGone {
		return codeError{fmt.Errorf("only the first %d rows could be had: %w", came, err), exitPartial}
	}
	return err
}

// part returns the rows of a page, and the cursor of the next one.
func (p *paged) part(body []byte) (rows []json.RawMessage, next string, err error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, "", err
	}
	var cursor *string
	if raw, ok := fields["next"]; ok {
		if err := json.Unmarshal(raw, &cursor); err != nil {
			return nil, "", err
		}
	}
	if cursor != nil {
		next = *cursor
	}
	return rows, next, json.Unmarshal(fields[p.field], &rows)
}

// joined is the answer with other rows, its fields in the order in which they came.
func (p *paged) joined(first []byte, rows []json.RawMessage, next string) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(first))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for sep := byte('{'); dec.More(); sep = ',' {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		switch name {
		case p.field:
			if value, err = json.Marshal(rows); err != nil {
				return nil, err
			}
		case "next":
			value = json.RawMessage("null")
			if next != "" {
				value = json.RawMessage(strconv.Quote(next))
			}
		}
		fmt.Fprintf(&b, "%c%q:%s", sep, name, value)
	}
	b.WriteString("}\n")
	return b.Bytes(), nil
}

// answerPaged is [answer] for a list that comes in pages.
func answerPaged[T any](ctx context.Context, q *session, p *paged, table func(*strings.Builder, *T)) error {
	switch q.format {
	case asTable, asJSON:
	case asParquet:
		if p.limit > maxPage {
			return usage(fmt.Errorf("--limit %d: a Parquet file has one page, of %d rows; use --output csv or ndjson for more", p.limit, maxPage))
		}
		_, err := q.rows(ctx, p.path, p.page(0, ""), false)
		return err
	default:
		return p.flat(ctx, q)
	}
	body, h, err := p.whole(ctx, q)
	if err != nil {
		return err
	}
	return show(q, body, h, table)
}

// flat prints page after page.
func (p *paged) flat(ctx context.Context, q *session) error {
	next := ""
	for came := 0; came < p.limit; came += maxPage {
		var err error
		if next, err = q.rows(ctx, p.path, p.page(came, next), came > 0); err != nil {
			return movedOn(err, came)
		}
		if next == "" {
			break
		}
	}
	return nil
}
