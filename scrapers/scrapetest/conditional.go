package scrapetest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
)

// serveTagged answers with a body and its ETag, or with 304 to whoever has it.
func serveTagged(w http.ResponseWriter, r *http.Request, mediaType string, body []byte) {
	h := fnv.New64a()
	_, _ = h.Write(body) // never fails
	tag := fmt.Sprintf(`"%016x"`, h.Sum64())
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", mediaType)
	_, _ = w.Write(body) // a client that is gone needs no answer
}

// serveJSON answers with a value as JSON; what cannot be encoded is a fault of this package.
func serveJSON(w http.ResponseWriter, r *http.Request, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	serveTagged(w, r, "application/json; charset=utf-8", body)
}

// members is a JSON object.
type members map[string]any
