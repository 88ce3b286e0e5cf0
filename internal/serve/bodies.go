package serve

import (
	"bytes"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// encoded is the body of an answer. Any goroutine may read it.
type encoded struct {
	plain  []byte
	zipped func() []byte // compressed when first asked for
}

func newEncoded(body []byte) *encoded {
	return &encoded{plain: body, zipped: sync.OnceValue(func() []byte { return compressed(body) })}
}

var compressors = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

func compressed(body []byte) []byte {
	var b bytes.Buffer
	z := compressors.Get().(*gzip.Writer)
	defer compressors.Put(z)
	z.Reset(&b)
	_, _ = z.Write(body) // a buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

// bodies keeps the encoded answers of the newest view asked for: views last
// for a pane, and most askers want the same few lists.
type bodies struct {
	mu struct {
		sync.Mutex
		seq   uint64 // of the view
		bytes int    // of all plain bodies
		byTag map[string]*encoded
	}
}

// maxBodies is how many bytes of answers are kept, uncompressed.
const maxBodies = 4 << 20

// get returns the answer that the tag stands for, or nil.
func (b *bodies) get(tag string) *encoded {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.mu.byTag[tag]
}

// put keeps an answer from the view of that number, if there is room.
func (b *bodies) put(seq uint64, tag string, body *encoded) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.mu.byTag == nil || seq > b.mu.seq:
		b.mu.seq, b.mu.bytes, b.mu.byTag = seq, 0, map[string]*encoded{}
	case seq < b.mu.seq || b.mu.byTag[tag] != nil:
		return
	}
	if size := b.mu.bytes + len(body.plain); size <= maxBodies {
		b.mu.bytes, b.mu.byTag[tag] = size, body
	}
}
