package chart

import (
	"slices"
	"strings"
)

// Sizes in pixels at scale 1.
const (
	panelWidth   = 430
	panelHeight  = 330
	marginLeft   = 58
	marginRight  = 22
	marginTop    = 52 // title and label of the y axis
	marginBottom = 48 // ticks and label of the x axis
	perRow       = 3

	outer      = 14
	titleSize  = 18
	panelSize  = 14
	labelSize  = 12
	lineHeight = 18
	keyWidth   = 26 // of the line before a name in the legend
	lineWidth  = 2
)

// layouter places a chart's parts. Its error is that of the first text that could
// not be measured.
type layouter struct {
	scene scene
	faces faces
	inks  map[string]int // by series name
	names []string       // in that order
	err   error
}

// layout turns a chart into shapes.
func layout(c *Chart) (*scene, error) {
	l := layouter{faces: faces{}, inks: map[string]int{}}
	for _, p := range c.Panels {
		for _, s := range p.Series {
			if _, ok := l.inks[s.Name]; !ok {
				l.inks[s.Name] = len(l.names)
				l.names = append(l.names, s.Name)
			}
		}
	}
	l.scene.width = float64(panelWidth*min(max(len(c.Panels), 1), perRow) + outer)
	l.scene.title = oneLine(c.Title)
	l.scene.shapes = append(l.scene.shapes, shape{}) // the paper, whose height is not known yet

	y := 10.0
	if c.Title != "" {
		y += 22
		l.write(text, titleSize, true, start, outer, y, l.scene.width-2*outer, c.Title)
		y += 8
	}
	y = l.legend(y)
	rows := (len(c.Panels) + perRow - 1) / perRow
	for i := range c.Panels {
		l.panel(&c.Panels[i], float64(i%perRow*panelWidth), y+float64(i/perRow*panelHeight))
	}
	y += float64(rows * panelHeight)
	for line := range strings.Lines(c.Note) {
		l.write(muted, labelSize, false, start, outer, y+14, l.scene.width-2*outer, line)
		y += lineHeight
	}
	l.scene.height = y + 10
	l.scene.shapes[0] = shape{kind: rectangle, ink: paper, points: []Point{{0, 0}, {l.scene.width, l.scene.height}}}
	return &l.scene, l.err
}

// write places words, shortened to a width.
func (l *layouter) write(i ink, size float64, bold bool, a anchor, x, y, width float64, words string) {
	words, err := l.faces.fit(strings.TrimSpace(words), size, bold, width)
	if l.err == nil {
		l.err = err
	}
	if words != "" {
		l.scene.write(i, size, bold, a, x, y, words)
	}
}

// legend names the series where there are several, and returns where it ends.
func (l *layouter) legend(y float64) float64 {
	if len(l.names) < 2 {
		return y
	}
	x := float64(outer)
	y += lineHeight
	for n, name := range l.names {
		words, err := l.faces.fit(name, labelSize, false, l.scene.width-2*outer-keyWidth-8)
		if l.err == nil {
			l.err = err
		}
		width, err := l.faces.widthOf(words, labelSize, false)
		if l.err == nil {
			l.err = err
		}
		// A reader's font may be wider.
		width = tenth(keyWidth + 8 + float64(width*1.1) + 22)
		if x > outer && x+width > l.scene.width {
			x, y = outer, y+lineHeight+2
		}
		l.scene.line(inkOf(n), lineWidth+0.5, dashedAt(n), Point{x, y - 4}, Point{x + keyWidth, y - 4})
		l.scene.write(text, labelSize, false, start, x+keyWidth+8, y, words)
		x = tenth(x + width)
	}
	return y + 12
}

func inkOf(n int) ink     { return series0 + ink(n%hues) }
func dashedAt(n int) bool { return n/hues%2 == 1 }

// frame is where a panel's values are drawn.
type frame struct {
	left, top, width, height float64
	x, y                     scale
}

func (f *frame) at(p Point) Point {
	return Point{tenth(f.left + float64(f.x.at(p.X)*f.width)), tenth(f.top + float64((1-f.y.at(p.Y))*f.height))}
}

