package serve

import (
	"net/http"
	"time"
)

// HTTPServer returns a server for the handler, with limits that keep slow and
// hostile askers from holding connections. The caller sets Addr and ErrorLog,
// and owns the listening socket.
func HTTPServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: paced(h, bodyPatience),
		// A request is a few hundred bytes: who takes longer than this to send
		// its header is not in earnest (slowloris).
		ReadHeaderTimeout: 5 * time.Second,
		// The longest body of records over a slow line.
		ReadTimeout: 30 * time.Second,
		// From the end of the header: waiting for the owner of a term included,
		// and enough for the largest answer over a slow line.
		WriteTimeout: time.Minute,
		// Pages and scripts ask again within a minute or not at all.
		IdleTimeout: 2 * time.Minute,
		// Request line and header: the longest link as a key, and some more.
		MaxHeaderBytes: 2 * maxURI,
		// OPTIONS * is answered like every other request: by its path.
		DisableGeneralOptionsHandler: true,
		ConnState:                    newConnections(maxConnections).state,
		// Over TLS. A connection has this many requests under way, and a client that gives
		// up more than it waits for gains nothing: what it began is counted until it ends.
		HTTP2: &http.HTTP2Config{MaxConcurrentStreams: 128, MaxReceiveBufferPerConnection: 4 << 20, MaxReceiveBufferPerStream: 1 << 20},
	}
}
