package term

import "testing"

// benchLines are the shapes of record that archives hold.
var benchLines = map[string]string{
	"post":  `{"ts":"2016-07-28T14:23:00Z","platform":"x","id":"758731021547864064","author":"9a7f31c2","text":"We'll watch the #debate tonight with friends, #popcorn ready: who wins? #Election2016","lang":"en","region":"US","metrics":{"likes":3,"shares":1}}`,
	"sound": `{"ts":1469715780,"platform":"tiktok","id":"v1","author":"u1","tags":["BookTok","fyp"],"sound":{"id":"7016547803243","title":"Espresso","artist":"Sabrina Carpenter"},"metrics":{"views":1200}}`,
	"gauge": `{"type":"gauge","ts":1746512354,"platform":"douyin","list":"hot-music","term":{"kind":"sound","id":"7481184976222849829","title":"城北的花（架子鼓版）","artist":"王宇宙Leto/乔浚丞"},"values":{"rank":1,"heat":18765436,"uses":5648902}}`,
}

var benchTexts = map[string]string{
	"ascii":    "Proud to stand with our #veterans today at the #HonorFlight ceremony in Washington; thank you for your service to this great nation of ours! #USA see more",
	"no tag":   "Proud to stand with our veterans today at the ceremony in Washington; thank you for your service to this great nation of ours! See more on my page",
	"japanese": "今日は友達と映画を見に行きました！とても面白かったです。#映画好きな人と繋がりたい #日本語ハッシュタグ また明日も頑張ります #ぼっち・ざ・ろっく",
}

func BenchmarkHashtags(b *testing.B) {
	for name, text := range benchTexts {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			dst := make([]Span, 0, 16)
			for b.Loop() {
				dst = AppendHashtags(dst[:0], text)
			}
		})
	}
}

func BenchmarkPlain(b *testing.B) {
	for name, text := range benchTexts {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			dst := make([]byte, 0, 1024)
			for b.Loop() {
				dst = AppendPlain(dst[:0], text)
			}
		})
	}
}

func BenchmarkKey(b *testing.B) {
	for name, s := range map[string]string{
		"ascii": "BlackLivesMatter", "latin": "ÉcoleNormaleSupérieure", "japanese": "日本語ハッシュタグ", "arabic": "السَّلام",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			dst := make([]byte, 0, 1024)
			for b.Loop() {
				dst = AppendKey(dst[:0], s)
			}
		})
	}
}

func BenchmarkGroupKey(b *testing.B) {
	for name, s := range map[string]string{"ascii": "black_lives_matter", "latin": "écolenormalesupérieure"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			dst := make([]byte, 0, 1024)
			for b.Loop() {
				dst = AppendGroupKey(dst[:0], s)
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for name, line := range benchLines {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(line)))
			var (
				d   Decoder
				rec Record
			)
			raw := []byte(line)
			for b.Loop() {
				if err := d.Decode(raw, &rec); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppendRecord(b *testing.B) {
	var (
		d   Decoder
		rec Record
	)
	if err := d.Decode([]byte(benchLines["post"]), &rec); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var dst []byte
	for b.Loop() {
		dst = AppendRecord(dst[:0], &rec)
	}
}

func BenchmarkExtract(b *testing.B) {
	for name, text := range benchTexts {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			x := Extractor{ScanMentions: true, ScanLinks: true}
			rec := Record{Platform: "x", Text: text}
			for b.Loop() {
				x.Terms(&rec)
			}
		})
	}
}
