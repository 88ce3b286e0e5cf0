package fetch

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func encoded(t testing.TB, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCharset(t *testing.T) {
	ascii := strings.Repeat("plain ", 500)
	le, be := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	for _, c := range []struct{ name, media, body, want string }{
		{"utf-8", "text/plain; charset=utf-8", "tête", "tête"},
		{"mark", "text/csv", "\xef\xbb\xbfa,b", "a,b"},
		{"mark in JSON", "application/json", "\xef\xbb\xbf{}", "{}"},
		{"mark beats header", "text/plain; charset=iso-8859-1", "\xef\xbb\xbftête", "tête"},
		{"utf-16 le", "text/plain", encoded(t, le, "tête"), "tête"},
		{"utf-16 be", "application/xml", encoded(t, be, `<?xml version="1.0" encoding="UTF-16"?><a>é</a>`), `<?xml version="1.0" encoding="UTF-8"?><a>é</a>`},
		{"utf-16 JSON", "application/json", encoded(t, le, `{"a":"é"}`), `{"a":"é"}`},
		{"header", "text/plain; charset=windows-1251", encoded(t, charmap.Windows1251, "Привет"), "Привет"},
		{"header in quotes", `text/plain; charset="windows-1251"`, encoded(t, charmap.Windows1251, "Привет"), "Привет"},
		{"malformed header", `text/plain; charset=windows-1251; ; x`, encoded(t, charmap.Windows1251, "Привет"), "Привет"},
		{"shift jis", "text/html; charset=Shift_JIS", encoded(t, japanese.ShiftJIS, "<p>日本語"), "<p>日本語"},
		{"gbk that is UTF-8 too", "text/plain; charset=gbk", encoded(t, simplifiedchinese.GBK, "联通"), "联通"},
		{"latin 1 that is UTF-8", "text/html; charset=iso-8859-1", "tête #été", "tête #été"},
		{"utf-8 that is not", "text/plain; charset=utf-8", "caf\xe9", "café"},
		{"utf-8 with bad bytes", "text/plain; charset=utf-8", "日本語\xff日本語", "日本語\uFFFD日本語"},
		{"utf-8 with many bad bytes", "text/plain; charset=utf-8; charset=utf-16be", "é\xff\xfe", "é\uFFFD"},
		{"utf-8 that declares better", "text/xml; charset=utf-8", "<?xml version='1.0' encoding='iso-8859-2'?><a>\xb3</a>", "<?xml version='1.0' encoding='UTF-8'?><a>ł</a>"},
		{"claims utf-16", "application/rss+xml; charset=utf-16be", "<?xml version=\"1.0\"?><rss>é</rss>", "<?xml version=\"1.0\"?><rss>é</rss>"},
		{"unknown", "text/plain; charset=x-klingon", "tête", "tête"},
		{"dangerous", "text/plain; charset=hz-gb-2312", "tête", "tête"},
		{"xml declares", "application/atom+xml", `<?xml version="1.0" encoding="windows-1251" standalone="yes"?><a>` + encoded(t, charmap.Windows1251, "Привет") + "</a>", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><a>Привет</a>`},
		{"header beats xml", "text/xml; charset=koi8-r", `<?xml version="1.0" encoding="windows-1251"?>` + encoded(t, charmap.KOI8R, "Привет"), `<?xml version="1.0" encoding="UTF-8"?>Привет`},
		{"meta", "text/html", `<meta charset="windows-1251">` + encoded(t, charmap.Windows1251, "Привет"), `<meta charset="windows-1251">Привет`},
		{"late letters", "text/html", ascii + "Zażółć", ascii + "Zażółć"},
		{"late letters that are no UTF-8", "text/html", ascii + "caf\xe9", ascii + "café"},
		{"no type", "", "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><rss>\xe9</rss>", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss>é</rss>"},
		{"not text", "image/png", "\xef\xbb\xbf\xff", "\xef\xbb\xbf\xff"},
		{"empty", "text/html", "", ""},
	} {
		if got := string(toUTF8([]byte(c.body), c.media)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzCharset(f *testing.F) {
	for _, media := range []string{"text/plain", "text/html; charset=shift_jis", "application/xml; charset=utf-16", "application/json", "", "text/xml; charset=\"", "text/html; charset=hz-gb-2312"} {
		for _, body := range []string{"", "\xff\xfea\x00", "\xfe\xff\x00a", "\xef\xbb\xbf\xff", `<?xml version="1.0" encoding="koi8-r"?><a>` + "\xd0</a>", "<meta charset=gbk>\x81\x30", "caf\xe9"} {
			f.Add([]byte(body), media)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		before := bytes.Clone(body)
		got := toUTF8(body, contentType)
		if !bytes.Equal(before, body) {
			t.Error("the body was changed in place")
		}
		if len(got) > 3*len(body)+len("UTF-8") {
			t.Errorf("%d bytes became %d", len(body), len(got))
		}
		media := mediaOrGuess(map[string][]string{"Content-Type": {contentType}}, body)
		if strings.HasPrefix(media, "text/") || isHTML(media) || isXML(media) {
			if !utf8.Valid(got) {
				t.Errorf("%q is not UTF-8", got)
			}
			if utf8.Valid(body) && headerCharset(contentType) == "" && declaredCharset(body, media) == "" && !bytes.HasPrefix(body, bom8) && !bytes.Equal(got, body) {
				t.Errorf("%q was UTF-8 and became %q", body, got)
			}
		}
		if isXML(media) && xmlDeclared.Match(got) {
			// What it declares is no reason for a parser to refuse it.
			d := xml.NewDecoder(bytes.NewReader(got))
			if _, err := d.Token(); err != nil && strings.Contains(err.Error(), "encoding") {
				t.Errorf("%q: %v", got[:min(len(got), 100)], err)
			}
		}
	})
}

func FuzzWall(f *testing.F) {
	for _, body := range []string{
		"<title>Just a moment...</title>", `<div class="h-captcha">`, `<input type="password">`, `{"code":"10000","type":"verify"}`, "", "<html>", "plain",
	} {
		for _, media := range []string{"text/html", "application/json", ""} {
			f.Add([]byte(body), media, "Just a moment...")
		}
	}
	from := mustParse(f, "https://example.org/a")
	f.Fuzz(func(t *testing.T, body []byte, media, title string) {
		a := &answer{url: from, status: 200, header: map[string][]string{"Content-Type": {media}}, body: body, now: noon, hide: []string{"sesame"}}
		for _, trouble := range []error{asError(wallOf(a)), asError(wallOfPage(a, title))} {
			if trouble != nil && !strings.Contains(trouble.Error(), "https://example.org/a") {
				t.Errorf("does not name the address: %v", trouble)
			}
		}
		if text := a.text(); len(text) > 304 || strings.Contains(text, "sesame") || strings.ContainsAny(text, "\n\x1b") || !utf8.ValidString(text) {
			t.Errorf("not fit to be shown: %q", text)
		}
		if to, err := from.Parse(title); err == nil {
			wallBehind(from, to)
		}
	})
}