// panel draws one pair of axes.
func (l *layouter) panel(p *Panel, left, top float64) {
	var xs, ys []float64
	for _, s := range p.Series {
		for _, point := range s.Points {
			xs, ys = append(xs, point.X), append(ys, point.Y)
		}
	}
	f := frame{
		left: left + marginLeft, top: top + marginTop,
		width: panelWidth - marginLeft - marginRight, height: panelHeight - marginTop - marginBottom,
		x: newScale(p.X, xs), y: newScale(p.Y, ys),
	}
	l.write(text, panelSize, true, start, left+outer, top+20, panelWidth-2*outer, p.Title)
	l.write(muted, labelSize, false, start, left+outer, top+38, panelWidth-2*outer, p.Y.Label)
	l.write(muted, labelSize, false, middle, f.left+float64(f.width/2), f.top+f.height+38, f.width, p.X.Label)
	l.grid(&f)
	if p.Diagonal {
		low, high := max(f.x.min, f.y.min), min(f.x.max, f.y.max)
		if low < high {
			l.scene.line(axis, 1, true, f.at(Point{low, low}), f.at(Point{high, high}))
		}
	}
	// The first is on top: it is what the chart is about.
	for i := range slices.Backward(p.Series) {
		l.series(&f, &p.Series[i])
	}
}

func (l *layouter) grid(f *frame) {
	right, bottom := f.left+f.width, f.top+f.height
	for _, t := range f.y.ticks() {
		y := whole(f.at(Point{0, t.value}).Y)
		l.tickLine(t, Point{f.left, y}, Point{right, y})
		if t.label != "" {
			l.scene.write(muted, labelSize, false, end, f.left-8, y+4, t.label)
		}
	}
	for _, t := range f.x.ticks() {
		x := whole(f.at(Point{t.value, f.y.min}).X)
		l.tickLine(t, Point{x, f.top}, Point{x, bottom})
		if t.label != "" {
			l.scene.write(muted, labelSize, false, middle, x, bottom+18, t.label)
		}
	}
	l.scene.line(axis, 1, false, Point{f.left, f.top}, Point{f.left, bottom}, Point{right, bottom})
}

func (l *layouter) tickLine(t tick, from, to Point) {
	width := 1.0
	if t.label == "" {
		width = 0.5
	}
	l.scene.line(grid, width, false, from, to)
}

// whole puts a thin line onto pixels.
func whole(x float64) float64 { return float64(int(x + 0.5)) }

// series draws one curve.
func (l *layouter) series(f *frame, s *Series) {
	n := l.inks[s.Name]
	var line []Point
	for _, p := range s.Points {
		if !finite(p.X) || !finite(p.Y) {
			continue
		}
		line = s.Style.join(line, f.at(p))
	}
	if len(line) > 1 {
		l.scene.line(inkOf(n), lineWidth, dashedAt(n), line...)
	}
	// A curve of one point would not be seen, nor would dots be told apart that
	// are not dots.
	if s.Style == Dots || len(line) == 1 {
		for _, p := range line {
			l.scene.dot(inkOf(n), 3.5, p)
		}
	}
}

// join adds a point to a line, leaving out what cannot be seen.
func (s Style) join(line []Point, p Point) []Point {
	n := len(line)
	switch {
	case n == 0:
		return append(line, p)
	case p == line[n-1]:
		return line
	case s != Steps:
		return append(line, p)
	case p.X != line[n-1].X && p.Y != line[n-1].Y:
		line = s.join(line, Point{p.X, line[n-1].Y})
		n = len(line)
	}
	if n > 1 && onwards(line[n-2], line[n-1], p) {
		line[n-1] = p
		return line
	}
	return append(line, p)
}

// onwards reports whether c lies beyond b on the level or upright line from a.
func onwards(a, b, c Point) bool {
	dx, dy := (b.X-a.X)*(c.X-b.X), (b.Y-a.Y)*(c.Y-b.Y)
	return dx >= 0 && dy >= 0 && (a.X == b.X && b.X == c.X || a.Y == b.Y && b.Y == c.Y)
}
