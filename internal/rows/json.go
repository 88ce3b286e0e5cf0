package rows

import (
	"encoding/json"
	"io"
	"strconv"
)

// jsonEncoder writes an object a line.
type jsonEncoder struct {
	buffer
	columns []Column
	names   [][]byte // quoted, with what stands before and behind them
}

func newJSON(w io.Writer, columns []Column) *jsonEncoder {
	e := &jsonEncoder{buffer: buffer{out: w}, columns: columns}
	for i, c := range columns {
		name := []byte{','}
		if i == 0 {
			name[0] = '{'
		}
		e.names = append(e.names, append(appendText(name, c.Name), ':'))
	}
	return e
}

func (e *jsonEncoder) write(cells []cell) error {
	b := e.bytes
	for i := range cells {
		v := &cells[i]
		b = append(b, e.names[i]...)
		switch {
		case v.null:
			b = append(b, "null"...)
		case e.columns[i].Kind == Text:
			b = appendText(b, v.text)
		case e.columns[i].Kind == Time:
			b = append(appendTime(append(b, '"'), v.time), '"')
		default:
			b = appendPlain(b, e.columns[i].Kind, v)
		}
	}
	e.bytes = append(b, '}', '\n')
	return e.full()
}

func (e *jsonEncoder) close() error { return e.flush() }

// appendPlain appends a truth or a number.
func appendPlain(b []byte, kind Kind, v *cell) []byte {
	switch kind {
	case Bool:
		return strconv.AppendBool(b, v.truth)
	case Int32, Int64:
		return strconv.AppendInt(b, v.int, 10)
	case Uint32, Uint64:
		return strconv.AppendUint(b, v.uint, 10)
	}
	return appendFloat(b, v.float)
}

// appendText appends a quoted text. As in the other answers <, > and & are escaped.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7F || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, err := json.Marshal(s)
			if err != nil { // cannot be: a string
				quoted = []byte(`""`)
			}
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}
