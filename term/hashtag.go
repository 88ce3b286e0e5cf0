package term

import "strings"

// Span is a part of a text as byte offsets: text[Start:End].
type Span struct{ Start, End int }

func trimHash(s string) string {
	if t, ok := strings.CutPrefix(s, "#"); ok {
		return t
	}
	return strings.TrimPrefix(s, "＃")
}

// AppendHashtags appends the bodies (without '#') of the hashtags in text to dst.
func AppendHashtags(dst []Span, text string) []Span {
	return dst
}
