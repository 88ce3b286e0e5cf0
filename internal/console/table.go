package console

import (
	"strings"
)

// Column is a column of a [Table].
type Column struct {
	Head  string
	Right bool // aligned at its right, as numbers are
	// Paint says in which colour a cell is shown. Nil: in none.
	Paint func(cell string) Colour
}

// Table lays out rows under their heads. Cells may hold anything: what is not
// [Printable] is dropped. The last column is not padded, and may be in any script.
type Table struct {
	// Palette shows colours or not.
	Palette Palette
	// Width is that of the terminal in columns; the last column is cut so that rows fit,
	// down to a few characters. 0: nothing is cut.
	Width int

	columns []Column
	rows    [][]string
}

// leastLast is the width below which the last column is not cut.
const leastLast = 12

// NewTable returns a table without rows.
func NewTable(columns ...Column) *Table { return &Table{columns: columns} }

// Row adds a row. Cells that are missing are empty; those beyond the columns are left out.
func (t *Table) Row(cells ...string) {
	row := make([]string, len(t.columns))
	for i := range row {
		if i < len(cells) {
			row[i] = Printable(cells[i])
		}
	}
	t.rows = append(t.rows, row)
}

// Len returns the number of rows.
func (t *Table) Len() int { return len(t.rows) }

// AppendTo writes the table, a line for the heads and one for each row.
func (t *Table) AppendTo(b *strings.Builder) {
	if len(t.columns) == 0 {
		return
	}
	widths := make([]int, len(t.columns))
	for i, c := range t.columns {
		widths[i] = Width(c.Head)
		for _, row := range t.rows {
			widths[i] = max(widths[i], Width(row[i]))
		}
	}
	last := len(t.columns) - 1
	room := 0
	if t.Width > 0 {
		room = t.Width
		for _, w := range widths[:last] {
			room -= w + len(gap)
		}
		room = max(room, leastLast)
	}
	heads := make([]string, len(t.columns))
	for i, c := range t.columns {
		heads[i] = c.Head
	}
	t.line(b, heads, widths, 0, true)
	for _, row := range t.rows {
		t.line(b, row, widths, room, false)
	}
}

const gap = "  "

func (t *Table) line(b *strings.Builder, cells []string, widths []int, room int, head bool) {
	var line strings.Builder
	last := len(cells) - 1
	for i, cell := range cells {
		c := &t.columns[i]
		if i == last && room > 0 {
			cell = Cut(cell, room)
		}
		shown := Isolated(cell)
		switch {
		case head:
			shown = t.Palette.Paint(Dim, shown)
		case c.Paint != nil:
			shown = t.Palette.Paint(c.Paint(cell), shown)
		}
		fill := strings.Repeat(" ", max(widths[i]-Width(cell), 0))
		switch {
		case c.Right:
			line.WriteString(fill)
			line.WriteString(shown)
		case i == last:
			line.WriteString(shown)
		default:
			line.WriteString(shown)
			line.WriteString(fill)
		}
		if i != last {
			line.WriteString(gap)
		}
	}
	b.WriteString(strings.TrimRight(line.String(), " "))
	b.WriteByte('\n')
}
