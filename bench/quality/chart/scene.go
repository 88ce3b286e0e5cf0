package chart

import "math"

// scene is a chart as shapes in painting order, in units of a pixel at scale 1.
type scene struct {
	width, height float64
	title         string
	shapes        []shape
}

// shape is one of: a filled rectangle, a line, a dot, a text.
type shape struct {
	kind   shapeKind
	ink    ink
	points []Point // two corners; the line; the centre; the text's foot
	width  float64 // of a line; radius of a dot; size of a text
	dashed bool
	bold   bool
	anchor anchor
	text   string
}

type shapeKind uint8

const (
	rectangle shapeKind = iota
	polyline
	dot
	label
)

type anchor uint8

const (
	start anchor = iota
	middle
	end
)

// ink is a colour by its use.
type ink uint8

const (
	paper   ink = iota
	text        // titles
	muted       // labels
	axis        // axes
	grid        // lines that values are found by
	series0     // the first series; the others follow
)

// hues is how many series have colours of their own; further ones are dashed.
const hues = 7

func (s *scene) line(i ink, width float64, dashed bool, points ...Point) {
	s.shapes = append(s.shapes, shape{kind: polyline, ink: i, width: width, dashed: dashed, points: points})
}

func (s *scene) dot(i ink, radius float64, at Point) {
	s.shapes = append(s.shapes, shape{kind: dot, ink: i, width: radius, points: []Point{at}})
}

func (s *scene) write(i ink, size float64, bold bool, a anchor, x, y float64, words string) {
	s.shapes = append(s.shapes, shape{kind: label, ink: i, width: size, bold: bold, anchor: a, points: []Point{{x, y}}, text: words})
}

// tenth rounds to what is written into an SVG: both formats draw the same.
func tenth(x float64) float64 { return math.Round(x*10) / 10 }
