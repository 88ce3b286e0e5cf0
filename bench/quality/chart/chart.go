package chart

// Chart is one image: panels side by side, with one legend.
type Chart struct {
	Title  string
	Note   string // below the panels; line breaks are kept
	Panels []Panel
}

// Panel is a pair of axes with the curves in it.
type Panel struct {
	Title    string
	X, Y     Axis
	Diagonal bool // draw the line y = x
	Series   []Series
}

// Axis is one axis of a panel.
type Axis struct {
	Label   string
	Log     bool // logarithmic; what is 0 or less is drawn at the lower end
	Percent bool // 1 is written as 100 %
	// Min and Max are the range. Where Min is not below Max it is taken from the
	// data, with 0 on a linear axis; what lies beyond is drawn at the border.
	Min, Max float64
}

// Series is one curve. Series of one name have the same colour in every panel, in
// the order of their first appearance.
type Series struct {
	Name   string
	Points []Point // in the order in which they are joined
	Style  Style
}

// Point is a point in the units of the axes. One that is not finite is left out.
type Point struct{ X, Y float64 }

// Style says how the points of a series are joined.
type Style uint8

// The styles.
const (
	Lines Style = iota // straight
	Steps              // at the height of the point before, up to where the next is
	Dots               // straight, with a dot at each point
)
