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
		return appendSigned(dst, text, '#', wideHash)
	case Mention:
		return appendSigned(dst, text, '@', wideAt)
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

// appendSigned appends the key of text without the sign before it and, where
// there was one, without the same sign behind it (Weibo writes #topic#).
func appendSigned(dst []byte, text string, sign byte, wide string) []byte {
	text = strings.TrimSpace(text)
	signed := false
	for {
		rest, narrow := strings.CutPrefix(text, string(rune(sign)))
		rest, other := strings.CutPrefix(rest, wide)
		if !narrow && !other {
			break
		}
		text, signed = rest, true
	}
	if signed {
		text = strings.TrimRight(text, string(rune(sign))+wide)
	}
	base := len(dst)
	dst = AppendKey(dst, text)
	// Rarer spellings of the sign turn into it only in the key.
	start := base
	for start < len(dst) && (dst[start] == sign || dst[start] == ' ') {
		start++
	}
	return append(dst[:base], dst[start:]...)
}
