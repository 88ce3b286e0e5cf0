package serve

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/internal/api"
)

// maxCompressed is the longest compressed body, in bytes. Lines of records shrink
// to a tenth; what does not shrink need not be compressed.
const maxCompressed = maxBody

// readBody returns the body, decompressed. It is read no further than the limit,
// whatever it claims to be.
func readBody(r *http.Request) ([]byte, *api.Problem) {
	in := io.Reader(http.MaxBytesReader(nil, r.Body, maxCompressed))
	switch coding := strings.ToLower(strings.TrimSpace(strings.Join(r.Header.Values("Content-Encoding"), ","))); coding {
	case "", "identity":
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, unreadable(err)
		}
		defer z.Close()
		in = z
	case "zstd":
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBody), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, unreadable(err)
		}
		defer z.Close()
		in = z
	default:
		return nil, api.NewProblem(api.ProblemEncoding, "Content-Encoding is %.80q; use gzip, zstd or none", coding)
	}
	body, err := io.ReadAll(io.LimitReader(in, maxBody+1))
	if err == nil && len(body) > maxBody {
		return nil, tooLarge()
	}
	if err != nil {
		return nil, unreadable(err)
	}
	return body, nil
}

func tooLarge() *api.Problem {
	return api.NewProblem(api.ProblemTooLarge, "the body has more than %d bytes; send less at a time", maxBody)
}

func unreadable(err error) *api.Problem {
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return tooLarge()
	}
	return api.NewProblem(api.ProblemBody, "the body cannot be read: %.200v; nothing was accepted", err)
}
