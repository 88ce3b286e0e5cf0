package chart

import (
	"fmt"
	"image/color"
)

// colour is an opaque colour, 0xRRGGBB.
type colour uint32

func (c colour) String() string { return fmt.Sprintf("#%06x", uint32(c)) }

func (c colour) rgba() color.RGBA {
	return color.RGBA{uint8(c >> 16), uint8(c >> 8), uint8(c), 0xff}
}

// The series are told apart by those who see fewer colours as well: Okabe and Ito,
// Color Universal Design (2008), the yellow left out, which is faint on white, and
// with their lightness moved to stand out against the paper.
var (
	light = [series0 + hues]colour{
		paper: 0xffffff, text: 0x1f2328, muted: 0x59636e, axis: 0x818b98, grid: 0xe3e7ec,
		series0: 0x0072b2, 0xd55e00, 0x009e73, 0xb8568f, 0x3aa0dc, 0xc98a00, 0x444444,
	}
	dark = [series0 + hues]colour{
		paper: 0x0d1117, text: 0xf0f6fc, muted: 0x9198a1, axis: 0x656c76, grid: 0x262c36,
		series0: 0x4ba3e3, 0xff8a3d, 0x2fc99a, 0xe08fbf, 0x8fd0f7, 0xe9b949, 0xc9d1d9,
	}
)
