package serve

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// discard is a response that goes nowhere.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

func BenchmarkTrends(b *testing.B) {
	opt := fixedOptions(b)
	for _, open := range []int{100, 2000} {
		source := manyTrends(open)
		opt.Source = source
		s := newServer(b, opt)
		for _, c := range []struct{ name, query string }{
			{"default", ""}, {"filtered", "?platform=tiktok&kind=hashtag&q=tok&sort=rate&limit=10"}, {"series", "?series=1"},
		} {
			b.Run(fmt.Sprintf("%s/open=%d", c.name, open), func(b *testing.B) {
				r := httptest.NewRequest("GET", "/api/v1/trends"+c.query, nil)
				r.Host = "localhost"
				b.ReportAllocs()
				for b.Loop() {
					source.view.Seq++ // nothing is kept of the last answer
					s.ServeHTTP(&discard{http.Header{}}, r)
				}
			})
		}
		b.Run(fmt.Sprintf("repeated/open=%d", open), func(b *testing.B) {
			r := httptest.NewRequest("GET", "/api/v1/trends", nil)
			r.Host = "localhost"
			b.ReportAllocs()
			for b.Loop() {
				s.ServeHTTP(&discard{http.Header{}}, r)
			}
		})
	}
}

func BenchmarkTerm(b *testing.B) {
	s := newServer(b, testOptions(b))
	for _, target := range []string{"/api/v1/terms/hashtag/booktok", "/api/v1/terms/hashtag/booktok/series"} {
		b.Run(target, func(b *testing.B) {
			r := httptest.NewRequest("GET", target, nil)
			r.Host = "localhost"
			b.ReportAllocs()
			for b.Loop() {
				s.ServeHTTP(&discard{http.Header{}}, r)
			}
		})
	}
}
