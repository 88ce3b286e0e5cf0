package peer

import (
	"math"
	"math/bits"
	"sync"
	"unsafe"

	"github.com/zeebo/xxh3"

	"github.com/swell-radar/swell/bench/compare/internal/stream"
	"github.com/swell-radar/swell/internal/offheap"
)

// heavyKeeper is the top-k sketch HeavyKeeper (J. Gong et al., "HeavyKeeper: An
// Accurate Algorithm for Finding Top-k Elephant Flows", USENIX ATC 2018, section 3)
// made to slide as X. Gou et al. do ("Sliding Sketches", KDD 2020): a bucket counts
// every hour of the window on its own. A bucket forgets the hours that have passed
// when it is next used, so that no hour ends with a sweep.
//
// It is made for one goroutine: several writers share it under a mutex, a single
// one takes no lock.
type heavyKeeper struct {
	memory  *offheap.Region
	rows    [hkRows][]hkBucket
	seats   seats
	weaken  [hkDecay]uint32 // chance to weaken a bucket, by its count, in 2⁻³²
	rng     uint64
	hour    int64 // newest
	mu      sync.Mutex
	writers []Writer
}

// hkBucket counts one key by hours.
type hkBucket struct {
	print uint32 // fingerprint of the key
	hour  uint32 // up to which it is rolled
	sum   uint32
	hours [hkHours]uint32 // by hour modulo the length
}

const (
	hkRows  = 2
	hkHours = windowHours
	hkBase  = 1.08 // b of the paper: a foreign key weakens a count of c with chance b^-c
	hkDecay = 256  // counts from which on that chance is taken for none
	hkSeats = 2000 // twice the top that it is asked for
)

type hkWriter struct{ k *heavyKeeper }

func newHeavyKeeper(cfg Config) (Contender, error) {
	size := int64(unsafe.Sizeof(hkBucket{}))
	width := max(cfg.Memory/size/hkRows, 1)
	memory, err := offheap.Reserve(hkRows * (width*size + 64))
	if err != nil {
		return nil, err
	}
	k := &heavyKeeper{memory: memory, rng: 1, seats: newSeats(hkSeats)}
	for i := range k.rows {
		k.rows[i] = offheap.Slice[hkBucket](memory, int(width))
	}
	for c := range k.weaken {
		k.weaken[c] = uint32(math.Pow(hkBase, -float64(c)) * math.MaxUint32)
	}
	for range cfg.Writers {
		k.writers = append(k.writers, hkWriter{k})
	}
	return k, nil
}

func (w hkWriter) Count(run stream.Run) error {
	hour := run.Pane / stream.PanesPerHour
	for i := range run.Len() {
		if len(w.k.writers) > 1 {
			w.k.mu.Lock()
			w.k.add(run.Key(i), hour)
			w.k.mu.Unlock()
		} else {
			w.k.add(run.Key(i), hour)
		}
	}
	return nil
}

func (w hkWriter) Seal(pane int64) error {
	w.k.mu.Lock()
	defer w.k.mu.Unlock()
	w.k.advance(pane / stream.PanesPerHour) // it may have had nothing
	return nil
}

// advance moves time forward.
func (k *heavyKeeper) advance(hour int64) {
	if hour > k.hour {
		k.hour = hour
		k.seats.refresh(k.estimate)
	}
}

func (k *heavyKeeper) bucket(row int, hash uint64) *hkBucket {
	at, _ := bits.Mul64(mix(hash+uint64(row)), uint64(len(k.rows[row])))
	return &k.rows[row][at]
}

// add counts one observation: algorithm 1 of the paper, with the list of the first
// keys behind it.
func (k *heavyKeeper) add(key string, hour int64) {
	k.advance(hour)
	hash := xxh3.HashString(key)
	count := uint32(0)
	for row := range k.rows {
		b := k.bucket(row, hash)
		b.roll(uint32(k.hour))
		if b.sum != 0 && b.print != uint32(hash) && !k.weakens(b) {
			continue
		}
		b.print = uint32(hash)
		b.sum++
		b.hours[hour%hkHours]++
		count = max(count, b.sum)
	}
	k.seats.offer(hash, key, count)
}

// weakens takes one from a foreign bucket by chance, and reports whether nothing is
// left of it.
func (k *heavyKeeper) weakens(b *hkBucket) bool {
	if b.sum >= hkDecay {
		return false
	}
	k.rng ^= k.rng << 13 // xorshift64 (Marsaglia, 2003)
	k.rng ^= k.rng >> 7
	k.rng ^= k.rng << 17
	if uint32(k.rng>>32) > k.weaken[b.sum] {
		return false
	}
	b.takeOldest()
	return b.sum == 0
}

// roll forgets the hours that have left the window that ends with hour.
func (b *hkBucket) roll(hour uint32) {
	if b.hour == hour {
		return
	}
	if b.sum != 0 {
		for h := b.hour + 1; h <= hour && h <= b.hour+hkHours; h++ {
			b.sum -= b.hours[h%hkHours]
			b.hours[h%hkHours] = 0
		}
	}
	b.hour = hour
}

// takeOldest takes one observation from the oldest hour that has any.
func (b *hkBucket) takeOldest() {
	for h := b.hour + 1; h <= b.hour+hkHours; h++ {
		if b.hours[h%hkHours] != 0 {
			b.hours[h%hkHours]--
			b.sum--
			return
		}
	}
}

func (k *heavyKeeper) estimate(hash uint64) (n uint32) {
	for row := range k.rows {
		if b := k.bucket(row, hash); b.sum != 0 && b.print == uint32(hash) {
			b.roll(uint32(k.hour))
			n = max(n, b.sum)
		}
	}
	return n
}

func (k *heavyKeeper) Top(n int) ([]stream.Count, error) {
	k.seats.refresh(k.estimate)
	t := top[string]{k: n}
	for _, s := range k.seats.list {
		t.offer(s.key, uint64(s.count))
	}
	return sortedTop(&t), nil
}

func (k *heavyKeeper) Lookup(key string) (uint64, error) {
	return uint64(k.estimate(xxh3.HashString(key))), nil
}

func (k *heavyKeeper) Writers() []Writer { return k.writers }
func (k *heavyKeeper) BorrowsKeys() bool { return false }
func (k *heavyKeeper) Drain() error      { return nil }
func (k *heavyKeeper) Close() error      { return k.memory.Close() }
