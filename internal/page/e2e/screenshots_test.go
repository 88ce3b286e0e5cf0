package e2e_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"sort"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
)

// picture is one that documentation shows.
type picture struct {
	name, path string
	look       look
	height     int64 // of what is shown, in pixels
}

// Pictures of the pages for people who have not run the program: of made-up days, at a fixed time.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("-screenshots DIR writes the pictures of docs/screenshots; see make screenshots")
	}
	s := up(t, func() (*server, error) { return startLife(life{hours: 74, scale: 1, tail: 5 * time.Hour}) })
	top := rising(t, s)
	wide, dark := look{width: 1280, height: 900}, look{width: 1280, height: 900, dark: true}
	narrow, narrowDark := look{width: 360, height: 740, scale: 1.5}, look{width: 360, height: 740, scale: 1.5, dark: true}
	pages := shownBy(t, s)
	at := map[string]string{}
	for _, p := range pages {
		at[p.name] = p.path
	}
	at["term"] = top
	pictures := []picture{
		{"ranking", at["ranking"], wide, 1300}, {"ranking-dark", at["ranking"], dark, 1300}, {"ranking-360", at["ranking"], narrow, 1500}, {"ranking-360-dark", at["ranking"], narrowDark, 1500},
		{"wave", "/?view=wave", wide, 1000}, {"term", at["term"], wide, 1500}, {"term-dark", at["term"], dark, 1500}, {"term-360", at["term"], narrow, 1500}, {"term-360-dark", at["term"], narrowDark, 1500},
		{"compare", at["compare"], wide, 1200}, {"compare-dark", at["compare"], dark, 1200}, {"timing", at["timing"], wide, 900}, {"digest", at["digest"], wide, 1200}, {"alerts", at["alerts"], wide, 1200},
		{"watches", at["watches"], wide, 1000}, {"watches-dark", at["watches"], dark, 1000}, {"sources", at["sources"], wide, 1000}, {"about", at["about"], wide, 1000}, {"search", at["search"], wide, 700},
		{"alerts-dark", at["alerts"], dark, 1200}, {"digest-dark", at["digest"], dark, 1200}, {"sources-360", at["sources"], narrow, 1000},
	}
	troubled := up(t, made) // sources are worth a look where some are in trouble
	longer := up(t, func() (*server, error) {
		return startLife(life{hours: 15*24 + 2, scale: 0.08, trends: 9, sizes: [2]float64{0.5, 1}, tail: time.Hour}) // the hours of the week are known after two
	})
	for _, p := range pictures {
		from := s
		switch p.path {
		case "/sources":
			from = troubled
		case "/timing":
			from = longer
		}
		b := open(t, from.base, p.look)
		b.visit(p.path)
		b.until("the page", "document.readyState === 'complete' && document.fonts.status === 'loaded'")
		tall := eval[int64](b, "document.documentElement.scrollHeight")
		shot := tell(b, page.CaptureScreenshot, page.CaptureScreenshotParams{Clip: &page.Viewport{Width: float64(p.look.width), Height: float64(min(tall, p.height)), Scale: 1}, CaptureBeyondViewport: yes()})
		data, err := small(shot.Data)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*screenshots, p.name+".png"), data, 0o644); err != nil {
			t.Fatal(err)
		}
		if len(data) > 150<<10 {
			t.Errorf("%s has %d KiB", p.name, len(data)>>10)
		}
		b.clean(p.name)
	}
}

func yes() *bool { b := true; return &b }

// rising returns the path of the trend to show: the surest of those that rise, on as many platforms as there are.
func rising(t *testing.T, s *server) string {
	t.Helper()
	a, err := s.client().Trends(t.Context(), map[string][]string{"kind": {"hashtag"}, "phase": {"rising,peaking,emerging"}, "sort": {"score"}, "limit": {"20"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Trends) == 0 {
		return leading(t, s)[0]
	}
	on, best := map[string]int{}, a.Trends[0].Key
	for _, tr := range a.Trends {
		if on[tr.Key]++; on[tr.Key] > on[best] {
			best = tr.Key
		}
	}
	return "/terms/hashtag/" + best
}

// small writes a picture with the 256 colours that most of it has.
func small(data []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	b := full.Bounds()
	count := map[color.RGBA]int{}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			count[color.RGBAModel.Convert(full.At(x, y)).(color.RGBA)]++
		}
	}
	all := make([]color.RGBA, 0, len(count))
	for c := range count {
		all = append(all, c)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if count[a] != count[b] {
			return count[a] > count[b]
		}
		return uint32(a.R)<<16|uint32(a.G)<<8|uint32(a.B) < uint32(b.R)<<16|uint32(b.G)<<8|uint32(b.B)
	})
	palette := make(color.Palette, 0, 256)
	for _, c := range all[:min(256, len(all))] {
		palette = append(palette, c)
	}
	nearest := map[color.RGBA]uint8{}
	few := image.NewPaletted(b, palette)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.RGBAModel.Convert(full.At(x, y)).(color.RGBA)
			i, known := nearest[c]
			if !known {
				i = uint8(palette.Index(c))
				nearest[c] = i
			}
			few.SetColorIndex(x, y, i)
		}
	}
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few)
	return out.Bytes(), err
}
