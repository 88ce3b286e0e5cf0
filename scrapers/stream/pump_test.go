package stream

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
)

var begin = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

var errBroken = errors.New("the connection broke")

// numbers is a connection on which the numbers from next to end come, and then nothing until the
// context ends, or the error. The message is only valid until the next call.
type numbers struct {
	next, end uint64
	err       error
	pause     int // after every so many it lets others run
	buf       [8]byte
	read      atomic.Uint64
}

func (n *numbers) Read(ctx context.Context) ([]byte, bool, error) {
	if n.next == n.end {
		if n.err != nil {
			return nil, false, n.err
		}
		<-ctx.Done()
		return nil, false, ctx.Err()
	}
	if n.pause > 0 && n.next%uint64(n.pause) == 0 {
		time.Sleep(100 * time.Microsecond)
	}
	binary.LittleEndian.PutUint64(n.buf[:], n.next)
	n.next++
	n.read.Store(n.next)
	return n.buf[:], false, ctx.Err()
}

// numberPump makes a record of every number, a reject of every seventh.
func numberPump() *Pump {
	return &Pump{
		Take: func(b *Batch, data []byte, _ bool) error {
			n := binary.LittleEndian.Uint64(data)
			b.Items++
			b.Mark = int64(n) + 1
			if n%7 == 3 {
				b.Reject(strconv.FormatUint(n, 10), errBroken)
				return nil
			}
			rec := b.Next()
			rec.Platform, rec.TS = "test", begin.UnixMicro()
			rec.ID = b.Keep(strconv.AppendUint(nil, n, 10))
			rec.Text = b.Keep(fmt.Appendf(nil, "number %d", n))
			rec.Tags = append(rec.Tags, rec.ID)
			return nil
		},
		Cursor: func(mark int64) []byte { return strconv.AppendInt(nil, mark, 10) },
	}
}

// TestPump breaks connections and refuses deliveries at any moment: what was accepted is, without
// repeats, every number up to its cursor, in order.
func TestPump(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := contract.NewHost(begin, 1)
		refuse := rapid.SampledFrom([]int{0, 2, 3, 4}).Draw(t, "refuse") // every so manyth; 0: none
		deliveries := 0
		largest := 0
		h.OnDeliver = func(d scrapers.Delivery) error {
			largest = max(largest, d.Items)
			if deliveries++; refuse > 0 && deliveries%refuse == 0 {
				return errBroken
			}
			return nil
		}
		p := numberPump()
		p.Items = rapid.IntRange(1, 50).Draw(t, "items")
		const last = 150
		for turn := 0; ; turn++ {
			if turn > 500 {
				t.Fatal("it does not come on")
			}
			at, _ := strconv.ParseUint(string(h.Cursor("")), 10, 64)
			if at == last {
				break
			}
			end := min(last, at+uint64(rapid.IntRange(1, 90).Draw(t, "numbers")))
			n := &numbers{next: at, end: end, err: errBroken, pause: rapid.SampledFrom([]int{0, 0, 10, 40}).Draw(t, "pause")}
			err := p.Run(context.Background(), h, n)
			var refused *Refused
			if !errors.Is(err, errBroken) || (errors.As(err, &refused) && refuse == 0) {
				t.Fatalf("it ended with %v", err)
			}
			if refused == nil && string(h.Cursor("")) != strconv.FormatUint(end, 10) {
				t.Fatalf("the cursor is %s at the end of %d", h.Cursor(""), end)
			}
		}
		records, rejects := h.Records(), h.Rejects()
		for n := range uint64(last) {
			id := strconv.FormatUint(n, 10)
			switch {
			case n%7 == 3 && (len(rejects) == 0 || rejects[0].Where != id), n%7 != 3 && (len(records) == 0 || records[0].ID != id || records[0].Text != "number "+id || records[0].Tags[0] != id):
				t.Fatalf("%s is missing or comes twice", id)
			case n%7 == 3:
				rejects = rejects[1:]
			default:
				records = records[1:]
			}
		}
		if len(records)+len(rejects) > 0 || largest > p.Items {
			t.Fatalf("%d records and %d rejects too many; the largest delivery had %d items", len(records), len(rejects), largest)
		}
	})
}

// TestPumpDelivers what waits, while nothing more comes.
func TestPumpDeliversWhatWaits(t *testing.T) {
	h := contract.NewHost(begin, 1)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- numberPump().Run(ctx, h, &numbers{end: 5}) }()
	until(t, "delivering five", func() bool { return len(h.Records())+len(h.Rejects()) == 5 })
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
	if late := h.Now().Sub(begin); late < 250*time.Millisecond {
		t.Errorf("it delivered after %v", late)
	}
}

// TestPumpHolds delivers nothing of what is held before it is let go, or full.
func TestPumpHolds(t *testing.T) {
	h := contract.NewHost(begin, 1)
	var sizes []int
	h.OnDeliver = func(d scrapers.Delivery) error { sizes = append(sizes, d.Items); return nil }
	p := numberPump()
	p.Items = 40
	take := p.Take
	p.Take = func(b *Batch, data []byte, binary bool) error {
		err := take(b, data, binary)
		b.Hold = h.Now().Sub(begin) < time.Minute || b.Items%10 != 0
		return err
	}
	_ = p.Run(context.Background(), h, &numbers{end: 2005, pause: 1, err: errBroken})
	total := 0
	for i, n := range sizes {
		if total += n; n%10 != 0 && i < len(sizes)-1 {
			t.Errorf("delivery %d of %d has %d items", i+1, len(sizes), n)
		}
	}
	if total != 2005 {
		t.Errorf("%d items were delivered", total)
	}
}

