package googletrends

import (
	"strconv"
	"strings"
	"unicode"
)

// scales are the words for thousands and more, as they stand behind numbers in the languages that
// such lists come in, in lower case.
var scales = map[string]float64{
	"k": 1e3, "m": 1e6,
	"thousand": 1e3, "million": 1e6,
	"tsd": 1e3, "mio": 1e6, // German
	"mil": 1e3, "mi": 1e6, "mill": 1e6, "millón": 1e6, "millones": 1e6, "milhão": 1e6, "milhões": 1e6, // Spanish, Portuguese
	"mille": 1e3, "mln": 1e6, "mila": 1e3, // French, Italian
	"tys": 1e3, "тыс": 1e3, "млн": 1e6, "тис": 1e3, // Polish, Russian, Ukrainian
	"bin": 1e3, "rb": 1e3, "jt": 1e6, "ribu": 1e3, "juta": 1e6, // Turkish, Indonesian
	"n": 1e3, "ng": 1e3, "nghìn": 1e3, "tr": 1e6, "triệu": 1e6, // Vietnamese
	"천": 1e3, "만": 1e4, "백만": 1e6, // Korean
	"千": 1e3, "万": 1e4, "萬": 1e4, "億": 1e8, "亿": 1e8, // Chinese, Japanese
	"พัน": 1e3, "หมื่น": 1e4, "แสน": 1e5, "ล้าน": 1e6, // Thai
	"हज़ार": 1e3, "हजार": 1e3, "लाख": 1e5, "lakh": 1e5, "crore": 1e7, // Hindi
	"ألف": 1e3, "آلاف": 1e3, "مليون": 1e6, // Arabic
	"אלף": 1e3, // Hebrew
}

// lowerBound reads an approximate number, as in "200,000+", "50K+", "1천+", "2,5 tys.+". It is false
// where there is none, or a word that is not known: no number is better than a wrong one.
func lowerBound(s string) (float64, bool) {
	s = strings.TrimSpace(strings.Trim(strings.TrimSpace(s), "+＋>~ "))
	digits := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) && !separator(r) })
	if digits < 0 {
		digits = len(s)
	}
	number, word := s[:digits], s[digits:]
	word = strings.ToLower(strings.Trim(word, "+＋ \u00a0\u202f\u200f\u200e."))
	scale := 1.0
	if word != "" {
		known := false
		if scale, known = scales[word]; !known {
			return 0, false
		}
	}
	n, ok := parseNumber(number)
	if n *= scale; !ok || n > 1e12 {
		return 0, false
	}
	return n, true
}

func separator(r rune) bool {
	switch r {
	case '.', ',', '\'', '’', ' ', '\u00a0', '\u202f', '٬', '٫':
		return true
	}
	return false
}

// parseNumber reads digits of any script. A separator before exactly three digits, or one that comes
// again, groups thousands; another one is the decimal point.
func parseNumber(s string) (float64, bool) {
	s = strings.TrimRightFunc(s, separator)
	var groups []string
	var b strings.Builder
	for _, r := range s {
		switch {
		case separator(r):
			groups = append(groups, b.String())
			b.Reset()
		default:
			b.WriteByte('0' + byte(digitValue(r)))
		}
	}
	groups = append(groups, b.String())
	if groups[0] == "" || len(groups[0]) > 15 {
		return 0, false
	}
	whole, point := groups[0], ""
	for i, g := range groups[1:] {
		last := i == len(groups)-2
		switch {
		case len(g) == 3:
			whole += g
		case last && g != "" && len(g) < 3:
			point = "." + g
		default:
			return 0, false
		}
	}
	n, err := strconv.ParseFloat(whole+point, 64)
	return n, err == nil
}

// digitValue returns the value of a decimal digit of any script: their blocks begin with zero.
func digitValue(r rune) int {
	for d := range 10 {
		if !unicode.IsDigit(r - rune(d) - 1) {
			return d
		}
	}
	return int(r) % 10
}
