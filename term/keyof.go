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
		return appendSigned(dst, text, "#", wideHash)
	case Mention:
		return appendSigned(dst, text, "@", wideAt)
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

// appendSigned appends the key of text without the sign around it.
func appendSigned(dst []byte, text, sign, wide string) []byte {
	base := len(dst)
	dst = AppendKey(dst, trimSign(text, sign, wide))
	// Rarer spellings of the sign turn into it only in the key.
	start := base
	for start < len(dst) && (dst[start] == sign[0] || dst[start] == ' ') {
		start++
	}
	return append(dst[:base], dst[start:]...)
}

// trimSign drops the signs before text and, where there are some, those behind
// it too: Weibo writes #topic#, but C# is a word.
func trimSign(text, sign, wide string) string {
	signed := false
	for {
		text = strings.TrimSpace(text)
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
	return strings.TrimSpace(text)
}
