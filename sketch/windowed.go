package sketch

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/axiomhq/hyperloglog"
)

// sparseMax is how many hashes are kept one by one before registers take over.
const sparseMax = 64

// WindowedHLL counts distinct hashes in any window of the last [Span] hours.
//
// Up to 64 hashes it keeps them, with the hour each was last seen: exact. Beyond,
// it is a HyperLogLog (Flajolet, Fusy, Gandouet and Meunier, AofA 2007) whose
// register j holds, for every value 1..16 it could have, the hour in which that
// value was last reached. A window's registers are the largest values reached
// since it began; [WindowedHLL.Estimate] hands them to axiomhq/hyperloglog, which
// estimates, merges and stores them like its own.
//
// Hours are absolute (Unix time / 3600). One byte holds an hour, so a stamp is
// good for 255 hours; older stamps are swept before they could be mistaken.
//
// Memory: 24 bytes empty, up to 512 for the hashes, 16·2^p with registers.
//
// Concurrency: one goroutine at a time. The zero value is empty and of no use
// before [WindowedHLL.Add] gave it a precision.
type WindowedHLL struct {
	// cells holds either hashes (low byte replaced by the stamp) or, once dense,
	// the stamps of all registers, eight to a word, register-major.
	cells []uint64
	last  int64 // newest hour added
	swept int64 // hour of the last sweep
	p     uint8 // zero while the hashes are kept
}

// Add notes a hash as seen in the given hour; precision p (4 to 16) is used once
// registers are needed: 2^p of them. An hour earlier than the newest is fine
// within the span.
func (w *WindowedHLL) Add(hash uint64, hour int64, p uint8) {
	if hour > w.last {
		w.advance(hour)
	} else if w.last-hour > Span {
		return
	}
	if w.p != 0 {
		w.store(hash, hour)
		return
	}
	for i, c := range w.cells {
		if c>>8 == hash>>8 {
			if age(uint8(c), w.last) > w.last-hour {
				w.cells[i] = c&^0xff | uint64(stampOf(hour))
			}
			return
		}
	}
	if len(w.cells) == sparseMax && !w.forget() {
		w.densify(p)
		w.store(hash, hour)
		return
	}
	w.cells = append(w.cells, hash&^0xff|uint64(stampOf(hour)))
}

// advance moves the newest hour and sweeps stamps that would wrap round.
func (w *WindowedHLL) advance(hour int64) {
	if hour-w.last > Span {
		if w.p != 0 {
			clear(w.cells)
		} else {
			w.cells = w.cells[:0]
		}
		w.swept = hour
	}
	w.last = hour
	// After a sweep the oldest stamp is Span hours old. Until the next one the
	// clock moves sweepEvery hours and then at most Span more in one step, which
	// leaves every stamp younger than the wrap.
	if hour-w.swept > sweepEvery {
		w.sweep()
		w.swept = hour
	}
}

// sweep clears what is older than the span, seen from the newest hour.
func (w *WindowedHLL) sweep() {
	if w.p == 0 {
		w.forget()
		return
	}
	for i, word := range w.cells {
		for b := 0; b < 64; b += 8 {
			if s := uint8(word >> b); s != 0 && age(s, w.last) > Span {
				word &^= 0xff << b
			}
		}
		w.cells[i] = word
	}
}

// forget drops hashes older than the span and reports whether there were any.
func (w *WindowedHLL) forget() bool {
	kept := w.cells[:0]
	for _, c := range w.cells {
		if age(uint8(c), w.last) <= Span {
			kept = append(kept, c)
		}
	}
	dropped := len(kept) < len(w.cells)
	w.cells = kept
	return dropped
}

// densify turns the kept hashes into registers.
func (w *WindowedHLL) densify(p uint8) {
	hashes := w.cells
	w.p = min(max(p, 4), 16)
	w.cells = make([]uint64, levels/8<<w.p)
	for _, c := range hashes {
		w.store(c&^0xff, w.last-age(uint8(c), w.last))
	}
}

// store stamps the register value of hash. Index and value use the bits that
// axiomhq/hyperloglog uses, so that the registers are its registers. The lowest
// byte of the hash is not looked at: kept hashes no longer have it.
func (w *WindowedHLL) store(hash uint64, hour int64) {
	hash &^= 0xff
	reg := hash >> (64 - w.p)
	rho := bits.LeadingZeros64(hash<<w.p|1<<(w.p-1)) + 1
	at := int(reg)*levels + min(rho, levels) - 1
	shift := at % 8 * 8
	word := &w.cells[at/8]
	if s := uint8(*word >> shift); s != 0 && age(s, w.last) <= w.last-hour {
		return
	}
	*word = *word&^(0xff<<shift) | uint64(stampOf(hour))<<shift
}

