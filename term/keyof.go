package term

import "strings"

// AppendKeyOf appends to dst the key of what people typed or a platform
// delivered as a term of the given kind: [AppendKey] without a leading '#' or
// '@' for hashtags and mentions, [AppendLinkKey] for links, and for sounds a key
// as in [SoundTerm], where text without the prefix of a scheme is taken for a
// title. The result is empty when text holds nothing to count. The key of a key
// is itself.
func AppendKeyOf(dst []byte, kind Kind, text string) []byte {
	switch kind {
	case Hashtag:
		return appendUnsigned(dst, trimSign(text, "#", wideHash), '#')
	case Mention:
		return appendUnsigned(dst, trimSign(text, "@", wideAt), '@')
	case Link:
		return AppendLinkKey(dst, text)
	case Sound:
		return appendSoundKey(dst, text)
	}
	return AppendKey(dst, text)
}

// KeyOf is [AppendKeyOf] for callers who want a string.
func KeyOf(kind Kind, text string) string {
	var buf [MaxKeyBytes]byte
	return string(AppendKeyOf(buf[:0], kind, text))
}

func signOf(kind Kind) byte {
	if kind == Mention {
		return '@'
	}
	return '#'
}

// appendUnsigned appends the key of text that [trimSign] has freed of the sign:
// rarer spellings of it turn into it only in the key.
func appendUnsigned(dst []byte, text string, sign byte) []byte {
	base := len(dst)
	dst = AppendKey(dst, text)
	start := base
	for start < len(dst) && (dst[start] == sign || dst[start] == ' ') {
		start++
	}
	if start == base {
		return dst
	}
	return append(dst[:base], dst[start:]...)
}

// trimSign drops the signs before text and, where there are some, those behind
// it too: Weibo writes #topic#, but C# is a word.
func trimSign(text, sign, wide string) string {
	if text != "" && wordByte(text[0]) && text[0] != sign[0] && wordByte(text[len(text)-1]) {
		return text
	}
	signed := false
	for {
		text = trimSpace(text)
		rest := strings.TrimPrefix(strings.TrimPrefix(text, sign), wide)
		if len(rest) == len(text) {
			break
		}
		text, signed = rest, true
	}
	if signed {
		for {
			rest := strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(text, sign), wide))
			if len(rest) == len(text) {
				break
			}
			text = rest
		}
	}
	return text
}

// display returns text as people should read it: without the sign around it.
func display(kind Kind, text string) string {
	switch kind {
	case Hashtag:
		return trimSign(text, "#", wideHash)
	case Mention:
		return trimSign(text, "@", wideAt)
	}
	return trimSpace(text)
}

// trimSpace is strings.TrimSpace, which is not made for text without any.
func trimSpace(s string) string {
	if s != "" && wordByte(s[0]) && wordByte(s[len(s)-1]) {
		return s
	}
	return strings.TrimSpace(s)
}

// wordByte reports ASCII bytes that are not white space or control characters.
func wordByte(c byte) bool { return c-'!' < 0x7f-'!' }
