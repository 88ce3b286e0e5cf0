package journal

// Taken is a batch with a name that was counted.
type Taken struct {
	Once
	Ingest int64 // of the batch, in microseconds since 1970
}

// names are those of batches that were counted lately, in the order in which they were.
type names struct {
	byKey map[[16]byte]*Taken
	order []*Taken // with Ingest that never falls
}

func newNames() names { return names{byKey: map[[16]byte]*Taken{}} }

// has says whether a batch of that name was taken within [KeepNames] before b.
func (n *names) has(b *Batch) bool {
	t := n.byKey[b.Once.Key]
	return t != nil && t.Ingest >= b.Ingest-KeepNames
}

// take notes the name of a batch, if it has one, and forgets those whose time is over by
// then. It returns how many were forgotten before their time.
func (n *names) take(b *Batch) (early uint64) {
	for len(n.order) > 0 && n.order[0].Ingest < b.Ingest-KeepNames {
		n.drop()
	}
	if !b.Once.Named() {
		return 0
	}
	for len(n.order) >= MaxNames {
		n.drop()
		early++
	}
	n.add(&Taken{Once: b.Once, Ingest: b.Ingest})
	return early
}

func (n *names) add(t *Taken) {
	n.byKey[t.Key] = t
	n.order = append(n.order, t)
}

// drop forgets the oldest.
func (n *names) drop() {
	delete(n.byKey, n.order[0].Key)
	n.order[0] = nil
	n.order = n.order[1:]
}
