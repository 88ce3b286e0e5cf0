package fetch

import (
	"net/http"
	"time"
)

type Exchange struct {
	At     time.Time
	Source string
	Method string
	URL    string
	Status int
	Header http.Header
	Body   []byte
	Binary bool
}
