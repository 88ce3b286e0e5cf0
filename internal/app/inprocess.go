package app

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// inProcess takes requests to a handler without a network. An answer streams as it is
// written: the handler waits for its reader, and meets an error once the body is closed.
type inProcess struct {
	handler http.Handler
	running sync.WaitGroup // handlers
}

// RoundTrip implements [http.RoundTripper].
func (p *inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	asked := req.Clone(req.Context())
	// What a server would have read from the wire.
	asked.RequestURI = req.URL.RequestURI()
	asked.Host, asked.RemoteAddr = "localhost", "127.0.0.1:0"
	if asked.Body == nil {
		asked.Body = http.NoBody
	}
	body, to := io.Pipe()
	w := &answering{header: http.Header{}, started: make(chan struct{}), to: to, buffer: bufio.NewWriterSize(to, 32<<10)}
	p.running.Go(func() {
		var failed error
		defer func() {
			if cause := recover(); cause != nil {
				failed = fmt.Errorf("the answer was given up: %v", cause)
			}
			w.end(failed)
			asked.Body.Close()
		}()
		p.handler.ServeHTTP(w, asked)
	})
	select {
	case <-w.started:
	case <-req.Context().Done():
		body.CloseWithError(req.Context().Err())
		return nil, req.Context().Err()
	}
	return w.response(req, body), nil
}

// answering is the answer while it is being written, by one goroutine. Whoever has seen
// started closed may read status and sent.
type answering struct {
	header  http.Header // the handler's
	started chan struct{}
	status  int
	sent    http.Header // as it was when the answer began
	to      *io.PipeWriter
	buffer  *bufio.Writer
}

func (w *answering) Header() http.Header { return w.header }

func (w *answering) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.status, w.sent = status, w.header.Clone()
	close(w.started)
}

func (w *answering) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.buffer.Write(b)
}

// FlushError is for [http.ResponseController].
func (w *answering) FlushError() error {
	w.WriteHeader(http.StatusOK)
	return w.buffer.Flush()
}

func (w *answering) end(failed error) {
	if failed != nil && w.status == 0 {
		w.header = http.Header{} // what was meant for another answer
		w.WriteHeader(http.StatusInternalServerError)
	}
	w.WriteHeader(http.StatusOK)
	if failed == nil {
		failed = w.buffer.Flush()
	}
	w.to.CloseWithError(failed)
}

func (w *answering) response(req *http.Request, body *io.PipeReader) *http.Response {
	resp := &http.Response{
		StatusCode: w.status, Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.sent, Body: body, ContentLength: -1, Request: req,
	}
	if n := w.sent.Get("Content-Length"); n != "" {
		if _, err := fmt.Sscan(n, &resp.ContentLength); err != nil {
			resp.ContentLength = -1
		}
	}
	if req.Method == http.MethodHead || bodyless(w.status) {
		body.Close()
		resp.Body = http.NoBody
		if bodyless(w.status) {
			resp.ContentLength = 0
		}
	}
	return resp
}

func bodyless(status int) bool {
	return status == http.StatusNoContent || status == http.StatusNotModified
}
