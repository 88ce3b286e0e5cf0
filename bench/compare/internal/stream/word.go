package stream

import "math"

// The lengths of keys in bytes.
const (
	minKey = 3
	maxKey = 40
)

// appendWord appends the key of a term: 3 to 40 bytes, 14 on the average, with a
// log-normal spread. Different numbers give different keys: a key is the number
// in letters, a digit, and letters that do not matter.
func appendWord(dst []byte, number uint64) []byte {
	base := len(dst)
	h := mix(number + 1)
	for n := number; ; n /= 26 {
		dst = append(dst, 'a'+byte(n%26))
		if n < 26 {
			break
		}
	}
	dst = append(dst, '0'+byte(h%10))
	for length := wordLength(h); len(dst)-base < length; {
		h = mix(h)
		for letters := h; letters > 26 && len(dst)-base < length; letters /= 26 {
			dst = append(dst, 'a'+byte(letters%26))
		}
	}
	return dst
}

func wordLength(h uint64) int {
	// The sum of four uniform numbers is nearly normal: mean 2, variance 1/3.
	sum := 0.0
	for i := range 4 {
		sum += float64(h>>(16*i)&0xFFFF) / 0x10000
	}
	normal := (sum - 2) * math.Sqrt(3)
	return min(max(int(math.Exp(2.6+0.42*normal)), minKey), maxKey)
}

// mix is the finaliser of splitmix64 (Steele, Lea, Flood, OOPSLA 2014): a
// bijection whose results look random.
func mix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
