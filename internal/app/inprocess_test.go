package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What comes of a handler in process is what comes of it over a socket.
func TestInProcessIsAsOverTheNetwork(t *testing.T) {
	long := strings.Repeat("0123456789", 50_000)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /long", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, long)
		w.Header().Set("X-Late", "not sent")
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusAccepted)
		w.WriteHeader(http.StatusTeapot)
		data, err := io.ReadAll(r.Body)
		fmt.Fprint(w, r.Method, " ", r.RequestURI, " ", r.FormValue("q"), " ", string(data), err)
	})
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"x"`)
		w.Header().Set("Content-Type", "text/csv")
		http.ServeContent(w, r, "", time.Unix(1780272000, 0), bytes.NewReader([]byte("0123456789")))
	})
	mux.HandleFunc("/nothing", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/silent", func(http.ResponseWriter, *http.Request) {})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	local := &http.Client{Transport: &inProcess{handler: mux}}

	type answer struct {
		Status int
		Length int64
		Header http.Header
		Body   string
	}
	get := func(c *http.Client, base, method, path, body string, header http.Header) answer {
		req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range header {
			req.Header[name] = v
		}
		resp, err := c.Do(req)
		if err != nil {
			t.Fatal(method, path, err)
		}
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(method, path, err)
		}
		length := resp.ContentLength
		for _, name := range []string{"Date", "Content-Length", "Connection"} { // the wire's
			resp.Header.Del(name)
		}
		if path != "/file" {
			length = 0 // told where the whole body fits into a buffer of the server
		}
		return answer{resp.StatusCode, length, resp.Header, string(data)}
	}
	for _, c := range []struct {
		method, path, body string
		header             http.Header
	}{
		{"GET", "/long", "", nil}, {"POST", "/echo?q=a%20b", "body", nil}, {"GET", "/nothing", "", nil}, {"GET", "/silent", "", nil},
		{"HEAD", "/file", "", nil}, {"GET", "/file", "", http.Header{"Range": {"bytes=3-"}}}, {"GET", "/file", "", http.Header{"If-None-Match": {`"x"`}}},
		{"GET", "/missing", "", nil}, {"DELETE", "/long", "", nil},
	} {
		near, far := get(local, "http://localhost", c.method, c.path, c.body, c.header), get(srv.Client(), srv.URL, c.method, c.path, c.body, c.header)
		if diff := cmp.Diff(far, near); diff != "" {
			t.Errorf("%s %s: over the network (-), in process (+):\n%s", c.method, c.path, diff)
		}
	}
}

func TestInProcessEndsWithItsReader(t *testing.T) {
	wrote := make(chan error, 1)
	p := &inProcess{handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				wrote <- err
				return
			}
		}
	})}
	resp, err := (&http.Client{Transport: p}).Get("http://localhost/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	p.running.Wait()
	if err := <-wrote; err == nil {
		t.Error("the handler was not told that its reader left")
	}

	ctx, cancel := context.WithCancel(t.Context())
	p = &inProcess{handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/", nil)
	if err != nil {
		t.Fatal(err)
	}
	// Which of the two is seen first is a matter of luck: both are right.
	if resp, err := p.RoundTrip(req); err == nil {
		resp.Body.Close()
	} else if !errors.Is(err, context.Canceled) {
		t.Errorf("got the error %v", err)
	}
	p.running.Wait()
}

func TestInProcessOutlivesAPanic(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"before":   func(w http.ResponseWriter, r *http.Request) { panic("no") },
		"half way": func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "half"); panic(http.ErrAbortHandler) },
	} {
		resp, err := (&http.Client{Transport: &inProcess{handler: h}}).Get("http://localhost/")
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := io.ReadAll(resp.Body); err == nil {
			t.Errorf("%s: it looks like a whole answer of status %d", name, resp.StatusCode)
		}
		resp.Body.Close()
	}
}
