package sketch

import "encoding/binary"

// maxLines bounds what a decoder makes room for: 2^26 cache lines are 4 GiB.
const maxLines = 1 << 26

// appendSparse appends the lines that are not zero, behind a word per 64 lines
// whose bits say which they are.
func appendSparse[L comparable](dst []byte, lines []L, one func([]byte, *L) []byte) []byte {
	var zero L
	for from := 0; from < len(lines); from += 64 {
		group := lines[from:min(from+64, len(lines))]
		at := len(dst)
		dst = append(dst, 0, 0, 0, 0, 0, 0, 0, 0)
		present := uint64(0)
		for i := range group {
			if group[i] != zero {
				present |= 1 << i
				dst = one(dst, &group[i])
			}
		}
		binary.LittleEndian.PutUint64(dst[at:], present)
	}
	return dst
}

// lines reads the number of lines of each of the given number of tables: a power
// of two, and no more than the data that follows can describe. Every 64 lines take
// at least a word, so a damaged number cannot allocate much more than there is
// data for.
func (r *reader) lines(tables int) int {
	n := int(r.u32())
	switch {
	case r.err != nil:
	case n <= 0 || n&(n-1) != 0:
		r.fail("%d lines, not a power of two", n)
	case n > maxLines || tables*((n+63)/64*8) > len(r.data)-r.off:
		r.fail("%d tables of %d lines in %d bytes", tables, n, len(r.data)-r.off)
	}
	return n
}

// readSparse reads lines that [appendSparse] wrote into as many zero ones.
func readSparse[L any](r *reader, lines []L, one func(*reader, *L)) {
	n := len(lines)
	for from := 0; from < n && r.err == nil; from += 64 {
		present := r.u64()
		if n-from < 64 && present>>(n-from) != 0 {
			r.fail("a line beyond the %d there are", n)
		}
		for i := range min(64, n-from) {
			if present>>i&1 != 0 {
				one(r, &lines[from+i])
			}
		}
	}
}
