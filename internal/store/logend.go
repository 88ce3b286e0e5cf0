package store

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"strconv"

	"github.com/dgraph-io/badger/v4/y"
)

// The database writes a log ahead of each memtable: a header, then entries, each
// with its checksum, in transactions. The file is longer than what was written to
// it until it is closed, so a killed process leaves zeros or half an entry behind
// the end. An opening for writing cuts these off; the database refuses to read a
// log that still has them.
const (
	logHeaderLen = 20
	entryInTxn   = 1 << 6
	entryEndsTxn = 1 << 7
	maxLogKey    = 1 << 16
)

// logEnd returns where the last whole transaction of a log ends, and whether
// anything but zeros follows.
func logEnd(path string) (end int64, torn bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, false, err
	}
	if info.Size() < logHeaderLen {
		return 0, info.Size() > 0, nil
	}
	if _, err := f.Seek(logHeaderLen, io.SeekStart); err != nil {
		return 0, false, err
	}
	if end, err = transactionsEnd(bufio.NewReaderSize(f, 1<<16), logHeaderLen, info.Size()); err != nil {
		return 0, false, err
	}
	torn, err = anyBut0(f, end)
	return end, torn, err
}

// transactionsEnd reads entries of a log of that size from an offset on and returns
// where the last whole transaction among them ends.
func transactionsEnd(r *bufio.Reader, at, size int64) (end int64, err error) {
	end = at
	txn := uint64(0) // that the entries belong to; 0 between transactions
	var buf []byte
	for {
		var e logEntry
		if e, buf, err = readLogEntry(r, size-at, buf); err != nil {
			if errors.Is(err, errNoEntry) {
				err = nil
			}
			return end, err
		}
		at += e.size
		switch {
		case e.meta&entryInTxn != 0:
			if txn == 0 {
				txn = e.version
			}
			if txn != e.version {
				return end, nil
			}
		case e.meta&entryEndsTxn != 0:
			if ended, err := strconv.ParseUint(string(e.value), 10, 64); err != nil || ended != txn {
				return end, nil
			}
			txn, end = 0, at
		default:
			if txn != 0 {
				return end, nil
			}
			end = at
		}
	}
}

type logEntry struct {
	meta    byte
	version uint64
	value   []byte
	size    int64 // bytes in the log
}

// errNoEntry says that there is no whole entry.
var errNoEntry = errors.New("no entry")

// summed counts and sums what is read of an entry.
type summed struct {
	r   *bufio.Reader
	n   int64
	sum uint32
}

func (s *summed) ReadByte() (byte, error) {
	b, err := s.r.ReadByte()
	if err == nil {
		s.n, s.sum = s.n+1, crc32.Update(s.sum, castagnoli, []byte{b})
	}
	return b, err
}

// readLogEntry reads the next entry, of which no more than left bytes can be there.
func readLogEntry(r *bufio.Reader, left int64, buf []byte) (logEntry, []byte, error) {
	s := &summed{r: r}
	var e logEntry
	var err error
	var lens [3]uint64 // of key and value, and the time of expiry
	if e.meta, err = s.ReadByte(); err == nil {
		_, err = s.ReadByte()
	}
	for i := range lens {
		if err == nil {
			lens[i], err = binary.ReadUvarint(s)
		}
	}
	if err != nil {
		return e, buf, noEntry(err)
	}
	key, value := lens[0], lens[1]
	if key == 0 || key > maxLogKey || value > uint64(left) {
		return e, buf, errNoEntry
	}
	n := int(key + value)
	if cap(buf) < n {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	var sum [4]byte
	if _, err = io.ReadFull(r, buf); err == nil {
		_, err = io.ReadFull(r, sum[:])
	}
	if err != nil {
		return e, buf, noEntry(err)
	}
	if crc32.Update(s.sum, castagnoli, buf) != binary.BigEndian.Uint32(sum[:]) {
		return e, buf, errNoEntry
	}
	if key >= 8 {
		e.version = y.ParseTs(buf[:key])
	}
	e.value, e.size = buf[key:], s.n+int64(n)+int64(len(sum))
	return e, buf, nil
}

// noEntry tells the end of the log, and what cannot be a number, from a failure to
// read it.
func noEntry(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return err
	}
	return errNoEntry
}

// anyBut0 tells whether a file holds anything but zeros from an offset on.
func anyBut0(f *os.File, from int64) (bool, error) {
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return false, err
	}
	buf, zeros := make([]byte, 1<<16), make([]byte, 1<<16)
	for {
		n, err := f.Read(buf)
		if !bytes.Equal(buf[:n], zeros[:n]) {
			return true, nil
		}
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
}
