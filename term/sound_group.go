package term

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// SoundGroupKey returns the key under which the variants of a recording are
// shown as one in rankings: sped up, slowed, remixed, live, in another version.
// It is made of the first artist and of the title without what names the
// variant, both as in [AppendGroupKey]. It is empty where the name does not say:
// without a title, and for sounds that are their author's own; such a sound
// stands alone under its key.
//
// A variant is named in brackets ("(sped up)", "【DJ版】"), behind a dash or
// underscore (" - Remastered 2011"), or by the last words ("espresso sped up").
// Credits in brackets ("(feat. X)") go the same way. What has no such word stays:
// "(I Can't Get No) Satisfaction" keeps its brackets.
func SoundGroupKey(ref SoundRef) string {
	title := KeyOf(Keyword, ref.Title)
	if title == "" {
		return ""
	}
	if _, ok := originalOf([]byte(title)); ok {
		return ""
	}
	key := make([]byte, 0, len(title)+len(ref.Artist)+len(nameSep))
	key = AppendGroupKey(key, firstArtist(KeyOf(Keyword, ref.Artist)))
	key = append(key, nameSep...)
	return string(AppendGroupKey(key, baseTitle(title)))
}

// firstArtist cuts a list of artists after the first.
func firstArtist(key string) string {
	end := len(key)
	for _, sep := range [...]string{"/", ",", "、", ";", " & ", " x ", " feat.", " feat ", " featuring ", " ft.", " ft ", " vs.", " vs "} {
		if i := strings.Index(key, sep); i > 0 {
			end = min(end, i)
		}
	}
	return strings.TrimSpace(key[:end])
}

// baseTitle cuts what names a variant off a title. Both are keys.
func baseTitle(title string) string {
	base := cutBrackets(title)
	for {
		shorter := cutLastWords(cutTail(base))
		if shorter == base || shorter == "" {
			break
		}
		base = shorter
	}
	if base == "" {
		return title
	}
	return base
}

const (
	openers = "([{<【「『〈《〔"
	closers = ")]}>】」』〉》〕"
)

// cutBrackets drops each bracketed part that names a variant.
func cutBrackets(title string) string {
	for from := 0; from < len(title); {
		open := strings.IndexAny(title[from:], openers)
		if open < 0 {
			break
		}
		open += from
		inner := open + runeLen(title[open:])
		end := strings.IndexAny(title[inner:], closers)
		if end < 0 {
			break
		}
		end += inner
		after := end + runeLen(title[end:])
		if !namesVariant(title[inner:end]) {
			from = inner
			continue
		}
		title = strings.TrimSpace(title[:open]) + " " + strings.TrimSpace(title[after:])
		from = min(open, len(title))
	}
	return strings.TrimSpace(title)
}

func runeLen(s string) int {
	_, size := utf8.DecodeRuneInString(s)
	return size
}

// cutTail drops what stands behind the last dash or underscore if it names a variant.
func cutTail(title string) string {
	for _, sep := range [...]string{" - ", " – ", " — ", " | ", " / ", "_"} {
		if i := strings.LastIndex(title, sep); i > 0 && namesVariant(title[i+len(sep):]) {
			return strings.TrimSpace(title[:i])
		}
	}
	return title
}

// cutLastWords drops the words at the end that say how a sound was altered.
func cutLastWords(title string) string {
	words := strings.Fields(title)
	n := len(words)
	for n > 1 {
		last := strings.Trim(words[n-1], "+.,-&")
		switch {
		case last == "up" && n > 2 && (words[n-2] == "sped" || words[n-2] == "speed"):
			n -= 2
		case last == "down" && n > 2 && words[n-2] == "slowed":
			n -= 2
		case last == "", last == "spedup", last == "speedup", last == "slowed", last == "reverb", last == "reverbed",
			last == "nightcore", last == "daycore", last == "remix":
			n--
		default:
			return strings.Join(words[:n], " ")
		}
	}
	return strings.Join(words[:n], " ")
}

// variantWords name a variant, or credits, where they stand apart from the title.
var variantWords = map[string]bool{
	"sped": true, "spedup": true, "speed": true, "speedup": true, "slowed": true, "reverb": true, "reverbed": true,
	"nightcore": true, "daycore": true, "8d": true, "boosted": true, "lofi": true,
	"remix": true, "rmx": true, "mix": true, "edit": true, "bootleg": true, "mashup": true, "flip": true, "vip": true,
	"version": true, "versión": true, "versão": true, "versione": true, "versi": true, "ver": true,
	"live": true, "acoustic": true, "acústico": true, "instrumental": true, "karaoke": true, "cover": true, "demo": true,
	"remaster": true, "remastered": true, "extended": true, "radio": true,
	"feat": true, "ft": true, "featuring": true, "prod": true,
}

// variantParts name a variant in scripts that do not part words.
var variantParts = []string{"版", "ver.", "バージョン", "リミックス", "カバー", "翻自", "翻唱", "倍速", "加速", "减速", "리믹스", "버전", "ремикс"}

func namesVariant(s string) bool {
	for _, part := range variantParts {
		if strings.Contains(s, part) {
			return true
		}
	}
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) }) {
		if variantWords[word] {
			return true
		}
	}
	return false
}
