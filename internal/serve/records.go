package serve

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/scrapers/zeeschuimer"
	"github.com/swell-radar/swell/term"
)

const (
	// maxBody is the longest body of records, in bytes after decompression.
	maxBody = 8 << 20

	// maxDeliveries is how many bodies are worked on at a time: each is held in
	// memory, with its records.
	maxDeliveries = 8

	// maxLineErrors is how many lines an answer names one by one.
	maxLineErrors = 100

	// maxProducer is the longest name of a producer, in bytes.
	maxProducer = 128

	// maxEpoch leaves numbers above every epoch that is in use: time in nanoseconds is one.
	maxEpoch = 1 << 62
)

// The headers by which a sender numbers its deliveries.
const (
	headerProducer = "Swell-Producer"
	headerEpoch    = "Swell-Epoch"
	headerSeq      = "Swell-Seq"
)

// records answers POST /api/v1/records. The answer comes when the records are
// durable.
func (s *Server) records(r *http.Request) (*reply, *api.Problem) {
	if s.opt.Intake == nil {
		return nil, api.NewProblem(api.ProblemReadOnly, "this server takes no records; start one with swell serve")
	}
	if s.opt.Demo {
		return nil, api.NewProblem(api.ProblemDemo, "this is a demo, which is thrown away at its end: it takes no records; start swell serve --data DIR and send them there")
	}
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	leave, fault := s.queue(r)
	if fault != nil {
		return nil, fault
	}
	defer leave()
	d, fault := numbered(r)
	if fault != nil {
		return nil, fault
	}
	if id := holderOf(r.Context()); id != "" && d.Producer != "" {
		d.Producer = id + "/" + d.Producer // a name is its token's own: no other can number in it
	}
	if fault := nameOnce(r, d); fault != nil {
		return nil, fault
	}
	body, fault := readBody(r)
	if fault != nil {
		return nil, fault
	}
	if d.Once.Named() {
		d.Once.Body = half(sha256.Sum256(body))
	}
	return s.deliver(r, body, d)
}

// deliver has the records of a body accepted. What was accepted before under its name is
// answered for as it was then: its body is read by the same time.
func (s *Server) deliver(r *http.Request, body []byte, d *Delivery) (*reply, *api.Problem) {
	notAfter := s.opt.Intake.NotAfter()
	for range 2 {
		out := s.decode(body, d, notAfter)
		if len(d.Records) == 0 && out.Rejected > 0 {
			s.rejected.Add(uint64(out.Rejected))
			p := api.NewProblem(api.ProblemNoRecord, "none of the %d lines is a record", out.Rejected)
			p.Errors = out.Errors
			return nil, p
		}
		if len(d.Records) == 0 {
			return &reply{value: out, status: http.StatusAccepted}, nil
		}
		err := s.opt.Intake.Accept(r.Context(), d)
		var again *AgainError
		switch {
		case err == nil:
			s.rejected.Add(uint64(out.Rejected))
			return &reply{value: out, status: http.StatusAccepted}, nil
		case !errors.As(err, &again):
			return nil, s.refused(r, err)
		case again.Taken:
			return &reply{value: s.decode(body, d, again.NotAfter), status: http.StatusAccepted, replayed: true}, nil
		}
		notAfter = again.NotAfter
	}
	return nil, busy() // another delivery of the name came in between
}

// queue lets a request in that brings something, beside a few others. The caller calls
// leave in the end.
func (s *Server) queue(r *http.Request) (leave func(), fault *api.Problem) {
	select {
	case s.deliveries <- struct{}{}:
		return func() { <-s.deliveries }, nil
	case <-time.After(queryTimeout):
		return nil, api.NewProblem(api.ProblemTooMany, "%d deliveries are being taken in already; send again", maxDeliveries)
	case <-r.Context().Done():
		return nil, busy()
	}
}

// numbered reads from the header who sends, and which of its deliveries this is.
func numbered(r *http.Request) (*Delivery, *api.Problem) {
	d := &Delivery{Producer: r.Header.Get(headerProducer)}
	epoch, seq := r.Header.Get(headerEpoch), r.Header.Get(headerSeq)
	if d.Producer == "" {
		if epoch != "" || seq != "" {
			return nil, api.NewProblem(api.ProblemInvalidHeader, "%s and %s are given without %s, whose numbers they are", headerEpoch, headerSeq, headerProducer)
		}
		return d, nil
	}
	if len(d.Producer) > maxProducer {
		return nil, api.NewProblem(api.ProblemInvalidHeader, "%s has %d bytes; the limit is %d", headerProducer, len(d.Producer), maxProducer)
	}
	var err error
	if epoch != "" {
		if d.Epoch, err = strconv.ParseUint(epoch, 10, 64); err != nil || d.Epoch > maxEpoch {
			return nil, api.NewProblem(api.ProblemInvalidHeader, "%s is %.80q; give a whole number, at most %d", headerEpoch, epoch, uint64(maxEpoch))
		}
	}
	if d.Seq, err = strconv.ParseUint(seq, 10, 64); err != nil || d.Seq == 0 {
		return nil, api.NewProblem(api.ProblemInvalidHeader, "%s is %.80q; count deliveries from 1", headerSeq, seq)
	}
	return d, nil
}

