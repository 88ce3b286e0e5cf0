package rows

import (
	"io"
	"strings"
)

// csvEncoder writes cells with commas between them.
type csvEncoder struct {
	buffer
	columns []Column
	guard   bool
}

func newCSV(w io.Writer, columns []Column, guard bool) *csvEncoder {
	e := &csvEncoder{buffer: buffer{out: w}, columns: columns, guard: guard}
	for i, c := range columns {
		e.comma(i)
		e.text(c.Name)
	}
	e.end()
	return e
}

func (e *csvEncoder) write(cells []cell) error {
	for i := range cells {
		v := &cells[i]
		e.comma(i)
		switch {
		case v.null:
		case e.columns[i].Kind == Text && e.guard:
			e.text(Guarded(v.text))
		case e.columns[i].Kind == Text:
			e.text(v.text)
		case e.columns[i].Kind == Time:
			e.bytes = appendTime(e.bytes, v.time)
		default:
			e.bytes = appendPlain(e.bytes, e.columns[i].Kind, v)
		}
	}
	e.end()
	return e.full()
}

func (e *csvEncoder) close() error { return e.flush() }

func (e *csvEncoder) comma(i int) {
	if i > 0 {
		e.bytes = append(e.bytes, ',')
	}
}

func (e *csvEncoder) end() { e.bytes = append(e.bytes, '\r', '\n') }

// text writes a cell of text, in quotes where it needs them. Programs that split at other
// signs than commas, or drop spaces, leave a quoted cell whole.
func (e *csvEncoder) text(s string) {
	if s != "" && !strings.ContainsAny(s, ",\"\r\n;\t|") && s[0] != ' ' && s[len(s)-1] != ' ' {
		e.bytes = append(e.bytes, s...)
		return
	}
	e.bytes = append(e.bytes, '"')
	for {
		at := strings.IndexByte(s, '"')
		if at < 0 {
			break
		}
		e.bytes = append(append(e.bytes, s[:at]...), '"', '"')
		s = s[at+1:]
	}
	e.bytes = append(append(e.bytes, s...), '"')
}
