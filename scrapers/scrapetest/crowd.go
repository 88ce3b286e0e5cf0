package scrapetest

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Crowd returns the posts of a platform where one is written every 1/perSecond seconds, for ever: words
// that mean nothing, by half a million authors of whom few write much, every third post with a
// hashtag, few of which are used much. The same seed gives the same posts. Posts of any stretch
// of time cost the same, about a microsecond each.
func Crowd(perSecond float64, seed uint64) Posts {
	every := max(1, int64(float64(time.Second)/perSecond))
	return func(from, to time.Time) []Post {
		first, end := ceilDiv(from.UnixNano(), every), ceilDiv(to.UnixNano(), every)
		if end <= first {
			return nil
		}
		posts := make([]Post, 0, end-first)
		for i := first; i < end; i++ {
			posts = append(posts, crowdPost(i, every, seed))
		}
		return posts
	}
}

func ceilDiv(a, b int64) int64 {
	n := a / b
	if a%b > 0 {
		n++
	}
	return n
}

var (
	crowdWords = strings.Fields("lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua")
	crowdLangs = []string{"en", "en", "en", "ja", "pt", "de", ""}
)

func crowdPost(i, every int64, seed uint64) Post {
	h := mix(seed ^ mix(uint64(i)))
	p := Post{
		At: time.Unix(0, i*every).UTC(), ID: strconv.FormatInt(i, 36),
		Author: "u" + strconv.FormatUint(skewed(h, 500_000), 36), Lang: crowdLangs[h%uint64(len(crowdLangs))],
	}
	words := make([]byte, 0, 96)
	for n := 4 + (h>>8)%8; n > 0; n-- {
		h = mix(h)
		words = append(append(words, crowdWords[h%uint64(len(crowdWords))]...), ' ')
	}
	if h = mix(h); h%3 == 0 {
		words = strconv.AppendUint(append(words, "#topic"...), skewed(mix(h), 100_000), 10)
	} else {
		words = words[:len(words)-1]
	}
	p.Text = string(words)
	if (h>>16)%11 == 0 {
		p.Link = "https://example.org/page/" + strconv.FormatUint((h>>32)%10_000, 10)
	}
	return p
}

// skewed returns a number below n of which k is met in proportion to 1/(k+1).
func skewed(h uint64, n float64) uint64 {
	return uint64(math.Exp(float64(h>>11)/(1<<53)*math.Log(n))) - 1
}

// mix scatters the bits of a number (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
// Generators, OOPSLA 2014, the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
