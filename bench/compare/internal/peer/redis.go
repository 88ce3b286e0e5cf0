package peer

import (
	"fmt"
	"strconv"

	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// redis counts in a Redis of its own, with the commands of a dialect. Each writer
// has a connection and pipelines: it sends the commands of a hundred observations
// and reads the replies to the hundred before, so that neither side waits for the
// other.
type redis struct {
	server  *redisServer
	admin   *redisConn
	dialect dialect
	day     int64
	writers []Writer
}

// dialect is a way of counting uses and accounts of tags by UTC day.
type dialect struct {
	commands int // for an observation
	count    func(c *redisConn, key, day, author string)
	lookup   func(c *redisConn, key string, days []string) ([]string, error)
	top      func(c *redisConn, k int, days []string) ([]stream.Count, error)
}

type redisWriter struct {
	conn        *redisConn
	dialect     dialect
	sent, asked int // observations since the last flush, and in the flush before
	pane        int64
	day         string
}

// pipeline is the number of observations that are sent at once.
const pipeline = 100

func newRedisTags(cfg Config) (Contender, error) { return newRedis(cfg, tagsDialect()) }
func newRedisRank(cfg Config) (Contender, error) { return newRedis(cfg, rankDialect()) }

func newRedis(cfg Config, d dialect) (*redis, error) {
	server, err := startRedis()
	if err != nil {
		return nil, err
	}
	r := &redis{server: server, dialect: d}
	r.admin, err = server.dial()
	for i := 0; err == nil && i < cfg.Writers; i++ {
		var conn *redisConn
		if conn, err = server.dial(); err == nil {
			r.writers = append(r.writers, &redisWriter{conn: conn, dialect: d, pane: -1})
		}
	}
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

func (w *redisWriter) Count(run stream.Run) error {
	if run.Pane != w.pane {
		w.pane, w.day = run.Pane, dayName(run.Pane/stream.PanesPerDay)
	}
	var author [20]byte
	for i := range run.Len() {
		w.dialect.count(w.conn, run.Key(i), w.day, string(strconv.AppendUint(author[:0], run.Author(i), 10)))
		if w.sent++; w.sent == pipeline {
			if err := w.turn(); err != nil {
				return err
			}
		}
	}
	return nil
}

// turn sends what is pending and reads the replies to what was sent before.
func (w *redisWriter) turn() error {
	if err := w.conn.flush(); err != nil {
		return err
	}
	asked := w.asked
	w.asked, w.sent = w.sent, 0
	return w.conn.skip(asked * w.dialect.commands)
}

func (w *redisWriter) Seal(int64) error { return nil }

// Drain reads the replies to everything.
func (r *redis) Drain() error {
	for _, each := range r.writers {
		w := each.(*redisWriter)
		if err := w.turn(); err != nil {
			return err
		}
		if err := w.turn(); err != nil {
			return err
		}
		r.day = max(r.day, w.pane/stream.PanesPerDay)
	}
	return nil
}

func (r *redis) Usage() (cpu float64, memory int64, err error) {
	reply, err := r.admin.do("INFO")
	if err != nil {
		return 0, 0, err
	}
	var found [3]float64
	for i, name := range []string{"used_cpu_user", "used_cpu_sys", "used_memory"} {
		if found[i], err = infoNumber(reply[0], name); err != nil {
			return 0, 0, err
		}
	}
	return found[0] + found[1], int64(found[2]), nil
}

// days returns the names of the days of the window, which ends with a whole day.
func (r *redis) days() (names []string) {
	for day := r.day - windowDays + 1; day <= r.day; day++ {
		names = append(names, dayName(day))
	}
	return names
}

// dayName is the day's first second of Unix time.
func dayName(day int64) string { return strconv.FormatInt(day*86400, 10) }

func (r *redis) Lookup(key string) (n uint64, err error) {
	values, err := r.dialect.lookup(r.admin, key, r.days())
	if err != nil {
		return 0, err
	}
	for _, v := range values {
		if v == "" {
			continue
		}
		day, err := strconv.ParseUint(v, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("peer: Redis's count %q is not a number: %w", v, err)
		}
		n += day
	}
	return n, nil
}

func (r *redis) Top(k int) ([]stream.Count, error) {
	if r.dialect.top == nil {
		return nil, nil
	}
	return r.dialect.top(r.admin, k, r.days())
}

func (r *redis) Writers() []Writer { return r.writers }
func (r *redis) BorrowsKeys() bool { return false }

// Close ends the connections and the server, whatever state they are in.
func (r *redis) Close() error {
	for _, each := range r.writers {
		_ = each.(*redisWriter).conn.close() // the server goes anyway
	}
	if r.admin != nil {
		_ = r.admin.close()
	}
	return r.server.close()
}
