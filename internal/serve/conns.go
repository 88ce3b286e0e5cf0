package serve

import (
	"container/list"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
)

// maxConnections is how many connections are held open: each takes some tens of KiB,
// and a file descriptor.
const maxConnections = 2048

// connections keeps the number of open connections within its bound. Where there are too
// many it closes the one on which nothing was asked for longest, or if all are busy the
// new one. Any goroutine may call it.
type connections struct {
	most int

	mu      sync.Mutex
	open    map[net.Conn]*list.Element // nil: something is being asked on it
	waiting *list.List                 // of net.Conn, the one silent for longest in front
}

func newConnections(most int) *connections {
	return &connections{most: most, open: map[net.Conn]*list.Element{}, waiting: list.New()}
}

// state is a [http.Server]'s ConnState.
func (c *connections) state(conn net.Conn, state http.ConnState) {
	if victim := c.note(conn, state); victim != nil {
		if t, ok := victim.(*tls.Conn); ok {
			victim = t.NetConn() // at once: without saying farewell to a peer that may not listen
		}
		_ = victim.Close()
	}
}

// note takes a change into account, and returns a connection to be closed for it, or nil.
func (c *connections) note(conn net.Conn, state http.ConnState) (victim net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.open[conn]; e != nil {
		c.waiting.Remove(e)
	}
	switch state {
	case http.StateNew, http.StateIdle:
		if state == http.StateNew && len(c.open) >= c.most {
			victim = conn
			if e := c.waiting.Front(); e != nil {
				victim = c.waiting.Remove(e).(net.Conn)
				c.open[victim] = nil
			}
		}
		c.open[conn] = c.waiting.PushBack(conn)
	case http.StateActive:
		c.open[conn] = nil
	case http.StateClosed, http.StateHijacked:
		delete(c.open, conn)
	}
	return victim
}
