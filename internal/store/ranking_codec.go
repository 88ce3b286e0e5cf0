package store

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/dgraph-io/badger/v4"
	"github.com/klauspost/compress/zstd"
)

// The formats of a ranking: compressed by itself, or against the first one of
// its hour, most of which it repeats.
const (
	rankingWhole = 1
	rankingDelta = 2
)

// rankingBase is a ranking that others of its hour are compressed against. It is
// not changed once made.
type rankingBase struct {
	at   int64
	data []byte
	sum  uint32 // CRC-32C of data
	enc  *zstd.Encoder
	dec  *zstd.Decoder
}

// baseID stands for the base in the frames that need it.
const baseID = 1

func newRankingBase(at int64, data []byte) *rankingBase {
	return &rankingBase{at: at, data: data, sum: crc32.Checksum(data, castagnoli)}
}

func (b *rankingBase) close() error {
	var err error
	if b.enc != nil {
		err = b.enc.Close()
	}
	if b.dec != nil {
		b.dec.Close()
	}
	return err
}

func (s *Store) encodeRanking(base *rankingBase, at int64, data []byte) ([]byte, error) {
	if base == nil {
		body := binary.AppendUvarint([]byte{rankingWhole}, uint64(len(data)))
		return s.enc.EncodeAll(data, body), nil
	}
	if base.enc == nil {
		var err error
		if base.enc, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
			zstd.WithEncoderCRC(false), zstd.WithEncoderDictRaw(baseID, base.data)); err != nil {
			return nil, err
		}
	}
	body := binary.AppendUvarint([]byte{rankingDelta}, uint64(at-base.at))
	body = binary.LittleEndian.AppendUint32(body, base.sum)
	body = binary.AppendUvarint(body, uint64(len(data)))
	return base.enc.EncodeAll(data, body), nil
}

// decodeRanking returns what the body of a ranking holds, with the help of its
// base where it has one. An error that comes from the base names it.
func (s *Store) decodeRanking(tx *badger.Txn, at int64, body []byte) ([]byte, error) {
	if len(body) == 0 || body[0] != rankingDelta {
		return s.decodeWhole(body)
	}
	d, err := parseDelta(at, body)
	if err != nil {
		return nil, err
	}
	base := s.rankings.reading.Load()
	if base == nil || base.at != d.base || base.sum != d.sum {
		if base, err = s.readBase(tx, d.base); err != nil {
			return nil, err
		}
		if base.sum != d.sum {
			return nil, fmt.Errorf("its base, the ranking of %d, is not the one that it was written against", d.base)
		}
		s.rankings.reading.Store(base)
	}
	return decompress(base.dec, d.frame, d.size)
}

// readBase reads the ranking that others are compressed against.
func (s *Store) readBase(tx *badger.Txn, at int64) (*rankingBase, error) {
	key := rankingKey(at)
	body, err := get(tx, key)
	if err != nil {
		return nil, err
	}
	if body == nil {
		return nil, fmt.Errorf("its base, the ranking of %d, is missing", at)
	}
	data, err := s.decodeWhole(body)
	if err != nil {
		return nil, fmt.Errorf("its base, the ranking of %d: %w", at, err)
	}
	base := newRankingBase(at, data)
	return base, base.toRead()
}

// toRead makes ready to decode the rankings that are compressed against this one.
func (b *rankingBase) toRead() (err error) {
	b.dec, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxRanking),
		zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderDictRaw(baseID, b.data))
	return err
}

// rankingFrame is a ranking that needs its base to be read.
type rankingFrame struct {
	base  int64
	sum   uint32
	size  uint64
	frame []byte
}

func parseDelta(at int64, body []byte) (rankingFrame, error) {
	r := reader{buf: body}
	r.format(rankingDelta)
	after := r.uvarint()
	if r.err == nil && (after == 0 || after > rankingHour) {
		r.fail(fmt.Errorf("its base is %d µs older", after))
	}
	d := rankingFrame{base: at - int64(after)}
	if sum := r.take(4); sum != nil {
		d.sum = binary.LittleEndian.Uint32(sum)
	}
	d.size = r.rankingSize()
	d.frame = r.buf
	return d, r.err
}

// rankingSize reads how long a ranking is before compression.
func (r *reader) rankingSize() uint64 {
	size := r.uvarint()
	if r.err == nil && size > maxRanking {
		r.fail(fmt.Errorf("ranking of %d bytes, the limit is %d", size, maxRanking))
	}
	return size
}

func (s *Store) decodeWhole(body []byte) ([]byte, error) {
	r := reader{buf: body}
	if len(body) > 0 && body[0] > rankingDelta {
		r.format(rankingDelta) // from a later program
	} else {
		r.format(rankingWhole)
	}
	size := r.rankingSize()
	if r.err != nil {
		return nil, r.err
	}
	return decompress(s.dec, r.buf, size)
}

func decompress(dec *zstd.Decoder, frame []byte, size uint64) ([]byte, error) {
	data, err := dec.DecodeAll(frame, make([]byte, 0, size))
	if err == nil && uint64(len(data)) != size {
		err = fmt.Errorf("ranking holds %d bytes, its size is %d", len(data), size)
	}
	return data, err
}
