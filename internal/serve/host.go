package serve

import (
	"net"
	"slices"
	"strings"
)

// hostNames returns the names that the server answers to, in lower case and
// addresses without brackets.
func hostNames(more []string) []string {
	names := []string{"localhost", "127.0.0.1", "::1"}
	for _, name := range more {
		names = append(names, bareHost(name))
	}
	return names
}

func bareHost(host string) string {
	host = strings.ToLower(host)
	if inner, ok := strings.CutPrefix(host, "["); ok {
		if inner, ok = strings.CutSuffix(inner, "]"); ok {
			return inner
		}
	}
	return host
}

// knownHost reports whether a Host header, with or without a port, names this
// server.
func (s *Server) knownHost(header string) bool {
	host := header
	if name, _, err := net.SplitHostPort(header); err == nil {
		host = name
	}
	return slices.Contains(s.hosts, bareHost(host))
}
