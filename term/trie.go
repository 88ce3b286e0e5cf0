package term

import (
	"slices"
	"strings"
)

// trie is the automaton of Aho and Corasick ("Efficient string matching: an aid to
// bibliographic search", 1975) over the bytes of keys. Nodes are numbered by depth and
// then by key, so that the children of a node are neighbours; the root is 0. It takes
// about 17 bytes for each byte of the keys and never changes.
//
// Keys begin and end where words do. Most words of a text begin no key, which a filter of
// prefixes tells: the rest of such a word is passed over.
type trie struct {
	root   [256]uint32 // children of the root; 0: none
	first  []uint32    // by node: its first child; one more at the end
	label  []byte      // by node: the byte that leads to it
	fail   []uint32    // by node: the longest other node that its bytes end with
	phrase []uint32    // by node: the key that ends there, counted from 1; 0: none
	suffix []uint32    // by node: the longest other node that its bytes end with and a key ends at; 0: none

	short    [256]bool // first bytes of keys that are shorter than a prefix
	prefixes prefixes  // of the others
}

// newTrie returns the trie of keys, no two of which are equal and none empty.
func newTrie(keys []string) *trie {
	order := make([]int, len(keys))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(keys[a], keys[b]) })

	t := &trie{prefixes: newPrefixes(len(keys))}
	for _, key := range keys {
		if len(key) < prefix {
			t.short[key[0]] = true
		} else {
			t.prefixes.add(key)
		}
	}
	type span struct{ from, to, depth int } // of order: the keys that begin with a node's bytes
	spans := []span{{0, len(order), 0}}
	parents := []uint32{0}
	t.label, t.phrase = []byte{0}, []uint32{0}
	for node := 0; node < len(spans); node++ {
		s := spans[node]
		t.first = append(t.first, uint32(len(spans)))
		for s.from < s.to {
			key := keys[order[s.from]]
			if len(key) == s.depth {
				t.phrase[node] = uint32(order[s.from] + 1)
				s.from++
				continue
			}
			c, end := key[s.depth], s.from+1
			for end < s.to && keys[order[end]][s.depth] == c {
				end++
			}
			if node == 0 {
				t.root[c] = uint32(len(spans))
			}
			spans = append(spans, span{s.from, end, s.depth + 1})
			parents = append(parents, uint32(node))
			t.label, t.phrase = append(t.label, c), append(t.phrase, 0)
			s.from = end
		}
	}
	t.first = append(t.first, uint32(len(spans)))
	t.fail, t.suffix = make([]uint32, len(spans)), make([]uint32, len(spans))
	for node := 1; node < len(spans); node++ { // those less deep come first
		if before := parents[node]; before != 0 {
			t.fail[node] = t.step(t.fail[before], t.label[before], t.label[node])
		}
		t.suffix[node] = t.ending(t.fail[node])
	}
	return t
}

// child returns the child of a node by a byte; 0: none.
func (t *trie) child(node uint32, c byte) uint32 {
	if node == 0 {
		return t.root[c]
	}
	from, to := t.first[node], t.first[node+1]
	for to-from > 8 {
		mid := from + (to-from)/2
		if t.label[mid] <= c {
			from = mid
		} else {
			to = mid
		}
	}
	for ; from < to; from++ {
		if t.label[from] == c {
			return from
		}
	}
	return 0
}

// step returns the node that is reached from a node by a byte. No key is taken to begin at
// the byte if that is within a word.
func (t *trie) step(node uint32, before, c byte) uint32 {
	for node != 0 {
		if next := t.child(node, c); next != 0 {
			return next
		}
		node = t.fail[node]
	}
	if within(before, c) {
		return 0
	}
	return t.root[c]
}

// within reports whether two bytes are of one word. Of words beyond ASCII it does not tell.
func within(before, c byte) bool { return wordASCII[before] && wordASCII[c] }

// wordASCII holds the bytes that words of ASCII are made of.
var wordASCII = func() (t [256]bool) {
	for _, c := range "_0123456789abcdefghijklmnopqrstuvwxyz" {
		t[c] = true
	}
	return t
}()

// start returns the next place from i on at which a key may begin, or the text ends.
func (t *trie) start(text []byte, i int) int {
	for i < len(text) {
		c := text[i]
		if t.root[c] != 0 && (i == 0 || !within(text[i-1], c)) &&
			(t.short[c] || i+prefix > len(text) || t.prefixes.has(text[i:])) {
			return i
		}
		i++
		if wordASCII[c] {
			for i < len(text) && wordASCII[text[i]] {
				i++
			}
		}
	}
	return i
}

// ending returns the node itself if a key ends at it, else the longest that it ends with
// at which one does; 0: none.
func (t *trie) ending(node uint32) uint32 {
	if t.phrase[node] != 0 {
		return node
	}
	return t.suffix[node]
}
