//go:build unix

package serve

import (
	"flag"
	"net"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// How many follow in TestStreamLoad: go test -run TestStreamLoad -streams 1000 -v.
var (
	loadClients = flag.Int("streams", 0, "clients of TestStreamLoad; 0 leaves it out")
	loadTime    = flag.Duration("stream-time", 10*time.Second, "how long TestStreamLoad sends")
	loadEvery   = flag.Duration("stream-every", time.Second, "time between two views")
	loadRecords = flag.Int("stream-records", 20_000, "records a second that are counted beside it")
	loadDeaf    = flag.Int("stream-deaf", 0, "further clients that never read")
)

// TestStreamLoad measures what so many who follow cost, and how late they are told, while
// records are counted. It asserts that everybody gets everything.
func TestStreamLoad(t *testing.T) {
	if *loadClients == 0 {
		t.Skip("a measurement: name the number of clients with -streams")
	}
	const detections = 5
	l, f := newLife(t, 0)
	opt := l.options(f)
	opt.Machine = time.Now
	s := newServer(t, opt)
	srv := listen(t, s)
	stopCounting, counted := countBeside(t)

	base := heap()
	var told sync.Map // by the number of the view: when it was pushed
	late := make([][]time.Duration, *loadClients)
	var got atomic.Int64
	var reading sync.WaitGroup
	for i := range *loadClients {
		conn := dialStream(t, srv.Listener.Addr().String())
		reading.Go(func() {
			defer conn.Close()
			r := streamOf(t, conn)
			for {
				e, ok := r.next()
				if !ok {
					return
				}
				if e.name != "view" {
					continue
				}
				got.Add(1)
				seq := strings.Split(e.id, "-")[1]
				if at, ok := told.Load(seq); ok {
					late[i] = append(late[i], time.Since(at.(time.Time)))
				}
			}
		})
	}
	var deaf []net.Conn
	for range *loadDeaf {
		deaf = append(deaf, dialStream(t, srv.Listener.Addr().String()))
	}
	for s.Streams().Clients < *loadClients+*loadDeaf {
		time.Sleep(time.Millisecond)
	}
	mem := heap() - base
	before, begin := cpu(t), counted.Load()
	start := time.Now()
	ticks := 0
	for ; time.Since(start) < *loadTime; ticks++ {
		at := f.Now().Last()
		told.Store(decimal(at.Seq+1), time.Now())
		l.tell(f, at.Seq+1, at.Pos, detections)
		time.Sleep(*loadEvery)
	}
	want := int64(ticks) * int64(*loadClients)
	for got.Load() < want {
		time.Sleep(time.Millisecond)
	}
	took, used, records := time.Since(start), cpu(t)-before, counted.Load()-begin
	stopCounting()
	st := s.Streams()
	s.End()
	reading.Wait()
	for _, c := range deaf {
		c.Close()
	}
	all := slices.Sorted(slices.Values(slices.Concat(late...)))
	t.Logf("%d clients and %d deaf ones, %d views with %d detections each in %v on %d processors", *loadClients, *loadDeaf, ticks, detections, took.Round(time.Millisecond), runtime.NumCPU())
	t.Logf("from the push to the client: p50 %v, p99 %v, max %v", all[len(all)/2], all[len(all)*99/100], all[len(all)-1])
	t.Logf("%d events sent, %.0f a second; processor %.2f, the counting of %.0f records a second and the clients included", st.Sent, float64(st.Sent)/took.Seconds(), used.Seconds()/took.Seconds(), float64(records)/took.Seconds())
	t.Logf("memory for each client, both ends: %d bytes; dropped %d", mem/int64(*loadClients+*loadDeaf), st.Slow)
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }

// countBeside counts records on a goroutine, at the pace that was asked for, until it is
// stopped.
func countBeside(t *testing.T) (stop func(), counted *atomic.Int64) {
	t.Helper()
	opt := engine.DefaultOptions()
	opt.Window.Memory = 64 << 20
	e, err := engine.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	counted = new(atomic.Int64)
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		for {
			select {
			case <-e.Ticks():
			case <-quit:
				return
			}
		}
	}()
	go func() {
		defer close(done)
		begin := time.Now()
		var recs []term.Record
		for pane := range 18 {
			recs = append(recs, stream(pane)...)
		}
		for round := int64(0); ; round++ {
			for i := range recs {
				if isEnded(quit) {
					return
				}
				rec := recs[i]
				rec.TS += round * 18 * detect.PaneSeconds * 1e6
				rec.ID += decimal(uint64(round))
				e.Observe(&rec)
				if n := counted.Add(1); n%256 == 0 {
					time.Sleep(time.Until(begin.Add(time.Duration(n) * time.Second / time.Duration(*loadRecords))))
				}
			}
		}
	}()
	return func() { close(quit); <-done; e.Close() }, counted
}

func dialStream(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte("GET /api/v1/stream?phase=emerging,rising,over,unconfirmed HTTP/1.1\r\nHost: localhost\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	return c
}

// heap returns what the heap and the stacks take, in bytes.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// cpu returns the processor time of this process so far.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
