package term

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/zeebo/xxh3"
)

// AppendLinkKey appends to dst the key under which a link is counted: without
// scheme, user name, "www.", standard port, fragment, tracking parameters
// (utm_*, and the click identifiers of Google, Meta, Microsoft, TikTok, X and
// Yandex) and trailing slash; the host in lower case. The order of the other
// parameters is kept, and so is the case of the path: servers tell them apart.
// Escapes and international host names are left as typed.
//
// A key over [MaxKeyBytes] keeps its start and ends in '~' and 16 hexadecimal
// digits of a hash of the whole, so that long links stay apart. The key of a
// key is itself. Nothing is allocated for ASCII links while dst has room.
func AppendLinkKey(dst []byte, link string) []byte {
	if !isVisible(link) {
		link = string(appendVisible(nil, link))
	}
	base := len(dst)
	rest := strings.TrimLeft(link, "/")
	for {
		i := strings.Index(rest, "://")
		if i < 0 || !isScheme(rest[:i]) {
			break
		}
		rest = strings.TrimLeft(rest[i+len("://"):], "/")
	}
	rest, _, _ = strings.Cut(rest, "#")
	hostEnd := strings.IndexAny(rest, "/?")
	if hostEnd < 0 {
		hostEnd = len(rest)
	}
	host, rest := rest[:hostEnd], rest[hostEnd:]
	dst = appendHost(dst, host)
	if len(dst) == base {
		return dst
	}
	path, query, _ := strings.Cut(rest, "?")
	dst = append(dst, strings.TrimRight(path, "/")...)
	dst = appendQuery(dst, query)
	return boundKey(dst, base)
}

func isScheme(s string) bool {
	return strings.EqualFold(s, "http") || strings.EqualFold(s, "https")
}

func appendHost(dst []byte, host string) []byte {
	host = host[strings.LastIndexByte(host, '@')+1:]
	for {
		bare := strings.TrimRight(host, ".:")
		bare = strings.TrimSuffix(strings.TrimSuffix(bare, ":80"), ":443")
		if len(bare) > len("www.") && strings.EqualFold(bare[:len("www.")], "www.") {
			bare = bare[len("www."):]
		}
		if bare == host {
			break
		}
		host = bare
	}
	for _, r := range host {
		dst = utf8.AppendRune(dst, unicode.ToLower(r))
	}
	return dst
}

// visible reports the characters that may be part of a link or an ID.
func visible(r rune) bool {
	return r > ' ' && r != utf8.RuneError && !(0x7f <= r && r <= 0xA0) && !ignorable(r) && !unicode.IsSpace(r)
}

func isVisible(s string) bool {
	for _, r := range s[plainStart(s):] {
		if !visible(r) {
			return false
		}
	}
	return true
}

// plainStart returns how many ASCII bytes, all of them visible, s starts with.
func plainStart(s string) int {
	i := 0
	for i < len(s) && wordByte(s[i]) {
		i++
	}
	return i
}

// appendVisible appends s without white space, control characters and bytes
// that are not UTF-8.
func appendVisible(dst []byte, s string) []byte {
	plain := plainStart(s)
	dst = append(dst, s[:plain]...)
	for _, r := range s[plain:] {
		if visible(r) {
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

func appendQuery(dst []byte, query string) []byte {
	sep := byte('?')
	for query != "" {
		var param string
		param, query, _ = strings.Cut(query, "&")
		name, _, _ := strings.Cut(param, "=")
		if param == "" || trackingParam(name) {
			continue
		}
		dst = append(dst, sep)
		dst = append(dst, param...)
		sep = '&'
	}
	return dst
}

func trackingParam(name string) bool {
	if len(name) >= 4 && strings.EqualFold(name[:4], "utm_") {
		return true
	}
	switch name {
	case "fbclid", "gclid", "dclid", "igshid", "igsh", "msclkid", "ttclid", "twclid", "yclid":
		return true
	}
	return false
}

// boundKey replaces the end of dst[base:] by a hash of it where it is too long
// for a key and cutting would merge different things.
func boundKey(dst []byte, base int) []byte {
	const (
		digits = "0123456789abcdef"
		keep   = MaxKeyBytes - 1 - 16
	)
	if len(dst)-base <= MaxKeyBytes {
		return dst
	}
	sum := xxh3.Hash(dst[base:])
	end := base + keep
	for !utf8.RuneStart(dst[end]) {
		end--
	}
	dst = append(dst[:end], '~')
	for shift := 60; shift >= 0; shift -= 4 {
		dst = append(dst, digits[sum>>shift&15])
	}
	return dst
}
