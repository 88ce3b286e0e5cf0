package backup

import (
	"encoding/binary"
	"hash/crc32"
)

const (
	magic   = "swell backup"
	version = 1

	// headLen is what comes before the first frame: magic and version.
	headLen = len(magic) + 4

	// frameLen is what comes before a frame's payload.
	frameLen = 1 + 4 + 4 + 4

	// blockSize is the most that a block holds, before and after compression.
	blockSize = 1 << 20

	// maxName is the most bytes that the name of a member has.
	maxName = 255

	// maxReason is the most bytes that the reason of a frame of kindGivenUp has.
	maxReason = 4 << 10
)

// The first byte of a frame says what it is.
const (
	kindMember  = 'm' // a member begins: its name
	kindBlock   = 'b' // bytes of it
	kindZstd    = 'z' // bytes of it, compressed
	kindEnd     = 'e' // it ends: its size, u64le
	kindGivenUp = 'x' // the backup ends here and is none: why
	kindTrailer = 't' // it ends here and is whole: size up to here, u64le, SHA-256
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// frame is what comes before a payload.
type frame struct {
	kind   byte
	raw    uint32 // bytes of the payload before compression
	stored uint32 // bytes of the payload
	sum    uint32 // checksum of the frame's number, the three above and the payload
}

func (f frame) append(dst []byte) []byte {
	dst = append(dst, f.kind)
	dst = binary.LittleEndian.AppendUint32(dst, f.raw)
	dst = binary.LittleEndian.AppendUint32(dst, f.stored)
	return binary.LittleEndian.AppendUint32(dst, f.sum)
}

func frameOf(b []byte) frame {
	return frame{
		kind:   b[0],
		raw:    binary.LittleEndian.Uint32(b[1:]),
		stored: binary.LittleEndian.Uint32(b[5:]),
		sum:    binary.LittleEndian.Uint32(b[9:]),
	}
}

// checksum covers the frame's number, counted from 0: one that is left out, that
// comes twice or elsewhere is noticed where it is.
func (f frame) checksum(n uint64, payload []byte) uint32 {
	head := make([]byte, 0, 8+frameLen)
	head = binary.LittleEndian.AppendUint64(head, n)
	head = f.append(head)
	return crc32.Update(crc32.Checksum(head[:8+frameLen-4], castagnoli), castagnoli, payload)
}
