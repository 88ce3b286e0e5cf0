package backup

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/internal/fault"
)

// Writer writes a backup: [Writer.Member] for each member and writes to what it
// returns, then [Writer.Close]. The first error stays: every later call returns it.
// The zero value is not usable.
type Writer struct {
	to     io.Writer
	sum    hash.Hash // of everything written
	size   uint64    // bytes written
	frames uint64
	enc    *zstd.Encoder
	err    error

	member bool   // one is open
	count  uint64 // bytes of it so far
	block  []byte // of it, not yet written
	packed []byte
	frame  []byte
}

// NewWriter begins a backup.
func NewWriter(to io.Writer) (*Writer, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(blockSize), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, fmt.Errorf("cannot begin a backup: %w", err)
	}
	w := &Writer{to: to, sum: sha256.New(), enc: enc, block: make([]byte, 0, blockSize)}
	w.write(binary.LittleEndian.AppendUint32([]byte(magic), version))
	return w, w.err
}

// Size returns the bytes written so far.
func (w *Writer) Size() uint64 { return w.size }

// Member ends the member before and begins one. The name has 1 to 255 bytes and
// differs from those before; what is written to the result belongs to it, until
// the next call of a method of w.
func (w *Writer) Member(name string) (io.Writer, error) {
	if name == "" || len(name) > maxName {
		return nil, fmt.Errorf("%w: a member's name of %d bytes; use 1 to %d", ErrUse, len(name), maxName)
	}
	w.endMember()
	w.put(kindMember, len(name), []byte(name))
	w.member, w.count = true, 0
	return (*memberWriter)(w), w.err
}

// memberWriter takes the bytes of the member that is open.
type memberWriter Writer

func (m *memberWriter) Write(p []byte) (int, error) {
	w := (*Writer)(m)
	n := 0
	for len(p) > 0 && w.err == nil {
		free := p[:min(len(p), blockSize-len(w.block))]
		w.block = append(w.block, free...)
		n, p = n+len(free), p[len(free):]
		if len(w.block) == blockSize {
			w.flush()
		}
	}
	return n, w.err
}

// flush writes the block that was filled.
func (w *Writer) flush() {
	if len(w.block) == 0 || w.err != nil {
		return
	}
	w.count += uint64(len(w.block))
	w.packed = w.enc.EncodeAll(w.block, w.packed[:0])
	if len(w.packed) < len(w.block) {
		w.put(kindZstd, len(w.block), w.packed)
	} else {
		w.put(kindBlock, len(w.block), w.block)
	}
	w.block = w.block[:0]
	fault.Point("backup.block")
}

func (w *Writer) endMember() {
	if !w.member {
		return
	}
	w.flush()
	w.put(kindEnd, 8, binary.LittleEndian.AppendUint64(nil, w.count))
	w.member = false
}

// Close ends the backup with its trailer. It does not close what it was written to.
func (w *Writer) Close() error {
	w.endMember()
	size, sum := w.size, w.sum.Sum(nil)
	w.put(kindTrailer, 8+len(sum), append(binary.LittleEndian.AppendUint64(nil, size), sum...))
	return w.end()
}

// GiveUp ends the backup with the reason why it is none, for whoever reads it as
// it is written. It is called in place of [Writer.Close].
func (w *Writer) GiveUp(reason string) error {
	reason = reason[:min(len(reason), maxReason)]
	w.put(kindGivenUp, len(reason), []byte(reason))
	return w.end()
}

func (w *Writer) end() error {
	err := w.err
	if err == nil {
		w.err = fmt.Errorf("%w: the backup has ended", ErrUse)
		err = w.enc.Close()
	}
	return err
}

// put writes a frame.
func (w *Writer) put(kind byte, raw int, payload []byte) {
	f := frame{kind: kind, raw: uint32(raw), stored: uint32(len(payload))}
	f.sum = f.checksum(w.frames, payload)
	w.frames++
	w.frame = f.append(w.frame[:0])
	w.write(w.frame)
	w.write(payload)
}

func (w *Writer) write(b []byte) {
	if w.err != nil {
		return
	}
	n, err := w.to.Write(b)
	w.sum.Write(b[:n])
	w.size += uint64(n)
	if err != nil {
		w.err = fmt.Errorf("cannot write the backup: %w", err)
	}
}
