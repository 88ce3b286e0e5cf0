package push

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow is the largest zstd window accepted, in bytes: what zstd --long=27
// asks for. A stream of constant memory cannot be had with less.
const maxWindow = 128 << 20

// format is how an input is compressed.
type format uint8

const (
	plain format = iota
	gzipped
	zstandard
)

var formatNames = [...]string{plain: "plain", gzipped: "gzip", zstandard: "zstd"}

func (f format) String() string { return formatNames[f] }

// sniffBytes is how much of the beginning [sniff] needs.
const sniffBytes = 10

// foreign lists formats that people do hand over and that have to be converted
// first. What is looked for is nothing that a text begins with, so that a bad
// first line is never taken for one of them.
var foreign = []struct{ magic, name, advice string }{
	{"\xfd7zXZ\x00", "an xz file", "pipe it through xz -dc and replay -"},
	{"\x04\x22\x4d\x18", "an lz4 file", "pipe it through lz4 -dc and replay -"},
	{"PK\x03\x04", "a zip archive", "unpack it"},
	{"\xff\xfe{\x00", "UTF-16 text", "convert it to UTF-8"},
	{"\xfe\xff\x00{", "UTF-16 text", "convert it to UTF-8"},
}

// sniff recognises the compression by the first bytes of an input (RFC 1952
// §2.3.1 for gzip, RFC 8878 §3.1 for zstd frames and skippable frames).
func sniff(head []byte) (format, error) {
	for _, f := range foreign {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return plain, faultf(ErrFormat, "it is %s; %s", f.name, f.advice)
		}
	}
	switch {
	case isBzip2(head):
		return plain, faultf(ErrFormat, "it is a bzip2 file; pipe it through bzip2 -dc and replay -")
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return gzipped, nil
	case len(head) >= 4 && isZstd(binary.LittleEndian.Uint32(head)):
		return zstandard, nil
	}
	return plain, nil
}

// isBzip2 looks for the signature, the block size and the first block's magic.
func isBzip2(head []byte) bool {
	return len(head) >= 10 && string(head[:3]) == "BZh" && string(head[4:10]) == "1AY&SY"
}

func isZstd(magic uint32) bool {
	const frame, skippable = 0xfd2fb528, 0x184d2a50
	return magic == frame || magic&^0xf == skippable
}

// decompressor returns a reader of the decoded stream and a function that frees
// it. Frames and members that follow each other are read as one stream.
func decompressor(f format, r *bufio.Reader) (io.Reader, func(), error) {
	switch f {
	case gzipped:
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, nil, err
		}
		return z, func() {}, nil
	case zstandard:
		// One goroutine is enough: the reading goroutine is already apart from
		// decoding and counting, and more of them would hold more windows.
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	default:
		return r, func() {}, nil
	}
}

// unsupported explains a decompressor's error about a sound stream that asks
// for what is not given; nil if err is about something else.
func unsupported(err error) error {
	switch {
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return faultf(ErrFormat, "the zstd stream needs a window of more than %d MiB; compress it again without --long or with --long=27", maxWindow>>20)
	case errors.Is(err, zstd.ErrUnknownDictionary):
		return faultf(ErrFormat, "the zstd stream needs a dictionary; compress it again without one")
	}
	return nil
}

// damageError is the end of a stream whose content is cut or corrupt.
type damageError struct {
	class  Class
	reason string
}

func (e *damageError) Error() string { return e.reason }

// damage describes the end of a compressed stream that did not end well.
func (f format) damage(err error) *damageError {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &damageError{ClassTruncated, f.String() + " stream ends in the middle: unexpected EOF"}
	}
	return &damageError{ClassCorrupt, f.String() + " stream is damaged: " + err.Error()}
}
