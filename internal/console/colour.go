package console

import "strconv"

// Colour is how a cell is shown.
type Colour int

// The colours: each of a terminal's own, so that they suit its background.
const (
	Plain  Colour = 0
	Bold   Colour = 1
	Dim    Colour = 2
	Red    Colour = 31
	Green  Colour = 32
	Yellow Colour = 33
	Cyan   Colour = 36
)

// Palette shows colours, or leaves them out. The zero value leaves them out.
type Palette struct{ On bool }

// Paint returns s in a colour, and the terminal as it was behind it.
func (p Palette) Paint(c Colour, s string) string {
	if !p.On || c == Plain || s == "" {
		return s
	}
	return "\x1b[" + strconv.Itoa(int(c)) + "m" + s + "\x1b[0m"
}
