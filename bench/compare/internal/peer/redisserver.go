package peer

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ErrNoRedis says that there is no Redis on this machine.
var ErrNoRedis = errors.New("peer: redis-server is not on PATH (Debian: apt-get install redis-server)")

// redisServer is a Redis of one's own: on a Unix socket in a temporary directory,
// without a port, without persistence.
type redisServer struct {
	dir    string
	socket string
	cmd    *exec.Cmd
	ended  chan error
}

// startTimeout is how long the server may take until it answers.
const startTimeout = 10 * time.Second

func startRedis() (*redisServer, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, ErrNoRedis
	}
	dir, err := os.MkdirTemp("", "compare-redis-")
	if err != nil {
		return nil, fmt.Errorf("peer: cannot make a directory for Redis: %w", err)
	}
	s := &redisServer{dir: dir, socket: filepath.Join(dir, "s"), ended: make(chan error, 1)}
	s.cmd = exec.Command(path, "--port", "0", "--unixsocket", s.socket, "--dir", dir,
		"--save", "", "--appendonly", "no", "--loglevel", "warning", "--daemonize", "no")
	if err := s.cmd.Start(); err != nil {
		_ = os.RemoveAll(dir)
		return nil, fmt.Errorf("peer: cannot start %s: %w", path, err)
	}
	go func() { s.ended <- s.cmd.Wait() }()
	return s, nil
}

// dial connects, waiting for a server that has just been started.
func (s *redisServer) dial() (*redisConn, error) {
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		c, err := dialRedis(s.socket)
		if err == nil {
			return c, nil
		}
		select {
		case err := <-s.ended:
			s.ended <- err
			return nil, fmt.Errorf("peer: redis-server has ended: %v", err)
		default:
		}
		if time.Since(began) > startTimeout {
			return nil, fmt.Errorf("peer: redis-server does not answer on %s within %v: %w", s.socket, startTimeout, err)
		}
	}
}

func (s *redisServer) close() error {
	if err := s.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("peer: cannot stop redis-server: %w", err)
	}
	<-s.ended
	return os.RemoveAll(s.dir)
}

// infoNumber returns the number that stands behind a name in the answer to INFO.
func infoNumber(info, name string) (float64, error) {
	for line := range strings.SplitSeq(info, "\r\n") {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("peer: redis-server's INFO has no %s", name)
}
