package chart

import (
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
)

// fonts are parsed once; they are embedded, so parsing cannot fail at one place
// and succeed at another.
var fonts = sync.OnceValues(func() ([2]*opentype.Font, error) {
	regular, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return [2]*opentype.Font{}, err
	}
	bold, err := opentype.Parse(gobold.TTF)
	return [2]*opentype.Font{regular, bold}, err
})

// faces holds a font at the sizes in use. It belongs to one drawing.
type faces map[faceKey]font.Face

type faceKey struct {
	size float64
	bold bool
}

func (f faces) get(size float64, bold bool) (font.Face, error) {
	key := faceKey{size, bold}
	if face, ok := f[key]; ok {
		return face, nil
	}
	both, err := fonts()
	if err != nil {
		return nil, err
	}
	chosen := both[0]
	if bold {
		chosen = both[1]
	}
	face, err := opentype.NewFace(chosen, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, err
	}
	f[key] = face
	return face, nil
}

// widthOf returns the width of words in the font of the PNG. An SVG is drawn in
// the reader's, which is much the same.
func (f faces) widthOf(words string, size float64, bold bool) (float64, error) {
	face, err := f.get(size, bold)
	if err != nil {
		return 0, err
	}
	return float64(font.MeasureString(face, words)) / 64, nil
}

// fit shortens words to a width.
func (f faces) fit(words string, size float64, bold bool, width float64) (string, error) {
	words = oneLine(words)
	w, err := f.widthOf(words, size, bold)
	if err != nil || w <= width {
		return words, err
	}
	runes := []rune(words)
	for len(runes) > 0 && w > width {
		runes = runes[:len(runes)-1]
		if w, err = f.widthOf(string(runes)+"…", size, bold); err != nil {
			return "", err
		}
	}
	return strings.TrimSpace(string(runes)) + "…", nil
}

// maxText bounds what has to be measured of a text.
const maxText = 500

// oneLine returns words without what could not stand on a line: control
// characters, and those that turn the direction of what follows.
func oneLine(words string) string {
	n := 0
	return strings.Map(func(r rune) rune {
		if n++; n > maxText {
			return -1
		}
		switch {
		case r == '\t', r == '\n':
			return ' '
		case r < ' ', r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c,
			r == 0xfffe, r == 0xffff:
			return -1
		}
		return r
	}, strings.ToValidUTF8(words, "\ufffd"))
}
