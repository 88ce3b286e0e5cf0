package rows

import (
	"fmt"
	"io"
	"reflect"
)

// Options say how to write.
type Options struct {
	Format Format
	// Raw leaves cells of CSV as they are, for programs that read them back. What people
	// open in a spreadsheet should be guarded: see [Guarded].
	Raw bool
	// Notes are names and values that a Parquet file carries beside its rows. Other formats
	// have no place for them.
	Notes map[string]string
}

// Writer writes a table, row by row. It is for one goroutine. An error is the answer to
// everything after it.
type Writer struct {
	row     reflect.Type
	columns []Column
	cells   []cell
	enc     encoder
	err     error
}

// encoder writes rows in one format.
type encoder interface {
	write(cells []cell) error
	close() error // writes what is left and the end
}

// NewWriter returns a writer of rows of the struct type. It writes to w through a buffer, and
// does not close it. Errors wrap [ErrType] and [ErrFormat].
func NewWriter(w io.Writer, row reflect.Type, o Options) (*Writer, error) {
	columns, err := Columns(row)
	if err != nil {
		return nil, err
	}
	out := &Writer{row: row, columns: columns, cells: make([]cell, len(columns))}
	switch o.Format {
	case NDJSON:
		out.enc = newJSON(w, columns)
	case CSV:
		out.enc = newCSV(w, columns, !o.Raw)
	case Parquet:
		out.enc, err = newParquet(w, columns, o.Notes)
	default:
		err = fmt.Errorf("%w: %v", ErrFormat, o.Format)
	}
	return out, err
}

// Write writes a slice of rows. Texts are not used after it returned. Errors wrap [ErrType] for
// rows of another type, [ErrClosed], and that of the writer beneath.
func (w *Writer) Write(rows any) error {
	if w.err != nil {
		return w.err
	}
	v := reflect.ValueOf(rows)
	if v.Kind() != reflect.Slice || v.Type().Elem() != w.row {
		return fmt.Errorf("%w: %T is not a slice of %v", ErrType, rows, w.row)
	}
	for i := range v.Len() {
		row := v.Index(i)
		for c := range w.columns {
			w.columns[c].read(row, &w.cells[c])
		}
		if w.err = w.enc.write(w.cells); w.err != nil {
			return w.err
		}
	}
	return nil
}

// Close writes what is left. A table without rows is one as well. Close does nothing but to tell
// of an error if there was one.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	err := w.enc.close()
	if w.err = err; err == nil {
		w.err = ErrClosed
	}
	return err
}

// buffer gathers small writes.
type buffer struct {
	out   io.Writer
	bytes []byte
}

// bufferSize is from how many bytes on a buffer is written out.
const bufferSize = 32 << 10

// full writes the buffer out if it is large.
func (b *buffer) full() error {
	if len(b.bytes) < bufferSize {
		return nil
	}
	return b.flush()
}

func (b *buffer) flush() error {
	_, err := b.out.Write(b.bytes)
	b.bytes = b.bytes[:0]
	if err != nil {
		return fmt.Errorf("cannot write a table: %w", err)
	}
	return nil
}
