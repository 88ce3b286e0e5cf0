package push

import (
	"bufio"
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/swell-radar/swell/term"
)

// errStopped ends reading after Close; nobody sees it.
var errStopped = errors.New("push: stopped")

// input is what a pipeline reads.
type input struct {
	name    string
	raw     io.Reader
	sniffed bool // format is known
	format  format
	at      Cursor
	skip    int64 // decoded bytes to pass before raw is at the cursor
	opts    Options
}

// pipeline runs the goroutines of a reader.
//
// Concurrency: batches travel free → reading goroutine → decoder → caller →
// free. The reading goroutine puts each batch into both work and ready, so
// ready keeps the order of the stream however many decoders there are; the
// caller then waits for the batch's decoded signal. Every channel has room for
// all batches, so nobody ever blocks on a send: the reading goroutine blocks on
// free (back-pressure), a decoder on work, the caller on ready.
type pipeline struct {
	free, work, ready chan *batch
	stop              chan struct{}
	stopped           atomic.Bool // the same as stop, for a look between reads
	running           sync.WaitGroup
	counters          *counters
}

func startPipeline(in input, c *counters) *pipeline {
	depth := in.opts.Workers + 3 // one being filled, one being consumed, one waiting
	p := &pipeline{
		free:     make(chan *batch, depth),
		work:     make(chan *batch, depth),
		ready:    make(chan *batch, depth),
		stop:     make(chan struct{}),
		counters: c,
	}
	for range depth {
		p.free <- newBatch()
	}
	p.running.Go(func() { p.read(in) })
	for range in.opts.Workers {
		p.running.Go(func() {
			var d term.Decoder
			for b := range p.work {
				b.decode(&d)
			}
		})
	}
	return p
}

// receive returns the next batch in the order of the stream, or nil when stop is
// closed before there is one. After a batch with an end there is none.
func (p *pipeline) receive(stop <-chan struct{}) *batch {
	select {
	case b := <-p.ready:
		<-b.decoded
		return b
	case <-stop:
		return nil
	}
}

// close makes the goroutines end. It waits for them only if wait is set: a read
// from a terminal cannot be interrupted.
func (p *pipeline) close(wait bool) {
	p.stopped.Store(true)
	close(p.stop)
	if wait {
		p.running.Wait()
	}
}

// read is the reading goroutine.
func (p *pipeline) read(in input) {
	defer close(p.ready)
	defer close(p.work)
	raw := &rawReader{src: in.raw, pipeline: p}
	decoded, release, err := p.open(&in, raw)
	if err == nil {
		defer release()
	}
	lines := splitter{src: decoded, maxLine: in.opts.MaxLine, readSize: in.opts.readSize, offset: in.at.Offset, number: in.at.Line}
	for {
		var b *batch
		select {
		case b = <-p.free:
		case <-p.stop:
			return
		}
		if err != nil {
			b.buf, b.lines, b.end = b.buf[:0], b.lines[:0], err
		} else {
			lines.fill(b)
		}
		if b.end != nil && b.end != io.EOF {
			b.end = in.explain(b.end, raw.err)
		}
		end := b.end // the batch is no longer ours once it is sent
		p.work <- b
		p.ready <- b
		if end != nil {
			return
		}
	}
}

// open returns the decoded stream, standing at the first line to deliver.
func (p *pipeline) open(in *input, raw *rawReader) (io.Reader, func(), error) {
	buffered := bufio.NewReaderSize(raw, defaultReadSize)
	if !in.sniffed {
		head, err := buffered.Peek(sniffBytes)
		if err != nil && err != io.EOF {
			return nil, nil, err
		}
		if in.format, err = sniff(head); err != nil {
			return nil, nil, err
		}
	}
	stream, release, err := decompressor(in.format, buffered)
	if err != nil {
		return nil, nil, err
	}
	decoded := &decodedReader{src: stream, limit: in.opts.MaxDecoded, read: in.at.Offset - in.skip, counters: p.counters}
	if in.skip > 0 {
		n, err := io.CopyN(io.Discard, decoded, in.skip)
		if err != nil && !errors.Is(err, ErrTooLarge) && (raw.err == nil || raw.err == io.EOF) {
			err = faultf(ErrOtherFile, "it ends after %d decoded bytes, before byte %d where reading should go on", n, in.skip)
		}
		if err != nil {
			release()
			return nil, nil, err
		}
	}
	return decoded, release, nil
}

// explain says what the end of the stream means: damage to its content, or an
// error that has nothing to do with it.
func (in *input) explain(err, rawErr error) error {
	var known *fault
	switch {
	case rawErr != nil && rawErr != io.EOF:
		err = rawErr
	case errors.As(err, &known) || in.format == plain:
	case unsupported(err) != nil:
		err = unsupported(err)
	default:
		return in.format.damage(err)
	}
	return cannotReplay(in.name, err)
}

// rawReader counts the bytes of the input as it stands and remembers why it
// ended, because a decompressor may wrap or replace that.
type rawReader struct {
	src      io.Reader
	pipeline *pipeline
	err      error
}

func (r *rawReader) Read(p []byte) (int, error) {
	if r.pipeline.stopped.Load() {
		r.err = errStopped
		return 0, errStopped
	}
	n, err := r.src.Read(p)
	r.pipeline.counters.rawRead.Add(int64(n))
	if err != nil {
		r.err = err
	}
	return n, err
}

// decodedReader counts the bytes after decompression and limits them.
type decodedReader struct {
	src      io.Reader
	limit    int64 // 0 is no limit
	read     int64
	counters *counters
}

func (r *decodedReader) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	r.read += int64(n)
	r.counters.decoded.Store(r.read)
	if r.limit > 0 && r.read > r.limit {
		return n, faultf(ErrTooLarge, "it has more than %d decoded bytes", r.limit)
	}
	return n, err
}
