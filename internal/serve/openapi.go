package serve

import (
	"fmt"
	"hash/fnv"
	"net/http"

	"github.com/swell-radar/swell/internal/api"
)

// typeYAML is the media type of RFC 9512.
const typeYAML = "application/yaml"

// openapi answers GET /api/v1/openapi.yaml.
func (s *Server) openapi(r *http.Request) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	h := fnv.New64a()
	h.Write([]byte(api.OpenAPI()))
	etag := fmt.Sprintf("openapi-%016x", h.Sum64())
	if held := heldTag(r, etag); held != "" {
		return &reply{held: held}, nil
	}
	return &reply{text: api.OpenAPI(), kind: typeYAML, etag: etag}, nil
}
