package watch

import (
	"strings"

	"golang.org/x/text/language"
)

// Language returns the language of a BCP 47 tag: its first part in lower case, with two letters where ISO 639 has
// such a code (en for eng, de for deu and ger). Empty where that is none, or stands for no known language or for
// several of them: und, mis, mul and zxx. Nothing is allocated for tags in lower case of a known language.
func Language(tag string) string {
	first := subtag(tag)
	if len(first) < 3 {
		return first
	}
	switch first {
	case "und", "mis", "mul", "zxx":
		return ""
	}
	if two := bibliographic[first]; two != "" {
		return two
	}
	if base, err := language.ParseBase(first); err == nil {
		return base.String()
	}
	return first
}

// bibliographic holds the codes of ISO 639-2 that libraries use, where these are others than those of ISO 639-3.
var bibliographic = map[string]string{
	"alb": "sq", "arm": "hy", "baq": "eu", "bur": "my", "chi": "zh", "cze": "cs", "dut": "nl", "fre": "fr", "geo": "ka", "ger": "de",
	"gre": "el", "ice": "is", "mac": "mk", "mao": "mi", "may": "ms", "per": "fa", "rum": "ro", "slo": "sk", "tib": "bo", "wel": "cy",
}

// subtag returns the first part of a BCP 47 tag in lower case; empty where it is no code of a language.
func subtag(tag string) string {
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		tag = tag[:i]
	}
	if len(tag) < 2 || len(tag) > 3 {
		return ""
	}
	for i := range len(tag) {
		if c := tag[i] | 0x20; c < 'a' || c > 'z' {
			return ""
		}
	}
	return strings.ToLower(tag)
}
