package scrapetest

import "time"

// Post is a post of the made-up life.
type Post struct {
	At     time.Time // when its platform took it in
	ID     string    // unique on its platform: letters, digits
	Author string    // letters, digits
	Lang   string    // BCP 47, or empty
	Text   string    // with its hashtags, as people write them
	Tags   []string  // further hashtags, without '#', that are not in the text
	Link   string    // an address it points to, or empty
	Repost bool
}

// Posts returns the posts of one platform taken in at or after from and before to, oldest
// first. The same times give the same posts, as long as they are past.
type Posts func(from, to time.Time) []Post

// Row is a place in a chart, a list of trends, a page of numbers.
type Row struct {
	ID     string // of the song, tag or page, on its platform
	Title  string // of a song; the text of a tag or search, without '#'
	Artist string // of a song, else empty
	Total  int64  // views, plays or uses so far; 0: the chart does not say
	Recent []int  // uses in the newest periods, newest first, where the format has such; or nil
}

// Chart returns a list as it stood at a time, best first. The same time gives the same rows.
type Chart func(at time.Time) []Row
