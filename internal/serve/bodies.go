package serve

import (
	"bytes"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// encoded is the body of an answer. Any goroutine may read it.
type encoded struct {
	plain []byte
	// Compressed when first asked for; nil: that would not make it shorter.
	gzipped, zstded func() []byte
}

func newEncoded(body []byte) *encoded {
	return &encoded{
		plain:   body,
		gzipped: sync.OnceValue(func() []byte { return gzipOf(body) }),
		zstded:  sync.OnceValue(func() []byte { return zstdOf(body) }),
	}
}

// in returns the body in a coding, or as it is where it is not to be had in that.
func (e *encoded) in(c coding) ([]byte, coding) {
	switch {
	case c == gzipped && e.gzipped != nil:
		return e.gzipped(), c
	case c == zstded && e.zstded != nil:
		return e.zstded(), c
	}
	return e.plain, asItIs
}

var gzipWriters = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

func gzipOf(body []byte) []byte {
	var b bytes.Buffer
	z := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(z)
	z.Reset(&b)
	_, _ = z.Write(body) // a buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

// zstdWindow is how far back a compressed body refers, and so what a reader has to keep;
// those of HTTP keep up to 8 MiB (RFC 9659).
const zstdWindow = 1 << 20

var zstdWriters = sync.Pool{New: func() any {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(zstdWindow), zstd.WithLowerEncoderMem(true))
	if err != nil { // cannot be: the options are good
		return nil
	}
	return z
}}

func zstdOf(body []byte) []byte {
	z, ok := zstdWriters.Get().(*zstd.Encoder)
	if !ok {
		return body
	}
	defer zstdWriters.Put(z)
	return z.EncodeAll(body, nil)
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
