package peer

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
)

// redisConn speaks RESP2, the protocol of Redis, over one connection: commands are
// written one behind the other and their replies are read later, in order
// (pipelining).
type redisConn struct {
	conn net.Conn
	in   *bufio.Reader
	out  *bufio.Writer
	num  [20]byte
}

const redisBuffer = 64 << 10

func dialRedis(socket string) (*redisConn, error) {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return nil, err
	}
	return &redisConn{conn: conn, in: bufio.NewReaderSize(conn, redisBuffer), out: bufio.NewWriterSize(conn, redisBuffer)}, nil
}

// send writes a command. The writer's error is sticky: [redisConn.flush] returns it.
func (c *redisConn) send(args ...string) {
	c.header('*', len(args))
	for _, arg := range args {
		c.header('$', len(arg))
		c.out.WriteString(arg)
		c.out.WriteString("\r\n")
	}
}

func (c *redisConn) header(kind byte, n int) {
	c.out.WriteByte(kind)
	c.out.Write(strconv.AppendInt(c.num[:0], int64(n), 10))
	c.out.WriteString("\r\n")
}

func (c *redisConn) flush() error {
	if err := c.out.Flush(); err != nil {
		return fmt.Errorf("peer: cannot write to Redis: %w", err)
	}
	return nil
}

// do sends one command and returns its reply.
func (c *redisConn) do(args ...string) ([]string, error) {
	c.send(args...)
	if err := c.flush(); err != nil {
		return nil, err
	}
	return c.reply(nil)
}

// Bounds on replies: what this program asks for stays far below.
const (
	maxBulk  = 16 << 20
	maxArray = 1 << 20
)

// reply reads one reply and appends its values to dst: one for a simple reply, all
// of an array's. A value that is not there is an empty string.
func (c *redisConn) reply(dst []string) ([]string, error) {
	kind, line, err := c.line()
	if err != nil {
		return nil, err
	}
	if kind != '*' {
		return c.value(dst, kind, line)
	}
	n, err := length(line, maxArray)
	if err != nil {
		return nil, err
	}
	for range n {
		if kind, line, err = c.line(); err == nil {
			dst, err = c.value(dst, kind, line)
		}
		if err != nil {
			return nil, err
		}
	}
	return dst, nil
}

// value reads a reply that is no array, the first line of which has been read.
func (c *redisConn) value(dst []string, kind byte, line []byte) ([]string, error) {
	switch kind {
	case '+', ':':
		return append(dst, string(line)), nil
	case '-':
		return nil, fmt.Errorf("peer: Redis refuses: %s", line)
	case '$':
		n, err := length(line, maxBulk)
		if n < 0 || err != nil {
			return append(dst, ""), err
		}
		value := make([]byte, n+2)
		if _, err := io.ReadFull(c.in, value); err != nil {
			return nil, fmt.Errorf("peer: cannot read from Redis: %w", err)
		}
		return append(dst, string(value[:n])), nil
	}
	return nil, fmt.Errorf("peer: Redis's reply begins with %q; only + - : $ * are known", kind)
}

func length(line []byte, most int) (int, error) {
	n, err := strconv.Atoi(string(line))
	if err != nil || n > most {
		return 0, fmt.Errorf("peer: Redis's reply has length %q; at most %d is expected", line, most)
	}
	return n, nil
}

// skip reads n replies that are numbers and forgets them.
func (c *redisConn) skip(n int) error {
	for range n {
		kind, line, err := c.line()
		if err != nil {
			return err
		}
		// ZINCRBY answers with a bulk string: the number is on the next line.
		if kind == '$' {
			if _, _, err = c.line(); err != nil {
				return err
			}
			continue
		}
		if kind != ':' {
			return fmt.Errorf("peer: Redis refuses: %s", line)
		}
	}
	return nil
}

// line returns the first byte of the next line and the rest, without its end. The
// rest is valid until the next read.
func (c *redisConn) line() (kind byte, rest []byte, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, nil, fmt.Errorf("peer: cannot read from Redis: %w", err)
	}
	if len(line) < 3 {
		return 0, nil, fmt.Errorf("peer: cannot read Redis's reply %q", line)
	}
	return line[0], line[1 : len(line)-2], nil
}

func (c *redisConn) close() error { return c.conn.Close() }