// TestPumpWaits stops accepting: the connection is not read any more once three batches are full.
func TestPumpWaits(t *testing.T) {
	h := contract.NewHost(begin, 1)
	let := make(chan struct{})
	h.OnDeliver = func(scrapers.Delivery) error { <-let; return nil }
	p := numberPump()
	p.Items, p.Silence = 10, time.Minute
	in := &numbers{end: 1000, err: errBroken}
	ended := make(chan error, 1)
	go func() { ended <- p.Run(context.Background(), h, in) }()
	until(t, "filling three batches", func() bool { return in.read.Load() == 30 })
	until(t, "two minutes", func() bool { return h.Now().Sub(begin) > 2*time.Minute }) // and it is no silence
	if n := in.read.Load(); n != 30 {
		t.Errorf("%d messages were read while nothing was accepted", n)
	}
	close(let)
	if err := <-ended; err != errBroken {
		t.Errorf("it ended with %v", err)
	}
	if n := len(h.Records()) + len(h.Rejects()); n != 1000 {
		t.Errorf("%d of 1000 were delivered", n)
	}
}

// TestPumpSilence gives a connection up that says nothing, after delivering what it said.
func TestPumpSilence(t *testing.T) {
	h := contract.NewHost(begin, 1)
	p := numberPump()
	p.Silence = 30 * time.Second
	err := p.Run(context.Background(), h, &numbers{end: 3})
	if scrapers.StateOf(err) != scrapers.Unreachable || len(h.Records()) != 3 {
		t.Errorf("it ended with %v and %d records", err, len(h.Records()))
	}
	if late := h.Now().Sub(begin); late < 30*time.Second {
		t.Errorf("it gave up after %v", late)
	}
}

// TestPumpNotes the mark of what gives no items, but not often.
func TestPumpNotes(t *testing.T) {
	h := contract.NewHost(begin, 1)
	var deliveries, cursors atomic.Int64
	h.OnDeliver = func(d scrapers.Delivery) error {
		deliveries.Add(1)
		if len(d.Cursor) > 0 {
			cursors.Add(1)
		}
		return nil
	}
	p := numberPump()
	p.Take = func(b *Batch, data []byte, _ bool) error {
		b.Mark = int64(binary.LittleEndian.Uint64(data)) + 1
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx, h, &numbers{end: 1 << 40, pause: 1}) }()
	until(t, "two minutes", func() bool { return h.Now().Sub(begin) > 2*time.Minute })
	cancel()
	<-ended
	if n := deliveries.Load(); n < 2 || n > 20 || cursors.Load() != n {
		t.Errorf("%d deliveries and %d cursors in two minutes", n, cursors.Load())
	}
}

// TestPumpEnds leaves no goroutine, and its memory does not grow from run to run.
func TestPumpEnds(t *testing.T) {
	before := runtime.NumGoroutine()
	p := numberPump()
	h := contract.NewHost(begin, 1)
	for range 50 {
		_ = p.Run(context.Background(), h, &numbers{end: 100, err: errBroken})
	}
	until(t, "the end of all goroutines", func() bool { return runtime.NumGoroutine() <= before })
	if n := len(p.batches); n != rounds {
		t.Errorf("there are %d batches", n)
	}
}

// TestBackoff draws waits: none beyond its bound, and all of the range is used.
func TestBackoff(t *testing.T) {
	h := contract.NewHost(begin, 1)
	var most [10]time.Duration
	for range 500 {
		var b Backoff
		for i := range most {
			wait := b.Next(h)
			bound := min(time.Second<<i, time.Minute)
			if most[i] = max(most[i], wait); wait < 0 || wait > bound {
				t.Fatalf("failure %d waits %v", i+1, wait)
			}
		}
		if b.Reset(); b.Next(h) > time.Second {
			t.Fatal("the failures are not forgotten")
		}
	}
	for i, wait := range most {
		if bound := min(time.Second<<i, time.Minute); wait < bound*9/10 {
			t.Errorf("failure %d waits at most %v of %v", i+1, wait, bound)
		}
	}
}

// TestBatchForgets the memory of a batch that was very large.
func TestBatchForgets(t *testing.T) {
	var b Batch
	b.Keep(make([]byte, mostBuf+1))
	if !b.full(1 << 20) {
		t.Error("it is not full")
	}
	if b.Reset(); cap(b.Buf) > mostBuf {
		t.Errorf("it keeps %d bytes", cap(b.Buf))
	}
}

// until waits for something to become true.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(100 * time.Microsecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not happen", what)
		}
	}
}

// BenchmarkPump measures what a message costs on its way, without what it holds.
func BenchmarkPump(b *testing.B) {
	h := sink{contract.NewHost(begin, 1)}
	p := numberPump()
	b.ReportAllocs()
	_ = p.Run(context.Background(), h, &numbers{end: uint64(b.N), err: errBroken})
}

// sink accepts everything and keeps nothing.
type sink struct{ *contract.Host }

func (s sink) Deliver(ctx context.Context, _ scrapers.Delivery) error { return ctx.Err() }
