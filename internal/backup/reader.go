package backup

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"
)

// Reader reads a backup: [Reader.Next] for each member until it returns [io.EOF].
// It takes no more memory than two blocks, 2 MiB, whatever the bytes say. The first
// error stays. The zero value is not usable.
type Reader struct {
	from   io.Reader
	sum    hash.Hash // of everything read, but for the trailer
	at     uint64    // byte of the frame at hand
	next   uint64    // byte of the one after it
	frames uint64
	dec    *zstd.Decoder // nil until there is something to decompress
	err    error

	name   string
	member bool   // one is open
	count  uint64 // bytes of it so far
	left   []byte // of the block at hand
	stored []byte
	raw    []byte
}

// NewReader begins to read a backup. Errors: [ErrNotBackup], [ErrNewer], [ErrCut].
func NewReader(from io.Reader) (*Reader, error) {
	r := &Reader{from: from, sum: sha256.New()}
	return r, r.head()
}

func (r *Reader) head() error {
	b := make([]byte, headLen)
	n, err := io.ReadFull(r.from, b)
	switch {
	case string(b[:min(n, len(magic))]) != magic[:min(n, len(magic))]:
		return fmt.Errorf("%w: it begins with %q", ErrNotBackup, b[:min(n, len(magic))])
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: it has %d bytes", ErrCut, n)
	case err != nil:
		return fmt.Errorf("cannot read the backup: %w", err)
	}
	switch v := binary.LittleEndian.Uint32(b[len(magic):]); {
	case v > version:
		return fmt.Errorf("%w: it has format %d, this version of swell reads %d; use the version that wrote it", ErrNewer, v, version)
	case v == 0:
		return fmt.Errorf("%w at byte %d: format 0 does not exist", ErrDamaged, len(magic))
	}
	r.sum.Write(b)
	r.next = uint64(len(b))
	return nil
}

// Offset returns the place of the frame at hand in the file, in bytes.
func (r *Reader) Offset() uint64 { return r.at }

// Next passes over what is left of the member before and returns the next one: its
// name and its bytes, which can be read until the next call. After the last one it
// verifies the trailer, and that nothing follows, and returns [io.EOF]: only then
// is the backup whole.
//
// Errors, also those of reading a member: [ErrDamaged], [ErrCut], [ErrGivenUp].
func (r *Reader) Next() (name string, content io.Reader, err error) {
	if r.member {
		if _, err := io.Copy(io.Discard, (*memberReader)(r)); err != nil {
			return "", nil, err
		}
	}
	f, payload, err := r.frame()
	if err != nil {
		return "", nil, err
	}
	switch f.kind {
	case kindMember:
		r.name, r.member, r.count = string(payload), true, 0
		return r.name, (*memberReader)(r), nil
	case kindTrailer:
		return "", nil, r.trailer(payload)
	}
	return "", nil, r.damaged("a frame %q between members", f.kind)
}

// memberReader hands out the bytes of the member that is open.
type memberReader Reader

