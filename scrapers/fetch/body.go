package fetch

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/swell-radar/swell/scrapers"
)

// overhead is how many bytes a compressed body may have beyond what it may have decompressed: a stream of empty
// members would else go on for ever and give nothing.
const overhead = 64 << 10

// errTooLarge is a body beyond its limit.
var errTooLarge = errors.New("too large")

// read returns the body of an answer, decompressed, and whole: never a part of it. Its errors are
// [*scrapers.Trouble] where they know which, else those of the connection. However much a server sends, and
// however well it is compressed, no more than about three times the limit is held in memory.
func (f *Fetcher) read(res *http.Response, limit int64) ([]byte, error) {
	if res.ContentLength > limit+overhead {
		return nil, tooLarge(res, limit)
	}
	body, err := f.head(res, limit)
	if errors.Is(err, errTooLarge) {
		return nil, tooLarge(res, limit)
	}
	if err != nil {
		return nil, err
	}
	return body, nil
}

// head is read for what may be cut: where the body is larger than the limit, it returns its beginning
// with errTooLarge.
func (f *Fetcher) head(res *http.Response, limit int64) ([]byte, error) {
	expected := res.ContentLength
	var r io.Reader = &atMost{r: res.Body, left: limit + overhead}
	switch coding := strings.ToLower(strings.TrimSpace(res.Header.Get("Content-Encoding"))); coding {
	case "", "identity":
	case "gzip", "x-gzip":
		z := f.unzippers.Get().(*gzip.Reader)
		defer f.unzippers.Put(z)
		if err := z.Reset(r); err != nil {
			if errors.Is(err, io.EOF) {
				return nil, nil // no byte at all: as some servers answer 204
			}
			return nil, damaged(res, err)
		}
		r, expected = z, 5*expected
	default:
		return nil, scrapers.NewTrouble(scrapers.SchemaChanged, "%s: it is encoded as %.20q, which was not asked for", shown(res.Request.URL), coding)
	}
	body, err := readAll(r, expected, limit)
	if err != nil {
		return body, damaged(res, err)
	}
	return body, nil
}

func tooLarge(res *http.Response, limit int64) error {
	return scrapers.NewTrouble(scrapers.Unreachable, "%s: its answer is larger than %d bytes, the most that is read of one; nothing of it is used", shown(res.Request.URL), limit)
}

// damaged tells damage of the compressed form from that of the connection, whose errors it returns as they are.
func damaged(res *http.Response, err error) error {
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || strings.HasPrefix(err.Error(), "flate:") {
		return &scrapers.Trouble{State: scrapers.Unreachable, Err: err,
			Why: fmt.Sprintf("%s: its answer is damaged: what it calls gzip is not", shown(res.Request.URL))}
	}
	return err
}

// readAll reads to the end, or returns errTooLarge with the beginning where that is more than limit bytes. It begins with room for
// the expected size, as far as that is believable.
func readAll(r io.Reader, expected, limit int64) ([]byte, error) {
	const believable = 1 << 20
	buf := make([]byte, 0, max(min(expected+1, believable, limit+1), 512))
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if int64(len(buf)) > limit {
			return buf[:limit], errTooLarge
		}
		switch {
		case err == io.EOF:
			return buf, nil
		case err != nil:
			return buf, err
		}
		if len(buf) == cap(buf) {
			grown := make([]byte, len(buf), min(2*int64(cap(buf)), limit+1))
			copy(grown, buf)
			buf = grown
		}
	}
}

// atMost is errTooLarge after so many bytes.
type atMost struct {
	r    io.Reader
	left int64
}

func (a *atMost) Read(p []byte) (int, error) {
	if a.left <= 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > a.left {
		p = p[:a.left]
	}
	n, err := a.r.Read(p)
	a.left -= int64(n)
	return n, err
}
