package truth

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Load reads a truth file: CSV whose first line names the columns, in any order;
// name stands in its errors. Columns that are not named here are ignored.
//
//	term      what was used, in any spelling; required
//	onset     when it began; required
//	kind      hashtag (as is empty), sound, keyword, mention or link
//	platform  empty: any
//	type      trend (as is empty), regular, burst, bot or flood
//	shape     any word
//	peak, end when its rate was highest and when it was over; empty: not known
//	event     rows with the same value are one event
//	near      true: neither right nor wrong to raise
//	tier      A, B or near: the file is an oracle's
//
// Times are RFC 3339 or Unix seconds. In a file with the column tier the kind may
// also be spike or surge; that is then the row's Shape, and such rows, as those of
// an oracle without the column kind, have the Kind 0: any.
//
// Rows that cannot be read are left out, and Load returns [RowErrors] beside the
// Set of the others. With any other error, [ErrHeader] among them, the Set is
// empty. A row is one line: a field in quotes does not go on behind it.
func Load(r io.Reader, name string) (Set, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return Set{}, fmt.Errorf("truth: cannot read %s: %w", name, err)
	}
	l := loader{file: name, events: map[string]int{}}
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		l.line++
		if strings.TrimSpace(line) == "" {
			continue
		}
		if err := l.add(line); err != nil {
			return Set{}, err
		}
	}
	if !l.begun {
		return Set{}, fmt.Errorf("%w: %s is empty; its first line names the columns, at least term and onset", ErrHeader, name)
	}
	slices.SortStableFunc(l.set.Rows, func(a, b Row) int { return cmp.Compare(a.Onset, b.Onset) })
	if l.bad.Total > 0 {
		return l.set, &l.bad
	}
	return l.set, nil
}

// loader is the state of one Load.
type loader struct {
	file    string
	line    int
	begun   bool
	columns columns
	text    strings.Reader
	lines   bufio.Reader
	events  map[string]int
	count   int // of events
	set     Set
	bad     RowErrors
}

// add takes in one line that is not blank. Its error ends the file.
func (l *loader) add(line string) error {
	cells, err := l.split(line)
	if !l.begun {
		if err != nil {
			return fmt.Errorf("%w: %s:%d: %w", ErrHeader, l.file, l.line, err)
		}
		l.begun = true
		l.columns, err = parseHeader(l.file, l.line, cells)
		l.set.Oracle = l.columns.has(fieldTier)
		return err
	}
	if err != nil {
		l.bad.add(&RowError{File: l.file, Line: l.line, Advice: err.Error()})
		return nil
	}
	if len(cells) != l.columns.width {
		l.bad.add(&RowError{File: l.file, Line: l.line, Advice: fmt.Sprintf(
			"%d fields where the first line names %d columns; put a text with commas in double quotes", len(cells), l.columns.width)})
		return nil
	}
	row, bad := l.row(cells)
	if bad != nil {
		l.bad.add(bad)
		return nil
	}
	l.set.Rows = append(l.set.Rows, row)
	return nil
}

// split returns the fields of one line. A reader over the whole file would lose
// every line behind a quote that is not closed.
func (l *loader) split(line string) ([]string, error) {
	l.text.Reset(line)
	l.lines.Reset(&l.text)
	cells, err := csv.NewReader(&l.lines).Read()
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return nil, fmt.Errorf("at byte %d: %w; put the text in double quotes and double those within", parse.Column, parse.Err)
	}
	return cells, err
}
