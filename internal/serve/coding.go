package serve

import (
	"strconv"
	"strings"
)

// coding is a content coding (RFC 9110, 8.4.1).
type coding uint8

const (
	asItIs coding = iota
	gzipped
	zstded
)

var codings = [...]struct{ name, suffix string }{
	gzipped: {"gzip", "-gzip"}, // other bytes, another strong tag
	zstded:  {"zstd", "-zstd"},
}

// weights are what a header like Accept-Encoding gives to each name, in lower case. A
// weight that cannot be read is zero: what is named so is not wanted.
func weights(headers []string) map[string]float64 {
	out := map[string]float64{}
	for _, header := range headers {
		for member := range strings.SplitSeq(header, ",") {
			name, parameters, _ := strings.Cut(member, ";")
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
				out[name] = weightOf(parameters)
			}
		}
	}
	return out
}

// weightOf returns the weight among the parameters of a member: 1 if there is none.
func weightOf(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(p, "=")
		if strings.ToLower(strings.TrimSpace(name)) != "q" {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(q >= 0) {
			return 0
		}
		return min(q, 1)
	}
	return 1
}

// codingFor returns the coding that the Accept-Encoding headers (RFC 9110, 12.5.3) like
// best, of two that they like as well the better one, and whether they refuse a body as it is.
//
// Whatever is also told by *, zstd has to be named: programs that take anything were
// written before there was zstd.
func codingFor(headers []string) (best coding, must bool) {
	w := weights(headers)
	star, any := w["*"]
	plain, named := w["identity"]
	must = named && plain == 0 || any && star == 0 && !named
	gzip, ok := w["gzip"]
	if !ok {
		gzip, ok = w["x-gzip"]
	}
	if !ok {
		gzip = star
	}
	switch zstd := w["zstd"]; {
	case zstd > 0 && zstd >= gzip && zstd >= plain:
		return zstded, must
	case gzip > 0 && gzip >= plain:
		return gzipped, must
	}
	return asItIs, must
}
