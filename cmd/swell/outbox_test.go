package main

import (
	"testing"

	"github.com/swell-radar/swell/internal/api"
)

func TestOutboxWords(t *testing.T) {
	for n, want := range map[int]string{
		0: "0 messages of hook are tried now",
		1: "1 message of hook is tried now",
		2: "2 messages of hook are tried now",
	} {
		if got := tried(&api.OutboxRetried{Sink: "hook", Messages: n}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for want, s := range map[string]api.SinkStatus{
		"": {}, "no": {Error: "no"}, "off: it answered 410": {Error: "it answered 410", Off: true}, "off": {Off: true},
	} {
		if got := sinkError(s); got != want {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
}
