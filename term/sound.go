package term

import (
	"bytes"
	"strings"
)

// The schemes of a sound's key, from the surest to the weakest identity.
const (
	schemeISRC = "isrc:" // International Standard Recording Code
	schemeMBID = "mbid:" // MusicBrainz recording
	schemeID   = "id:"   // platform and the platform's own ID
	schemeName = "name:" // folded artist and title
)

const (
	// nameSep stands between artist and title in a key.
	nameSep = "␟"

	// maxArtistBytes leaves the larger part of a key to the title.
	maxArtistBytes = 96
	maxTitleBytes  = MaxKeyBytes - len(schemeName) - len(nameSep) - maxArtistBytes
)

// SoundTerm returns the term of a sound that was seen on a platform. The key is
// the surest identity the reference holds and starts with its scheme:
//
//	isrc:usum72401994          a valid ISRC
//	mbid:8f3471b5-…            a valid MusicBrainz recording ID
//	id:tiktok:7016547803243…   the platform's own ID
//	name:sabrina carpenter␟espresso
//
// Sounds that people record themselves are titled alike ("original sound",
// "nhạc nền - Daily Smile"): their names keep the author, and without ID and
// author they have no identity. The result is false where there is none.
//
// The display is "Artist – Title", the title alone where it names the artist or
// there is no artist, and the key where there is no title.
func SoundTerm(platform string, ref SoundRef) (Term, bool) {
	var buf [MaxKeyBytes]byte
	key, ok := appendSoundTerm(buf[:0], platform, &ref)
	if !ok {
		return Term{}, false
	}
	t := Term{Kind: Sound, Key: string(key)}
	t.Display = string(appendSoundDisplay(key[:0], &ref, t.Key))
	return t, true
}

// appendSoundTerm appends the key of [SoundTerm].
func appendSoundTerm(dst []byte, platform string, ref *SoundRef) ([]byte, bool) {
	if key, ok := appendISRC(dst, ref.ISRC); ok {
		return key, true
	}
	if key, ok := appendMBID(dst, ref.MBID); ok {
		return key, true
	}
	if key, ok := appendSoundID(dst, platform, ref.ID); ok {
		return key, true
	}
	return appendName(dst, ref.Artist, ref.Title)
}

// appendSoundKey is [AppendKeyOf] for sounds.
func appendSoundKey(dst []byte, text string) []byte {
	scheme, rest, _ := strings.Cut(text, ":")
	switch scheme + ":" {
	case schemeISRC:
		if key, ok := appendISRC(dst, rest); ok {
			return key
		}
	case schemeMBID:
		if key, ok := appendMBID(dst, rest); ok {
			return key
		}
	case schemeID:
		if platform, id, ok := strings.Cut(rest, ":"); ok {
			if key, ok := appendSoundID(dst, platform, id); ok {
				return key
			}
		}
	case schemeName:
		if artist, title, ok := strings.Cut(rest, nameSep); ok {
			key, _ := appendName(dst, artist, title)
			return key
		}
	}
	key, _ := appendName(dst, "", text)
	return key
}

// appendISRC appends the key of an ISRC (ISO 3901): two letters, three letters
// or digits, seven digits; hyphens and spaces do not count.
func appendISRC(dst []byte, isrc string) ([]byte, bool) {
	key := append(dst, schemeISRC...)
	n := 0
	for _, c := range []byte(isrc) {
		if c == '-' || c == ' ' {
			continue
		}
		digit := '0' <= c && c <= '9'
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !(letter && n < 5 || digit && 2 <= n && n < 12) {
			return dst, false
		}
		if letter {
			c |= 0x20
		}
		key = append(key, c)
		n++
	}
	if n != 12 {
		return dst, false
	}
	return key, true
}

// appendMBID appends the key of a MusicBrainz ID, a UUID (RFC 9562, section 4).
func appendMBID(dst []byte, mbid string) ([]byte, bool) {
	mbid = strings.TrimSpace(mbid)
	if len(mbid) != 36 {
		return dst, false
	}
	key := append(dst, schemeMBID...)
	for i := range len(mbid) {
		c := mbid[i]
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return dst, false
			}
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f':
		case 'A' <= c && c <= 'F':
			c |= 0x20
		default:
			return dst, false
		}
		key = append(key, c)
	}
	return key, true
}

// appendSoundID appends the key of a platform's own ID. The ID keeps its case:
// some platforms tell IDs apart by it.
func appendSoundID(dst []byte, platform, id string) ([]byte, bool) {
	key := append(dst, schemeID...)
	start := len(key)
	key = appendVisible(key, platform)
	if len(key) == start {
		key = append(key, unknownPlatform...)
	}
	key = append(key, ':')
	start = len(key)
	key = appendVisible(key, id)
	if len(key) == start {
		return dst, false
	}
	return boundKey(key, len(dst)), true
}

// appendName appends the key of a sound known by its name alone.
func appendName(dst []byte, artist, title string) ([]byte, bool) {
	key := append(dst, schemeName...)
	start := len(key)
	key = appendNamePart(key, artist, maxArtistBytes)
	hasArtist := len(key) > start
	key = append(key, nameSep...)
	start = len(key)
	key = appendNamePart(key, title, maxTitleBytes)
	if len(key) == start {
		return dst, false
	}
	if author, ok := originalOf(key[start:]); ok && !hasArtist && len(author) == 0 {
		return dst, false
	}
	return key, true
}

func appendNamePart(dst []byte, s string, limit int) []byte {
	if strings.Contains(s, nameSep) {
		s = strings.ReplaceAll(s, nameSep, " ")
	}
	base := len(dst)
	dst = AppendKey(dst, s)
	return append(dst[:base], cutClusters(dst[base:], limit)...)
}

// appendSoundDisplay appends the display of [SoundTerm].
func appendSoundDisplay(dst []byte, ref *SoundRef, key string) []byte {
	title, artist := strings.TrimSpace(ref.Title), strings.TrimSpace(ref.Artist)
	switch {
	case title == "" && artist == "":
		return append(dst, key...)
	case title == "":
		title = key
	case artist == "", strings.Contains(title, artist):
		return append(dst, title...)
	}
	dst = append(append(dst, artist...), " – "...)
	return append(dst, title...)
}

// originalLabels are what platforms title a sound that its author recorded, in
// the languages of their readers, as keys.
var originalLabels = []string{
	"original sound", "original audio", "nhạc nền", "âm thanh gốc", "son original", "audio d'origine",
	"sonido original", "audio original", "som original", "áudio original", "suara asli", "bunyi asal",
	"suono originale", "audio originale", "originalton", "origineel geluid", "originalljud", "sunet original",
	"oryginalny dźwięk", "orijinal ses", "оригинальный звук", "оригінальний звук", "الصوت الأصلي",
	"เสียงต้นฉบับ", "オリジナル楽曲", "オリジナルサウンド", "오리지널 사운드", "原声", "原聲",
}

// originalOf reports a title that only says that the sound is its author's own
// and returns the author it names, who may be empty. title is a key.
func originalOf(title []byte) (author []byte, ok bool) {
	for _, label := range originalLabels {
		if len(title) < len(label) || string(title[:len(label)]) != label {
			continue
		}
		rest := title[len(label):]
		if len(rest) == 0 {
			return nil, true
		}
		if author := bytes.TrimLeft(rest, " -–—"); len(author) < len(rest) {
			return author, true
		}
	}
	return nil, false
}
