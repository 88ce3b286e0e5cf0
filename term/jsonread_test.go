package term

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// depthOf returns how deep valid JSON is nested.
func depthOf(text string) int {
	depth, deepest, inString := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			depth++
			deepest = max(deepest, depth)
		case c == ']' || c == '}':
			depth--
		}
	}
	return deepest
}

// FuzzJSON compares what the reader takes for JSON, and the strings in it, with
// encoding/json.
func FuzzJSON(f *testing.F) {
	for _, line := range benchLines {
		f.Add([]byte(line))
	}
	for _, s := range []string{
		` [ 1 , -0.5e+3 , "a\u0000\ud83d\ude00\ud83d" , { "" : null , "long name beyond eight" : true } ] `,
		`"1234567"`, `"12345678"`, `"123456789\n"`, "\"1234567\x1f\"", "\"1234567\x7f\"", "\"é\xff\"", "\"\\u00e9\xc3\"", `{"12345678":0,"1234567":1,"é":2}`,
		`{"a" :1,"b": 2}`, `01`, `1.`, `-`, `1e`, `[1,]`, `{"a"}`, `"\x"`, `nul`, strings.Repeat("[", 65) + strings.Repeat("]", 65),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var r jsonReader
		r.reset(text, nil)
		err := r.skip(1)
		if err == nil {
			err = r.end()
		}
		want := json.Valid(text) && utf8.Valid(text) && depthOf(string(text)) < maxDepth+1
		if got := err == nil; got != want {
			t.Fatalf("%q is JSON: %t, want %t (%v)", text, got, want, err)
		}
		if err != nil && (err.Offset < 0 || err.Offset > len(text)) {
			t.Fatalf("%q: offset %d", text, err.Offset)
		}
		if trimmed := strings.TrimSpace(string(text)); err == nil && trimmed[0] == '"' {
			r.reset([]byte(trimmed), []byte("before"))
			got, _ := r.str()
			var want string
			if bad := json.Unmarshal(text, &want); bad != nil || got != want {
				t.Fatalf("%s is %q, want %q (%v)", text, got, want, bad)
			}
		}
	})
}

// TestPlainEnd compares the search in steps of eight bytes with one byte by byte.
func TestPlainEnd(t *testing.T) {
	bytes := rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte("\x00\x1f !\"#[\\]~\x7f\x80\x82\xa2\xdc\xff")))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) byte {
			if rapid.IntRange(0, 9).Draw(t, "plain") > 0 {
				return 'a'
			}
			return bytes.Draw(t, "byte")
		}), 0, 40).Draw(t, "text")
		start := rapid.IntRange(0, len(text)).Draw(t, "start")
		end, wide := start, false
		for ; end < len(text); end++ {
			c := text[end]
			if c < ' ' || c == '"' || c == '\\' {
				break
			}
			wide = wide || c >= utf8.RuneSelf
		}
		if gotEnd, gotWide := plainEnd(text, start); gotEnd != end || gotWide != wide {
			t.Fatalf("plainEnd(%q, %d) = %d, %t, want %d, %t", text, start, gotEnd, gotWide, end, wide)
		}
	})
}

// TestFieldNames reads every field's name, plain, with escapes and among spaces.
func TestFieldNames(t *testing.T) {
	seen := map[field]string{}
	for _, name := range []string{
		"type", "ts", "platform", "id", "author", "group", "lang", "region", "text", "repost", "tags", "keywords", "mentions",
		"links", "sound", "metrics", "list", "category", "term", "metric", "unit", "value", "values", "units",
	} {
		f := recordField(name)
		if f == fieldUnknown || seen[f] != "" {
			t.Errorf("%s is the same field as %q", name, seen[f])
		}
		seen[f] = name
		for _, spelling := range []string{
			`{"` + name + `":0}            `, `{ "` + name + `" : 0}`, `{"\u00` + hex(name[0]) + name[1:] + `":0}`, `{"` + name + `":0}`,
		} {
			var r jsonReader
			r.reset([]byte(spelling), nil)
			r.open('}')
			if got, err := r.name(); err != nil || got != name || r.text[r.pos] != '0' {
				t.Errorf("the name in %s is %q, the value at byte %d (%v)", spelling, got, r.pos, err)
			}
		}
		for _, other := range []string{strings.ToUpper(name), name + "\x00", name + "s2", name[1:] + "x"} {
			if recordField(other) != fieldUnknown {
				t.Errorf("%q is taken for a field", other)
			}
		}
	}
}

func hex(c byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[c>>4], digits[c&15]})
}
