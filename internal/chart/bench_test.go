package chart

import (
	"fmt"
	"testing"
)

func BenchmarkWave(b *testing.B) {
	c := &Wave{Label: "2,000 trends"}
	for i := range 2000 {
		c.Spots = append(c.Spots, Spot{Phase: stages[i%4].phase, Within: float64(i%17) / 17, Size: 1 / float64(1+i), Name: fmt.Sprintf("#term%d", i), Link: "/terms/hashtag/t", Label: "a trend"})
	}
	for b.Loop() {
		c.SVG()
	}
}

func BenchmarkSpark(b *testing.B) {
	c := &Spark{Label: "72 hours"}
	for i := range 72 {
		c.Posts = append(c.Posts, uint32(i*i%97))
		c.Low, c.High = append(c.Low, float64(i%24)), append(c.High, float64(i%24+20))
	}
	for b.Loop() {
		c.SVG()
	}
}
