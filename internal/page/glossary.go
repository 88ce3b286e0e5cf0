package page

import (
	"cmp"
	"strings"
)

// An entry says what one word means that stands on a page.
type entry struct {
	ID    string // of the place on the page that explains; as programs get the word where they get it too
	Word  string
	Group string // one of [groups]
	Short string // in a sentence: what a pointer gets
	More  string // what else there is to say; empty: nothing
	// Example is what it looks like; empty: it needs none.
	Example string
	// Formula is how it is computed, line by line, and Source where that comes from; empty: it is no number.
	Formula []string
	Source  string
}

// group is a part of the list of words.
type group struct{ Name, Title, Intro string }

// groups are in the order of a first reading.
func groups() []group {
	return []group{
		{"number", "Numbers", "What the columns and cards tell of a trend."},
		{"phase", "Phases", "Every trend takes the same course. The phase says where it stands, and with it whether there is time to join."},
		{"flag", "Marks", "They qualify a number: what to keep in mind before you act on it."},
		{"thing", "Things", "What is counted, and where it comes from."},
		{"told", "What you are told", "Alerts, lists and the digest."},
		{"state", "States of a source", "Whether Swell sees a platform now, and what to do if it does not."},
	}
}

// kinds of places where a word may stand that is not the name of an entry by itself.
var wordFamilies = []string{"", "flag-", "state-", "kind-"}

// lookUp finds the entry of a word: its ID, or the name that programs have for it.
func lookUp(word string) (entry, bool) {
	id := strings.ReplaceAll(strings.ToLower(word), "_", "-")
	id = strings.ReplaceAll(id, " ", "-")
	for _, family := range wordFamilies {
		for _, e := range glossary {
			if e.ID == family+id {
				return e, true
			}
		}
	}
	return entry{}, false
}

// help says in a sentence what a word means; empty where that needs no saying.
func help(word string) string {
	e, _ := lookUp(word)
	return e.Short
}

// shownWord is a word that leads to its explanation.
type shownWord struct {
	ID    string // empty: there is no explanation
	Label string
	Short string
}

// wordAs returns the word under another name, for the part _word.
func wordAs(word, label string) shownWord {
	e, _ := lookUp(word)
	return shownWord{ID: e.ID, Label: cmp.Or(label, e.Word, word), Short: e.Short}
}

// wordOf is what the part _word shows: a word, or what [wordAs] made of one.
func wordOf(x any) shownWord {
	switch x := x.(type) {
	case shownWord:
		return x
	case string:
		return wordAs(x, "")
	}
	return shownWord{}
}
