package chart

import (
	"math"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"

	"github.com/swell-radar/swell/internal/console"
)

// box is a part of the drawing that is taken.
type box struct{ left, top, right, bottom float64 }

func (a box) meets(b box) bool {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

func (d *dot) box() box { return box{d.x - d.r, d.y - d.r, d.x + d.r, d.y + d.r} }

// nameBox returns where the name of a dot is.
func (d *dot) nameBox(f form) box {
	return box{d.nameX - d.nameW/2, d.nameY - f.text*.65, d.nameX + d.nameW/2, d.nameY + f.text*.65}
}

// leaderY is where the line from the dot meets its name.
func (d *dot) leaderY(f form) float64 {
	if d.nameY < d.y {
		return d.nameY + f.text*.65
	}
	return d.nameY - f.text*.65
}

// leaderX is where the line from the dot meets its name: straight above or below the dot where the name is there.
func (d *dot) leaderX() float64 {
	half := d.nameW/2 - 8
	return max(d.nameX-half, min(d.nameX+half, d.x))
}

// nameWidth is how wide a name is at most. The font is the reader's, so that it can only be guessed, rather too wide: names
// stand in the middle of their room.
func nameWidth(s string, size float64) float64 {
	em := 0.0
	for _, r := range s {
		switch n := console.Width(string(r)); {
		case n > 1:
			em += .65 * float64(n)
		case strings.ContainsRune("ilj.,:;'|!ftr ()", r):
			em += .38
		case strings.ContainsRune("mwMW@%", r):
			em += .92
		case unicode.IsUpper(r):
			em += .72
		default:
			em += .6 * float64(n)
		}
	}
	return em*size + 6
}

// names gives names to the most important dots, where they meet no other name, no dot and no line to a name: near the dot
// first, then farther off with a line. A dot without room for its name keeps none.
func names(placed []*dot, f form) {
	given := 0
	for _, d := range placed {
		if given == f.names {
			return
		}
		d.name = console.Cut(strings.TrimPrefix(clean(d.Name), "https://"), f.cells)
		if d.name == "" {
			continue
		}
		d.nameW = nameWidth(d.name, f.text)
		if d.findRoom(placed, f) {
			d.named = true
			given++
		}
	}
}

func (d *dot) findRoom(placed []*dot, f form) bool {
	half := d.nameW / 2
	for step := range 11 {
		for _, way := range [...]float64{-1, 1} {
			y := d.y + way*(d.r+f.text*.65+4+float64(step)*f.text*1.1)
			if y-f.text*.65 < f.head || y+f.text*.65 > f.height-waveFoot {
				continue
			}
			for _, lean := range [...]float64{0, .6, -.6, 1, -1} {
				x := max(half+2, min(f.width-half-2, d.x+lean*half))
				if math.Abs(x-d.x) > half+f.text*2 {
					continue
				}
				d.nameX, d.nameY = x, y
				if d.fits(placed, f) {
					return true
				}
			}
		}
	}
	return false
}

// fits reports whether the name and its line are free of all others.
func (d *dot) fits(placed []*dot, f form) bool {
	own := d.nameBox(f)
	if f.meets(own) {
		return false
	}
	for _, p := range placed {
		if p == d {
			continue
		}
		if own.meets(p.box()) || crosses(d.x, d.y, d.leaderX(), d.leaderY(f), p.box()) {
			return false
		}
		if p.named && (own.meets(p.nameBox(f)) || crosses(d.x, d.y, d.leaderX(), d.leaderY(f), p.nameBox(f)) || crosses(p.x, p.y, p.leaderX(), p.leaderY(f), own)) {
			return false
		}
	}
	return true
}

// meets reports whether the wave runs through a box.
func (f *form) meets(b box) bool {
	const step, room = 4, 1.5
	for x := b.left; x <= b.right; x += step {
		if y := f.curve(x / f.width); y > b.top-room && y < b.bottom+room {
			return true
		}
	}
	return false
}

// crosses reports whether a line meets a box: at any of so many points of it that nothing seen lies between two.
func crosses(x1, y1, x2, y2 float64, b box) bool {
	n := int(max(math.Abs(x2-x1), math.Abs(y2-y1))/3) + 1
	for i := range n + 1 {
		t := float64(i) / float64(n)
		x, y := x1+(x2-x1)*t, y1+(y2-y1)*t
		if x > b.left && x < b.right && y > b.top && y < b.bottom {
			return true
		}
	}
	return false
}

// rightToLeft reports whether the first letter with a direction is of a script that is written from the right.
func rightToLeft(s string) bool {
	for _, r := range s {
		p, _ := bidi.LookupRune(r)
		switch p.Class() {
		case bidi.R, bidi.AL:
			return true
		case bidi.L:
			return false
		}
	}
	return false
}
