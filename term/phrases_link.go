package term

import "strings"

// withoutPaths returns the text with a space for what follows the host in http and https URLs, as [AppendLinks]
// finds them, cut off or not: nobody reads what stands there. It uses buf for a text that has such,
// and returns it.
func withoutPaths(buf []byte, text string) (string, []byte) {
	kept := 0 // end of what was copied or passed over
	for from := 0; ; {
		colon := indexFrom(text, from, "://")
		if colon == len(text) {
			break
		}
		host := colon + len("://")
		if schemeStart(text, colon) < from {
			from = host
			continue
		}
		from = max(host, linkEnd(text, host))
		path := strings.IndexAny(text[host:from], "/?#")
		if path < 0 {
			continue
		}
		if kept == 0 {
			buf = buf[:0]
		}
		buf = append(append(buf, text[kept:host+path]...), ' ')
		kept = from
	}
	if kept == 0 {
		return text, buf
	}
	buf = append(buf, text[kept:]...)
	return alias(buf), buf
}
