package sketch

import "encoding/binary"

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

// lines reads the number of lines of a table, which must be what it has.
func (r *reader) lines(want int) {
	if n := int(r.u32()); r.err == nil && n != want {
		r.fail("%d lines, this one has %d", n, want)
	}
}

// clock reads a pane, an hour or a generation. All of them are far below 2^40.
func (r *reader) clock() int64 {
	v := int64(r.u64())
	if r.err == nil && (v < -1<<40 || v > 1<<40) {
		r.fail("a time of %d", v)
		return 0
	}
	return v
}

// readSparse reads lines that [appendSparse] wrote into those of a
// table, which are zero.
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
