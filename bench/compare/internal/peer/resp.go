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

// reply reads one reply and appends its values to dst: one for a simple reply, all
// of an array's. A value that is not there is an empty string.
func (c *redisConn) reply(dst []string) ([]string, error) {
	kind, line, err := c.line()
	if err != nil {
		return nil, err
	}
	switch kind {
	case '+', ':':
		return append(dst, string(line)), nil
	case '-':
		return nil, fmt.Errorf("peer: Redis refuses: %s", line)
	}
	n, err := strconv.Atoi(string(line))
	switch {
	case err != nil || kind != '$' && kind != '*':
		return nil, fmt.Errorf("peer: cannot read Redis's reply %q", string(kind)+string(line))
	case n < 0:
		return append(dst, ""), nil
	case kind == '$':
		value := make([]byte, n+2)
		if _, err := io.ReadFull(c.in, value); err != nil {
			return nil, fmt.Errorf("peer: cannot read from Redis: %w", err)
		}
		return append(dst, string(value[:n])), nil
	}
	for range n {
		if dst, err = c.reply(dst); err != nil {
			return nil, err
		}
	}
	return dst, nil
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
			if kind, line, err = c.line(); err != nil {
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