// Registers returns the HyperLogLog registers of the window of the given number
// of hours that ends with (and includes) hour `now`, appended to dst, and the
// precision; precision 0 means that the hashes are kept exactly and dst is
// returned as it was. It takes O(2^p) time.
func (w *WindowedHLL) Registers(dst []byte, now int64, hours int) ([]byte, uint8) {
	if w.p == 0 {
		return dst, 0
	}
	var within [256]bool // by stamp
	for s := 1; s <= stampWrap; s++ {
		within[s] = w.inWindow(uint8(s), now, hours)
	}
	const words = levels / 8
	for cells := w.cells; len(cells) > 0; cells = cells[words:] {
		dst = append(dst, highest(cells[:words], &within))
	}
	return dst, w.p
}

// highest returns the largest value that a register, given by its stamps, reached
// within the window.
func highest(stamps []uint64, within *[256]bool) byte {
	for i := len(stamps) - 1; i >= 0; i-- {
		for word := stamps[i]; word != 0; {
			top := (bits.Len64(word) - 1) / 8
			if within[uint8(word>>(8*top))] {
				return byte(8*i + top + 1)
			}
			word &= 1<<(8*top) - 1
		}
	}
	return 0
}

func (w *WindowedHLL) inWindow(stamp uint8, now int64, hours int) bool {
	at := w.last - age(stamp, w.last)
	return at <= now && now-at < int64(hours)
}

// Estimate returns the number of distinct hashes in the window of the given
// number of hours (at most [Span]) that ends with hour `now`, and the relative
// standard error: 0 where the answer is exact, 1.04/√2^p otherwise. It takes
// O(2^p) time and allocates.
func (w *WindowedHLL) Estimate(now int64, hours int) (n uint64, stderr float64) {
	hours = min(hours, Span)
	if w.p == 0 {
		for _, c := range w.cells {
			if w.inWindow(uint8(c), now, hours) {
				n++
			}
		}
		return n, 0
	}
	sk, err := w.Sketch(now, hours)
	if err != nil {
		return 0, math.Inf(1)
	}
	return sk.Estimate(), 1.04 / math.Sqrt(float64(int(1)<<w.p))
}

// Sketch returns the window as an axiomhq sketch that can be merged with others
// of its precision and stored. It must have registers already.
func (w *WindowedHLL) Sketch(now int64, hours int) (*hyperloglog.Sketch, error) {
	m := uint32(1) << w.p
	// Version 2 of the library's dense form: version, precision, bias, sparse
	// flag, number of registers, registers.
	buf := append(make([]byte, 0, 8+m), 2, w.p, 0, 0)
	buf = binary.BigEndian.AppendUint32(buf, m)
	buf, _ = w.Registers(buf, now, hours)
	var sk hyperloglog.Sketch
	if err := sk.UnmarshalBinary(buf); err != nil {
		return nil, err
	}
	return &sk, nil
}

// Dense reports whether registers are in use.
func (w *WindowedHLL) Dense() bool { return w.p != 0 }

// DenseBytes returns the memory that registers of precision p take.
func DenseBytes(p uint8) int64 { return levels << p }

// Bytes returns the memory the value takes beyond the struct itself.
func (w *WindowedHLL) Bytes() int { return 8 * cap(w.cells) }

const windowedVersion = 1

// AppendBinary appends the value's encoding to dst.
func (w *WindowedHLL) AppendBinary(dst []byte) []byte {
	dst = append(dst, windowedVersion, w.p)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(w.last))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(w.swept))
	if w.p == 0 {
		dst = append(dst, uint8(len(w.cells)))
	}
	for _, c := range w.cells {
		dst = binary.LittleEndian.AppendUint64(dst, c)
	}
	return dst
}

// DecodeWindowedHLL reads what [WindowedHLL.AppendBinary] wrote and returns the
// rest of data.
func DecodeWindowedHLL(data []byte) (WindowedHLL, []byte, error) {
	r := reader{what: "windowed HyperLogLog", data: data}
	r.version(windowedVersion)
	w := WindowedHLL{p: r.u8()}
	w.last = int64(r.u64())
	w.swept = int64(r.u64())
	n := 0
	switch {
	case r.err != nil:
	case w.p == 0:
		if n = int(r.u8()); n > sparseMax {
			r.fail("%d hashes, at most %d are kept", n, sparseMax)
		}
	case w.p < 4 || w.p > 16:
		r.fail("precision %d, 4 to 16 are possible", w.p)
	default:
		n = levels / 8 << w.p
	}
	raw := r.bytes(8 * n)
	if r.err != nil {
		return WindowedHLL{}, nil, r.err
	}
	if n > 0 {
		w.cells = make([]uint64, n)
	}
	for i := range w.cells {
		w.cells[i] = binary.LittleEndian.Uint64(raw[8*i:])
	}
	rest, err := r.rest()
	return w, rest, err
}
