package chart

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// pixelScale is how many pixels a unit has in each direction: screens are dense.
const pixelScale = 2

// WritePNG writes the chart as a PNG, on white. Scripts that the font lacks show as
// boxes; an SVG has them. An error is w's own, or says what could not be drawn.
func (c *Chart) WritePNG(w io.Writer) error {
	img, err := c.render()
	if err != nil {
		return err
	}
	return png.Encode(w, img)
}

// maxPixels bounds the image; 64 panels are far below it.
const maxPixels = 1 << 27

func (c *Chart) render() (*image.RGBA, error) {
	s, err := layout(c)
	if err != nil {
		return nil, fmt.Errorf("chart: cannot lay out %q: %w", c.Title, err)
	}
	width, height := int(math.Ceil(s.width*pixelScale)), int(math.Ceil(s.height*pixelScale))
	if width*height > maxPixels {
		return nil, fmt.Errorf("chart: %d panels are too many for a PNG; draw fewer, or an SVG", len(c.Panels))
	}
	p := painter{img: image.NewRGBA(image.Rect(0, 0, width, height)), faces: faces{}}
	for i := range s.shapes {
		if err := p.shape(&s.shapes[i]); err != nil {
			return nil, fmt.Errorf("chart: cannot draw %q: %w", s.shapes[i].text, err)
		}
	}
	return p.img, nil
}

// painter draws shapes into an image.
type painter struct {
	img   *image.RGBA
	faces faces
	path  vector.Rasterizer
}

func (p *painter) shape(s *shape) error {
	c := light[s.ink].rgba()
	switch s.kind {
	case rectangle:
		a, b := s.points[0], s.points[1]
		p.fill(c, [][]Point{{a, {b.X, a.Y}, b, {a.X, b.Y}}})
	case polyline:
		var polygons [][]Point
		for _, line := range dashes(s.points, s.dashed) {
			polygons = append(polygons, stroke(line, s.width)...)
		}
		p.fill(c, polygons)
	case dot:
		p.fill(c, [][]Point{circle(s.points[0], s.width)})
	case label:
		return p.text(s, c)
	}
	return nil
}

// fill fills the union of polygons, all of which go round the same way.
func (p *painter) fill(c color.Color, polygons [][]Point) {
	low, high := Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	for _, polygon := range polygons {
		for _, q := range polygon {
			low = Point{min(low.X, q.X*pixelScale), min(low.Y, q.Y*pixelScale)}
			high = Point{max(high.X, q.X*pixelScale), max(high.Y, q.Y*pixelScale)}
		}
	}
	if !(low.X <= high.X) {
		return
	}
	box := image.Rect(int(math.Floor(low.X)), int(math.Floor(low.Y)), int(math.Ceil(high.X)), int(math.Ceil(high.Y)))
	p.path.Reset(box.Dx(), box.Dy())
	for _, polygon := range polygons {
		for i, q := range polygon {
			x, y := float32(q.X*pixelScale-float64(box.Min.X)), float32(q.Y*pixelScale-float64(box.Min.Y))
			if i == 0 {
				p.path.MoveTo(x, y)
			} else {
				p.path.LineTo(x, y)
			}
		}
		p.path.ClosePath()
	}
	p.path.DrawOp = draw.Over
	p.path.Draw(p.img, box, image.NewUniform(c), image.Point{})
}

func (p *painter) text(s *shape, c color.Color) error {
	face, err := p.faces.get(s.width*pixelScale, s.bold)
	if err != nil {
		return err
	}
	x := fixed.Int26_6(math.Round(s.points[0].X * pixelScale * 64))
	switch width := font.MeasureString(face, s.text); s.anchor {
	case middle:
		x -= width / 2
	case end:
		x -= width
	}
	d := font.Drawer{Dst: p.img, Src: image.NewUniform(c), Face: face,
		Dot: fixed.Point26_6{X: x, Y: fixed.Int26_6(math.Round(s.points[0].Y * pixelScale * 64))}}
	d.DrawString(s.text)
	return nil
}
