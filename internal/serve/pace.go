package serve

import (
	"io"
	"net/http"
	"time"
)

const (
	// bodyPatience is how long a body may take to begin, and to be sent if it is short.
	bodyPatience = 5 * time.Second
	// bodyPace is how many bytes a second a longer one has to bring in the mean. Each body
	// of records holds one of a few places: nobody shall hold it for next to nothing.
	bodyPace = 256 << 10
)

// paced ends bodies that come too slowly: with less than the pace after patience.
func paced(next http.Handler, patience time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			b := &pacedBody{ReadCloser: r.Body, control: http.NewResponseController(w), due: time.Now().Add(patience)} // sockets keep real time
			own := *r
			own.Body = b
			r = &own
		}
		next.ServeHTTP(w, r)
	})
}

// pacedBody is a body whose every read has to come to its end by when its pace says.
type pacedBody struct {
	io.ReadCloser
	control *http.ResponseController
	due     time.Time // of a body of no bytes
	got     int64
}

func (b *pacedBody) Read(p []byte) (int, error) {
	// Where there is no socket there is nothing to wait for.
	_ = b.control.SetReadDeadline(b.due.Add(time.Duration(b.got) * time.Second / bodyPace))
	n, err := b.ReadCloser.Read(p)
	b.got += int64(n)
	if err == io.EOF {
		// All is here: that the deadline passes now must not look like a client that has left.
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}
