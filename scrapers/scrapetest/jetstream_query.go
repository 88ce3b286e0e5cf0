package scrapetest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// subscription is what a client of [Jetstream] asks for.
type subscription struct {
	filter       filter
	cursor       int64 // microseconds since 1970; 0: none
	compress     bool
	requireHello bool
}

// filter says which events a client wants.
type filter struct {
	collections, dids []string // empty: all
	most              int      // bytes of a message; 0: all
}

func parseSubscription(r *http.Request) (*subscription, error) {
	q := r.URL.Query()
	most, err := strconv.Atoi(q.Get("maxMessageSizeBytes"))
	if err != nil {
		most = 0 // the real one says nothing either
	}
	f, err := newFilter(q["wantedCollections"], q["wantedDids"], most)
	if err != nil {
		return nil, err
	}
	s := &subscription{filter: *f, requireHello: q.Get("requireHello") == "true"}
	s.compress = q.Get("compress") == "true" || strings.Contains(r.Header.Get("Socket-Encoding"), "zstd")
	if s.compress && strings.Contains(r.Header.Get("Sec-WebSocket-Extensions"), "permessage-deflate") {
		return nil, fmt.Errorf("choose one compression scheme, zstd or permessage-deflate, not both")
	}
	if c := q.Get("cursor"); c != "" {
		if s.cursor, err = strconv.ParseInt(c, 10, 64); err != nil || s.cursor < 0 {
			return nil, fmt.Errorf("invalid cursor: %q", c)
		}
	}
	return s, nil
}

func newFilter(collections, dids []string, most int) (*filter, error) {
	switch {
	case len(collections) > 100:
		return nil, fmt.Errorf("too many wanted collections: %d > 100", len(collections))
	case len(dids) > 10_000:
		return nil, fmt.Errorf("too many wanted DIDs: %d > 10000", len(dids))
	}
	for _, c := range collections {
		if !strings.HasSuffix(c, ".*") && strings.Count(c, ".") < 2 {
			return nil, fmt.Errorf("invalid collection: %s", c)
		}
	}
	for _, d := range dids {
		if !strings.HasPrefix(d, "did:") {
			return nil, fmt.Errorf("invalid DID: %s", d)
		}
	}
	return &filter{collections: collections, dids: dids, most: max(0, most)}, nil
}

// wants reports whether an event is wanted. One without a collection is about an account, and not
// subject to collections.
func (f *filter) wants(did, collection string, size int) bool {
	return (f.most == 0 || size <= f.most) &&
		(len(f.dids) == 0 || slices.Contains(f.dids, did)) &&
		(collection == "" || len(f.collections) == 0 || wanted(f.collections, collection))
}
