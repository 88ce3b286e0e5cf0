package main

import (
	"io"
	"os"

	"golang.org/x/term"

	"github.com/swell-radar/swell/internal/console"
)

// screen is what there is to print on.
type screen struct {
	palette  console.Palette
	columns  int // 0: as many as are needed
	terminal bool
}

// screenOf looks at where standard output goes. There are colours on a terminal, unless
// NO_COLOR is set or the terminal has none.
func screenOf(w io.Writer) screen {
	if !isTerminal(w) {
		return screen{}
	}
	out := screen{terminal: true}
	out.palette.On = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if f, ok := w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
			out.columns = columns
		}
	}
	return out
}

// table returns a table for the screen.
func (s screen) table(columns ...console.Column) *console.Table {
	t := console.NewTable(columns...)
	t.Palette, t.Width = s.palette, s.columns
	return t
}

// harmless is a terminal that is only shown what does nothing to it.
type harmless struct{ w io.Writer }

func (h harmless) Write(p []byte) (int, error) {
	shown := make([]byte, 0, len(p))
	for start, i := 0, 0; i <= len(p); i++ {
		if i < len(p) && p[i] != '\n' && p[i] != '\t' {
			continue
		}
		shown = append(shown, printable(string(p[start:i]))...)
		if i < len(p) {
			shown = append(shown, p[i])
		}
		start = i + 1
	}
	if _, err := h.w.Write(shown); err != nil {
		return 0, err
	}
	return len(p), nil
}
