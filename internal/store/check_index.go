package store

import (
	"fmt"

	"github.com/zeebo/xxh3"
)

// indexCheck holds the index of terms against the dictionary, which comes behind it: what
// there is in the one and what has to be for the other, as sums of hashes, since both
// may be larger than memory and come in other orders.
type indexCheck struct {
	has, needs indexSum
	unsure     bool // an entry of the dictionary cannot be read, which was told
}

type indexSum struct{ n, sum uint64 }

func (s *indexSum) add(c change) {
	s.n++
	s.sum += xxh3.Hash(append(c.key[:len(c.key):len(c.key)], c.body...))
}

func (c *checker) indexed(key, body []byte) error {
	if body == nil {
		c.index.unsure = true
		return nil
	}
	c.index.has.add(change{key, body})
	_, err := decodeIndex(body)
	return err
}

func (c *checker) indexedTerm(t Term) {
	if c.contents.Format < indexFrom {
		return
	}
	for _, change := range t.index() {
		c.index.needs.add(change)
	}
}

// finishIndex tells whether the two agree. A store without snapshots may be one that was
// being emptied.
func (c *checker) finishIndex() {
	if c.contents.Format < indexFrom || c.index.unsure || c.index.has == c.index.needs {
		return
	}
	f := Finding{
		Severity: Lost, Where: "index of terms",
		What:  fmt.Sprintf("it holds %d entries, the %d terms of the dictionary need %d, or others", c.index.has.n, c.contents.Terms, c.index.needs.n),
		Means: "a search may miss some terms", Out: outBackup,
	}
	if len(c.contents.Snapshots) == 0 {
		f.Severity, f.Out = Repairable, "go on with the run: without a snapshot it begins with an empty store"
	}
	c.add("index", f)
}