func (m *memberReader) Read(p []byte) (int, error) {
	r := (*Reader)(m)
	if len(p) == 0 {
		return 0, nil
	}
	for len(r.left) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		if !r.member {
			return 0, io.EOF
		}
		if err := r.block(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// block reads the next block of the member, or its end.
func (r *Reader) block() error {
	f, payload, err := r.frame()
	if err != nil {
		return err
	}
	switch f.kind {
	case kindBlock:
		r.left = payload
	case kindZstd:
		if r.left, err = r.decompress(f, payload); err != nil {
			return err
		}
	case kindEnd:
		if size := binary.LittleEndian.Uint64(payload); size != r.count {
			return r.damaged("member %q has %d bytes, expected %d", r.name, r.count, size)
		}
		r.member = false
	default:
		return r.damaged("a frame %q within member %q", f.kind, r.name)
	}
	r.count += uint64(len(r.left))
	return nil
}

func (r *Reader) decompress(f frame, payload []byte) ([]byte, error) {
	if r.dec == nil {
		dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(blockSize), zstd.WithDecodeAllCapLimit(true))
		if err != nil {
			r.err = fmt.Errorf("cannot read the backup: %w", err)
			return nil, r.err
		}
		r.dec, r.raw = dec, make([]byte, 0, blockSize)
	}
	data, err := r.dec.DecodeAll(payload, r.raw[:0:f.raw])
	switch {
	case err != nil:
		return nil, r.damaged("a block that verifies cannot be decompressed: %v", err)
	case len(data) != int(f.raw):
		return nil, r.damaged("a block has %d bytes decompressed, expected %d", len(data), f.raw)
	}
	return data, nil
}

// sizes says how long payloads may be, by kind.
var sizes = map[byte]struct{ least, most uint32 }{
	kindMember:  {1, maxName},
	kindBlock:   {1, blockSize},
	kindZstd:    {1, blockSize},
	kindEnd:     {8, 8},
	kindGivenUp: {0, maxReason},
	kindTrailer: {8 + sha256.Size, 8 + sha256.Size},
}

// frame reads the next frame and verifies it. Its payload is valid until the next one.
func (r *Reader) frame() (frame, []byte, error) {
	if r.err != nil {
		return frame{}, nil, r.err
	}
	r.at = r.next
	var head [frameLen]byte
	if err := r.fill(head[:], 0); err != nil {
		return frame{}, nil, err
	}
	f := frameOf(head[:])
	size, known := sizes[f.kind]
	switch {
	case !known:
		return f, nil, r.damaged("there is no frame %q", f.kind)
	case f.stored < size.least || f.stored > size.most || f.raw > blockSize:
		return f, nil, r.damaged("a frame %q of %d bytes, %d decompressed", f.kind, f.stored, f.raw)
	case f.kind == kindZstd && f.raw <= f.stored, f.kind != kindZstd && f.raw != f.stored:
		return f, nil, r.damaged("a frame %q of %d bytes, %d decompressed", f.kind, f.stored, f.raw)
	}
	if cap(r.stored) < int(f.stored) {
		r.stored = make([]byte, 0, max(int(f.stored), blockSize/4))
	}
	payload := r.stored[:f.stored]
	if err := r.fill(payload, frameLen); err != nil {
		return f, nil, err
	}
	if sum := f.checksum(r.frames, payload); sum != f.sum {
		return f, nil, r.damaged("checksum is %08x, stored %08x", sum, f.sum)
	}
	if f.kind == kindGivenUp {
		r.err = fmt.Errorf("%w at byte %d by who wrote it: %s", ErrGivenUp, r.at, payload)
		return f, nil, r.err
	}
	if f.kind != kindTrailer {
		r.sum.Write(head[:])
		r.sum.Write(payload)
	}
	r.next += uint64(frameLen + len(payload))
	r.frames++
	return f, payload, nil
}

// fill reads what lies some bytes behind the beginning of the frame at hand.
func (r *Reader) fill(b []byte, behind uint64) error {
	n, err := io.ReadFull(r.from, b)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		r.err = fmt.Errorf("%w: it ends at byte %d, without its trailer", ErrCut, r.at+behind+uint64(n))
	default:
		r.err = fmt.Errorf("cannot read the backup at byte %d: %w", r.at+behind+uint64(n), err)
	}
	return r.err
}

func (r *Reader) trailer(payload []byte) error {
	if size := binary.LittleEndian.Uint64(payload); size != r.at {
		return r.damaged("the trailer stands behind %d bytes, it says %d", r.at, size)
	}
	if sum := r.sum.Sum(nil); string(sum) != string(payload[8:]) {
		return r.damaged("SHA-256 is %x, stored %x", sum, payload[8:])
	}
	var more [1]byte
	switch _, err := io.ReadFull(r.from, more[:]); {
	case err == nil:
		return r.damaged("more follows the trailer")
	case !errors.Is(err, io.EOF):
		r.err = fmt.Errorf("cannot read behind the backup: %w", err)
		return r.err
	}
	r.err = io.EOF
	return io.EOF
}

func (r *Reader) damaged(format string, args ...any) error {
	r.err = fmt.Errorf("%w at byte %d: %s", ErrDamaged, r.at, fmt.Sprintf(format, args...))
	return r.err
}
