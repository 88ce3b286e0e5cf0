package digest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
)

// Colours that can be told apart on white and on black, by most who see few colours as well.
var (
	clear  = color.NRGBA{}
	strong = color.NRGBA{0x2f, 0x7d, 0xd1, 0xff} // hours of the day
	muted  = color.NRGBA{0x9a, 0xb4, 0xd0, 0xff} // hours before
	ground = color.NRGBA{0x8a, 0x94, 0xa6, 0x80} // the line of zero
	inks   = [maxLines + 1]color.NRGBA{
		{0x2f, 0x7d, 0xd1, 0xff}, {0xe0, 0x8a, 0x1e, 0xff}, {0x1f, 0x9e, 0x77, 0xff}, {0xa0, 0x6c, 0xd5, 0xff}, {0xd6, 0x5a, 0x5a, 0xff}, {0x8a, 0x94, 0xa6, 0xff},
	}
)

// Sizes in pixels, of which screens have two for each unit of a page.
const (
	sparkBar, sparkGap, sparkHeight = 3, 0, 48
	chartBar, chartGap, chartHeight = 12, 4, 280
)

// sparkPNG draws posts by hour: a bar for each hour, none where there were none.
func sparkPNG(l *line) ([]byte, error) {
	const step = sparkBar + sparkGap
	img := image.NewPaletted(image.Rect(0, 0, len(l.hours)*step, sparkHeight), color.Palette{clear, muted, strong, ground})
	top := uint64(l.hours[highest(l.hours)])
	for i, n := range l.hours {
		ink := uint8(1)
		if i >= l.today {
			ink = 2
		}
		box(img, i*step, sparkHeight-2, step, 2, 3)
		h := scaled(uint64(n), top, sparkHeight)
		box(img, i*step, sparkHeight-h, sparkBar, h, ink)
	}
	return encoded(img)
}

// chartPNG draws several lines as bars on top of each other.
func chartPNG(c *chart) ([]byte, error) {
	const step = chartBar + chartGap
	palette := color.Palette{clear, ground}
	for _, ink := range inks {
		palette = append(palette, ink)
	}
	img := image.NewPaletted(image.Rect(0, 0, HoursShown*step, chartHeight), palette)
	for _, part := range [...]int{1, 2, 3} { // a quarter, the half, three quarters
		box(img, 0, chartHeight-part*chartHeight/4, HoursShown*step, 1, 1)
	}
	for h := range HoursShown {
		var below uint64
		for i := range c.hours {
			from := scaled(below, c.top, chartHeight)
			below += c.hours[i][h]
			to := scaled(below, c.top, chartHeight)
			box(img, h*step, chartHeight-to, chartBar, to-from, uint8(2+i))
		}
	}
	box(img, 0, chartHeight-2, HoursShown*step, 2, 1)
	return encoded(img)
}

// scaled returns how high n is where top is the whole height: what is more than nothing can be seen.
func scaled(n, top uint64, height int) int {
	if n == 0 || top == 0 {
		return 0
	}
	return max(3, int(float64(n)/float64(top)*float64(height)+0.5))
}

func box(img *image.Paletted, x, y, width, height int, ink uint8) {
	for dy := range height {
		for dx := range width {
			img.SetColorIndex(x+dx, y+dy, ink)
		}
	}
}

func encoded(img *image.Paletted) ([]byte, error) {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		return nil, fmt.Errorf("digest: cannot draw a picture: %w", err)
	}
	return b.Bytes(), nil
}
