package store

import (
	"strings"
	"unicode/utf8"
)

// typos finds the whole forms that differ from a text by one rune more, less, other or
// swapped with its neighbour.
//
// A form that is shorter or swapped is known, and looked up. One with another or a further
// rune begins like the text up to there: of what begins so, the index is walked from each
// rune that comes next to the following one, and the one or two forms are looked up that
// would go on with the rest of the text. At the very beginning, where any rune of any script
// may come, the ends of forms are looked up in a part of the index of their own.
type typos struct {
	*matcher
	forms, ends *cursor
	text        string
}

func (t *typos) find() error {
	for i, r := range t.text {
		before, after := t.text[:i], t.text[i+utf8.RuneLen(r):]
		if err := t.look(before + after); err != nil {
			return err
		}
		if next, size := utf8.DecodeRuneInString(after); size > 0 && next != r {
			if err := t.look(before + after[:size] + string(r) + after[size:]); err != nil {
				return err
			}
		}
		if i == 0 {
			if err := t.lookEnds(after, t.text); err != nil {
				return err
			}
			continue
		}
		if err := t.walk(before, t.text[i:], after); err != nil {
			return err
		}
	}
	return nil
}

// walk finds the forms that begin with before, go on with one rune and end with one of
// the ends.
func (t *typos) walk(before string, ends ...string) error {
	if len(ends) == 2 && ends[0] > ends[1] {
		ends[0], ends[1] = ends[1], ends[0] // the cursor goes forward
	}
	c := t.forms
	for ok := c.seek(before + string(rune(formsFrom))); ok && strings.HasPrefix(string(c.text), before); {
		_, size := utf8.DecodeRune(c.text[len(before):])
		head := string(c.text[:len(before)+size])
		for _, end := range ends {
			if err := t.look(head + end); err != nil {
				return err
			}
		}
		ok = c.seek(behind(head))
	}
	return nil
}

// behind returns the least text above all that begin with a text, whose last byte is the
// end of a rune.
func behind(text string) string {
	last := len(text) - 1
	return text[:last] + string([]byte{text[last] + 1})
}

// look takes the terms of which a text is a whole form. What begins like the text that is
// searched for matches better than this.
func (t *typos) look(form string) error {
	if strings.HasPrefix(form, t.text) {
		return nil
	}
	c := t.forms
	for ok := c.seek(form); ok && c.mark == markWhole && string(c.text) == form; ok = c.next() {
		wanted, err := t.wanted(c)
		if err != nil {
			return err
		}
		if wanted {
			t.add(match{likeness: NearlySame, form: form, kind: c.kind, id: c.id})
		}
	}
	return nil
}

// lookEnds takes the terms whose forms have one of the ends behind their first rune.
func (t *typos) lookEnds(ends ...string) error {
	c := t.ends
	for _, end := range ends {
		for ok := c.seek(end); ok && string(c.text) == end; ok = c.next() {
			if !t.step(nameSteps) {
				return nil
			}
			f := match{likeness: NearlySame, kind: c.kind, id: c.id}
			if err := t.name(&f); err != nil {
				return err
			}
			if f.named && t.ofPlatform(f.term.Platform) {
				t.addEnding(f, end)
			}
		}
	}
	return nil
}

// addEnding takes a term by those of its whole forms that have an end.
func (t *typos) addEnding(f match, end string) {
	for _, form := range f.term.forms() {
		if form.mark == markWhole && withoutFirst(form.text) == end && !strings.HasPrefix(form.text, t.text) {
			f.form = form.text
			t.add(f)
		}
	}
}
