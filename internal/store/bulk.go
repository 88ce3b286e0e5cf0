package store

import (
	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/ristretto/v2/z"
)

// bulk fills an empty database with keys that rise, as tables of its lowest level:
// without logs, and with nothing left to compact.
type bulk struct {
	to  *badger.StreamWriter
	buf *z.Buffer // entries on their way
}

const (
	// bulkTables makes the tables that a bulk writes 8 MiB, of which the database
	// holds a few in memory.
	bulkTables = 8 << 20 >> 5

	bulkBuffer  = 1 << 20
	bulkVersion = 1
)

func (s *Store) bulk() (*bulk, error) {
	b := &bulk{to: s.db.NewStreamWriter()}
	if err := b.to.Prepare(); err != nil {
		b.to.Cancel()
		return nil, err
	}
	b.buf = z.NewBuffer(2*bulkBuffer, "bulk")
	return b, nil
}

// put stores a sealed value. The key must be above the one before: the database ends
// the process otherwise. Both can be reused when it returns.
func (b *bulk) put(key, value []byte) error {
	badger.KVToBuffer(&pb.KV{Key: key, Value: value, Version: bulkVersion, StreamId: 1}, b.buf)
	if b.buf.LenNoPadding() < bulkBuffer {
		return nil
	}
	return b.flush()
}

func (b *bulk) flush() error {
	err := b.to.Write(b.buf)
	b.buf.Reset()
	return err
}

// finish returns once all is in tables. From then on the database can be written to.
func (b *bulk) finish() error {
	err := b.flush()
	if err == nil {
		err = b.to.Flush()
	} else {
		b.to.Cancel()
	}
	return release(b, err)
}

// cancel gives up what was put, some of which may be there.
func (b *bulk) cancel() error {
	b.to.Cancel()
	return release(b, nil)
}

func release(b *bulk, err error) error {
	if rerr := b.buf.Release(); err == nil {
		err = rerr
	}
	return err
}
