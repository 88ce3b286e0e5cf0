package truth

import (
	"errors"
	"fmt"
	"strings"
)

// ErrHeader is returned, wrapped, for a file whose first line does not name the
// columns that every truth needs: nothing of such a file can be used.
var ErrHeader = errors.New("truth: wrong header")

// RowError says what is wrong with one row, which is left out.
type RowError struct {
	File   string
	Line   int    // from 1, as an editor counts
	Column string // its name in the header; empty where the line as a whole is wrong
	Value  string // what stands there, shortened
	Advice string // what should stand there
}

// Error tells the place, the value and the way out.
func (e *RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Advice)
	}
	return fmt.Sprintf("%s:%d: column %s: %q: %s", e.File, e.Line, e.Column, e.Value, e.Advice)
}

// maxRowErrors is how many rows are described; a file of another format would
// otherwise be repeated as a whole.
const maxRowErrors = 20

// RowErrors are the rows of a file that were left out. [Load] returns it beside
// the rows that are good.
type RowErrors struct {
	First []*RowError // by line; at most 20
	Total int         // how many rows were left out
}

func (e *RowErrors) add(row *RowError) {
	if e.Total++; len(e.First) < maxRowErrors {
		e.First = append(e.First, row)
	}
}

// Error has a line for each of First, and one for those beyond.
func (e *RowErrors) Error() string {
	var b strings.Builder
	for i, row := range e.First {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(row.Error())
	}
	if more := e.Total - len(e.First); more > 0 {
		fmt.Fprintf(&b, "\nand %d more", more)
	}
	return b.String()
}

// Unwrap makes every row that is described reachable to [errors.As].
func (e *RowErrors) Unwrap() []error {
	errs := make([]error, len(e.First))
	for i, row := range e.First {
		errs[i] = row
	}
	return errs
}

// maxQuoted is how much of a value an error repeats, in bytes.
const maxQuoted = 60

func shortened(s string) string {
	if len(s) <= maxQuoted {
		return s
	}
	return strings.ToValidUTF8(s[:maxQuoted], "") + "…"
}
