package app

import (
	"strings"
	"testing"

	"github.com/swell-radar/swell/internal/config"
	"github.com/swell-radar/swell/internal/sink"
)

// Sinks of a configuration are made, and all that is wrong is said at once.
func TestSinksOf(t *testing.T) {
	c := config.Config{Sinks: map[string]config.Sink{
		"team": {Kind: sink.Slack, URL: "$URL"}, "files": {Kind: sink.File, Dir: t.TempDir()},
	}}
	o := SinkOptions{Env: func(name string) (string, bool) { return "https://hooks.example/x", name == "URL" }}
	got, err := SinksOf(c, o)
	if err != nil || len(got) != 2 || got["team"].Kind != sink.Slack || got["files"].Kind != sink.File {
		t.Errorf("%v: %v", got, err)
	}
	c.Sinks["Bad Name"] = config.Sink{Kind: sink.File, Dir: "x"}
	c.Sinks["zoom"] = config.Sink{Kind: sink.Zoom, URL: "$URL"}
	got, err = SinksOf(c, o)
	if err == nil || len(got) != 2 || !strings.Contains(err.Error(), "[sinks.Bad Name]: the name") || !strings.Contains(err.Error(), "[sinks.zoom] token is missing") {
		t.Errorf("%v: %v", got, err)
	}
}