// decode reads the lines of a body into the delivery, whose records share its
// memory, without those ahead of a time in microseconds since 1970, and reports what is wrong with the others.
func (s *Server) decode(body []byte, d *Delivery, notAfter int64) *api.RecordsAnswer {
	out := &api.RecordsAnswer{Errors: []api.LineError{}}
	d.Records, d.Once.NotAfter = d.Records[:0], notAfter
	var dec term.Decoder
	var own []byte
	var rec term.Record
	for number := 1; len(body) > 0; number++ {
		line := body
		if i := bytes.IndexByte(body, '\n'); i >= 0 {
			line, body = body[:i], body[i+1:]
		} else {
			body = nil
		}
		if number == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var err error
		if own, err = dec.DecodeAppend(own, line, &rec); err != nil && zeeschuimer.Is(line) {
			err = zeeschuimer.Decode(line, &rec)
		}
		if err == nil && rec.TS > notAfter {
			err = fmt.Errorf("ts is %s, ahead of this machine's clock; the newest that is taken is %s",
				time.UnixMicro(rec.TS).UTC().Format(time.RFC3339), time.UnixMicro(notAfter).UTC().Format(time.RFC3339))
		}
		if err != nil {
			reject(out, number, err)
			continue
		}
		d.Records = append(d.Records, rec)
		rec = term.Record{}
		out.Accepted++
	}
	return out
}

func reject(a *api.RecordsAnswer, line int, err error) {
	a.Rejected++
	if len(a.Errors) == maxLineErrors {
		return
	}
	e := api.LineError{Line: line, Reason: err.Error()}
	var fault *term.DecodeError
	if errors.As(err, &fault) {
		e.Field, e.Reason = fault.Field, fault.Reason
		if fault.Offset >= 0 {
			e.Byte = &fault.Offset
		}
	}
	a.Errors = append(a.Errors, e)
}

// refused returns the problem that tells a sender why nothing was accepted.
func (s *Server) refused(r *http.Request, err error) *api.Problem {
	switch {
	case errors.Is(err, ErrFull):
		return api.NewProblem(api.ProblemFull, "there is no room to keep the records: %v; nothing was accepted, send again later", err)
	case errors.Is(err, ErrBehind):
		return api.NewProblem(api.ProblemBehind, "%v; nothing was accepted, send again later", err)
	case errors.Is(err, ErrNumber):
		return api.NewProblem(api.ProblemNumber, "%v; nothing was accepted", err)
	case errors.Is(err, ErrKeyReused):
		return api.NewProblem(api.ProblemKeyReused, "another body was sent under this %s; give each delivery a key of its own", headerOnce)
	case errors.Is(err, ErrKeyBusy):
		return api.NewProblem(api.ProblemKeyBusy, "a delivery under this %s is being accepted; send again to hear what became of it", headerOnce)
	case errors.Is(err, ErrTooManyKeys):
		return api.NewProblem(api.ProblemTooManyKeys, "%v; number the deliveries with %s and %s, for which there is no such bound, or send more records in each", err, headerProducer, headerSeq)
	case errors.Is(err, ErrTooLarge):
		return api.NewProblem(api.ProblemTooLarge, "%v; nothing was accepted, send the records in several requests", err)
	case errors.Is(err, ErrInDoubt):
		return api.NewProblem(api.ProblemInDoubt, "it is not known whether the records were kept; send them again, under the same %s or %s where there is one", headerSeq, headerOnce)
	case errors.Is(err, ErrStarting):
		return api.NewProblem(api.ProblemBusy, "what was accepted before the start is still being counted, so that repeats are not known yet; nothing was accepted, send again")
	case errors.Is(err, ErrCatching):
		return api.NewProblem(api.ProblemBusy, "%v; nothing was accepted", err)
	case errors.Is(err, ErrStopping):
		return api.NewProblem(api.ProblemBusy, "the server is about to stop; nothing was accepted, send again when it is back")
	case r.Context().Err() != nil:
		return busy()
	}
	s.opt.Logger.Error("cannot accept records", "err", err)
	return internal()
}
