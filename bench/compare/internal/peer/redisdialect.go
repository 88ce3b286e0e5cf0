package peer

import (
	"fmt"
	"strconv"

	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// twoWeeks is how long Mastodon keeps a day, in seconds.
const twoWeeks = "1209600"

// tagsDialect has the commands that Mastodon sends in one pipeline for one use of a
// tag: Trends::History::Day#add in mastodon/mastodon, app/models/trends/history.rb.
// There is no command for the top: Mastodon scores every tag used lately one by one.
func tagsDialect() dialect {
	uses := func(key, day string) string { return "activity:tags:" + key + ":" + day }
	return dialect{
		commands: 4,
		count: func(c *redisConn, key, day, author string) {
			uses := uses(key, day)
			accounts := uses + ":accounts"
			c.send("INCRBY", uses, "1")
			c.send("PFADD", accounts, author)
			c.send("EXPIRE", uses, twoWeeks)
			c.send("EXPIRE", accounts, twoWeeks)
		},
		lookup: func(c *redisConn, key string, days []string) ([]string, error) {
			args := []string{"MGET"}
			for _, day := range days {
				args = append(args, uses(key, day))
			}
			return c.do(args...)
		},
	}
}

// rankDialect keeps a sorted set of the tags of each day, which Redis's own
// documentation proposes for rankings, and distinct accounts as above.
func rankDialect() dialect {
	rank := func(day string) string { return "rank:" + day }
	return dialect{
		commands: 2,
		count: func(c *redisConn, key, day, author string) {
			c.send("ZINCRBY", rank(day), "1", key)
			c.send("PFADD", "accounts:"+key+":"+day, author)
		},
		lookup: func(c *redisConn, key string, days []string) (values []string, err error) {
			for _, day := range days {
				c.send("ZSCORE", rank(day), key)
			}
			if err := c.flush(); err != nil {
				return nil, err
			}
			for range days {
				if values, err = c.reply(values); err != nil {
					return nil, err
				}
			}
			return values, nil
		},
		top: func(c *redisConn, k int, days []string) ([]stream.Count, error) {
			args := []string{"ZUNIONSTORE", "top", strconv.Itoa(len(days))}
			for _, day := range days {
				args = append(args, rank(day))
			}
			if _, err := c.do(args...); err != nil {
				return nil, err
			}
			values, err := c.do("ZREVRANGE", "top", "0", strconv.Itoa(k-1), "WITHSCORES")
			if err != nil {
				return nil, err
			}
			var counts []stream.Count
			for i := 0; i+1 < len(values); i += 2 {
				n, err := strconv.ParseUint(values[i+1], 10, 64)
				if err != nil {
					return nil, fmt.Errorf("peer: Redis's score %q is not a count: %w", values[i+1], err)
				}
				counts = append(counts, stream.Count{Key: values[i], N: n})
			}
			return counts, nil
		},
	}
}
