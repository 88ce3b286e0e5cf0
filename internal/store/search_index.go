package store

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/swell-radar/swell/term"
)

// The index of terms holds the texts that a term is found by, its forms, in sorted order.
// It says nothing that the dictionary does not say: it is written and deleted with the entries
// there, and can be built from them.

// form is one text that a term is found by.
type form struct {
	text string
	mark byte
}

// The marks stand behind the text in a key, so that a text sorts before what it begins:
// no form has a byte below formsFrom.
const (
	markWhole = 0 // the text is all of a form
	markWord  = 1 // it begins at a later word of one
	formsFrom = ' '
)

// The parts of the index.
const (
	indexForms = 'f' // by the form
	indexEnds  = 'e' // by the form without its first rune: of whole forms that long
)

const (
	// maxForm is the longest form, in bytes. Keys of terms are not longer.
	maxForm = term.MaxKeyBytes

	// maxWords bounds the words of a sound's name that it is found by.
	maxWords = 12

	// typoRunes is the length in runes from which a text is also found by what is
	// nearly the same.
	typoRunes = 5
)

// How sounds are named; see [term.SoundTerm].
const (
	soundByName   = "name:"
	soundNameSep  = "␟"
	soundShownSep = " – "
)

// forms returns the forms of a term, each text once, whole ones first.
//
//   - Hashtags and keywords: the group key.
//   - Sounds: the group key of the key; of their name, as group keys, artist and title, the
//     recording, its title alone, and artist and title from each later word on.
//   - Others: the key.
func (t Term) forms() []form {
	var forms []form
	add := func(text string, mark byte) {
		text = cleanForm(text)
		if text != "" && !slices.ContainsFunc(forms, func(f form) bool { return f.text == text }) {
			forms = append(forms, form{text, mark})
		}
	}
	add(formOf(t.Kind, t.Key), markWhole)
	if t.Kind != term.Sound {
		return forms
	}
	ref := t.sound()
	name := groupKey(term.KeyOf(term.Keyword, ref.Artist+" "+ref.Title))
	add(name, markWhole)
	if recording := term.SoundGroupKey(ref); recording != "" {
		_, title, _ := strings.Cut(recording, soundNameSep)
		add(strings.TrimSpace(strings.Replace(recording, soundNameSep, " ", 1)), markWhole)
		add(title, markWhole)
	}
	for range maxWords {
		var more bool
		if _, name, more = strings.Cut(name, " "); !more {
			break
		}
		add(name, markWord)
	}
	return forms
}

// sound returns what the entry says of a sound's name.
func (t Term) sound() (ref term.SoundRef) {
	if name, ok := strings.CutPrefix(t.Key, soundByName); ok {
		ref.Artist, ref.Title, _ = strings.Cut(name, soundNameSep)
		return ref
	}
	if t.Display == t.Key {
		return ref
	}
	var has bool
	if ref.Artist, ref.Title, has = strings.Cut(t.Display, soundShownSep); !has {
		ref.Artist, ref.Title = "", t.Display
	}
	return ref
}

// formOf returns the form of a key, for terms of a kind.
func formOf(kind term.Kind, key string) string {
	switch kind {
	case term.Hashtag, term.Keyword, term.Sound:
		return groupKey(key)
	}
	return key
}

func groupKey(key string) string { return string(term.AppendGroupKey(nil, key)) }

// cleanForm cuts a text to what can be a form: no normalised key changes.
func cleanForm(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return r < formsFrom || r == utf8.RuneError }) {
		text = strings.Map(func(r rune) rune {
			if r < formsFrom {
				return -1
			}
			return r
		}, strings.ToValidUTF8(text, ""))
	}
	if len(text) > maxForm {
		end := maxForm
		for !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end]
	}
	return text
}

// indexPrefix is how the keys of a part begin, of terms of a kind.
func indexPrefix(part byte, kind term.Kind) []byte { return []byte{tabIndex, part, byte(kind)} }

const (
	indexPrefixLen = 3
	indexTail      = 1 + 8 // the mark and the ID
	indexKeyLeast  = indexPrefixLen + indexTail
)

func indexKey(part byte, kind term.Kind, text string, mark byte, id term.ID) []byte {
	k := make([]byte, 0, indexKeyLeast+len(text))
	k = append(append(k, indexPrefix(part, kind)...), text...)
	return binary.BigEndian.AppendUint64(append(k, mark), uint64(id))
}

const indexFormat = 1

// index returns what the index has to hold of a term: its forms with the platform, and
// the ends of long ones.
func (t Term) index() (all []change) {
	for _, f := range t.forms() {
		all = append(all, change{
			key:  indexKey(indexForms, t.Kind, f.text, f.mark, t.ID),
			body: append([]byte{indexFormat}, t.Platform...),
		})
		if f.mark != markWhole || utf8.RuneCountInString(f.text) < typoRunes {
			continue
		}
		// Two forms that differ in their first runes alone have one end.
		end := change{key: indexKey(indexEnds, t.Kind, withoutFirst(f.text), markWhole, t.ID), body: []byte{indexFormat}}
		if !hasKey(all, end.key) {
			all = append(all, end)
		}
	}
	return all
}

func withoutFirst(text string) string {
	_, size := utf8.DecodeRuneInString(text)
	return text[size:]
}

func hasKey(list []change, key []byte) bool {
	return slices.ContainsFunc(list, func(c change) bool { return bytes.Equal(c.key, key) })
}

// reindexed returns the changes to the index with those of a term from one entry to
// another, of which the first may have no forms.
func reindexed(before, after []change) (all []change) {
	for _, c := range before {
		if !hasKey(after, c.key) {
			all = append(all, change{key: c.key})
		}
	}
	for _, c := range after {
		if !hasKey(before, c.key) {
			all = append(all, c)
		}
	}
	return all
}

func decodeIndex(body []byte) (platform []byte, err error) {
	r := reader{buf: body}
	r.format(indexFormat)
	return r.buf, r.err
}
