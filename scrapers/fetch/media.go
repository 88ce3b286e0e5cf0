package fetch

import (
	"net/http"
	"strings"
)

// mediaOf returns the media type in a Content-Type, in lower case and without parameters. It takes what
// mime.ParseMediaType would refuse: many servers' parameters are malformed.
func mediaOf(contentType string) string {
	media, _, _ := strings.Cut(contentType, ";")
	media, _, _ = strings.Cut(media, ",") // the header given twice
	return strings.ToLower(strings.TrimSpace(media))
}

// accepted reports whether a media type is one of the accepted: themselves, "*+json" and the
// like by suffix, "text/*" and the like by prefix.
func accepted(accept []string, media string) bool {
	for _, want := range accept {
		want = strings.ToLower(want)
		switch {
		case want == media, want == "*/*":
			return true
		case strings.HasPrefix(want, "*+") && strings.HasSuffix(media, want[1:]):
			return true
		case strings.HasSuffix(want, "/*") && strings.HasPrefix(media, want[:len(want)-1]):
			return true
		}
	}
	return false
}

// acceptHeader returns the header for them: suffixes are no media ranges, so whoever wants these
// says that others will do.
func acceptHeader(accept []string) string {
	var out []string
	rest := len(accept) == 0
	for _, a := range accept {
		if strings.HasPrefix(a, "*+") || a == "*/*" {
			rest = true
			continue
		}
		out = append(out, a)
	}
	if len(out) == 0 {
		return "*/*"
	}
	if rest {
		out = append(out, "*/*;q=0.1")
	}
	return strings.Join(out, ", ")
}

// mediaOrGuess returns the media type of an answer, guessed from the body where the server
// does not say.
func mediaOrGuess(h http.Header, body []byte) string {
	if media := mediaOf(h.Get("Content-Type")); media != "" {
		return media
	}
	head := strings.TrimLeft(strings.TrimPrefix(string(body[:min(len(body), 64)]), "\uFEFF"), " \t\r\n")
	switch {
	case strings.HasPrefix(head, "{"), strings.HasPrefix(head, "["):
		return "application/json"
	case strings.HasPrefix(head, "<?xml"), strings.HasPrefix(head, "<rss"), strings.HasPrefix(head, "<feed"):
		return "application/xml"
	}
	return mediaOf(http.DetectContentType(body))
}

func isHTML(media string) bool { return media == "text/html" || media == "application/xhtml+xml" }

func isJSON(media string) bool {
	return media == "application/json" || media == "text/json" || strings.HasSuffix(media, "+json")
}

func isXML(media string) bool {
	return media == "application/xml" || media == "text/xml" || strings.HasSuffix(media, "+xml") && !isHTML(media)
}
