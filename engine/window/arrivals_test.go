package window

import "testing"

func TestArrivals(t *testing.T) {
	const start = 480_000 // hour, at midnight
	var a Arrivals
	// post lets so many accounts post in a day, the given share of them new, and
	// returns how many were newcomers.
	post := func(day int64, posts, isNew int) (n int) {
		for i := range posts {
			if a.Note(start+24*day+int64(i*24/posts), i < isNew) {
				n++
			}
		}
		return n
	}
	for _, tt := range []struct {
		name             string
		day              int64
		posts, new, want int
	}{
		{"everybody", 0, 100, 100, 0},
		{"most", 1, 100, 40, 0},
		{"few, but too early", 2, 100, 10, 0},
		{"too many still: 27.5 of 87.5", 3, 100, 10, 0},
		{"usually 18.75 of 93.75", 4, 100, 10, 10},
		{"a flood does not count before its day is over", 5, 1000, 900, 900},
		{"now most are new", 6, 100, 10, 0},
		{"a silence changes nothing", 20, 100, 0, 0},
		{"what was is halved by every day", 21, 100, 0, 0},
		{"and again", 22, 100, 0, 0},
		{"and again", 23, 100, 0, 0},
		{"until newcomers are rare", 24, 100, 1, 1},
	} {
		if got := post(tt.day, tt.posts, tt.new); got != tt.want {
			t.Errorf("%s: %d newcomers of %d on day %d, want %d", tt.name, got, tt.new, tt.day, tt.want)
		}
	}
}
