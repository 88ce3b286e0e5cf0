package app

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
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

// Two sinks do not write into one folder, by whatever names it goes.
func TestSinksOfOneFolder(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Skip(err)
	}
	for _, other := range []string{dir, dir + "/", dir + "/x/..", link} {
		_, err := SinksOf(config.Config{Sinks: map[string]config.Sink{"a": {Kind: sink.File, Dir: dir}, "b": {Kind: sink.File, Dir: other}}}, SinkOptions{})
		if err == nil || !strings.Contains(err.Error(), "[sinks.a]") || !strings.Contains(err.Error(), "[sinks.b]") {
			t.Errorf("%s: %v", other, err)
		}
	}
	if _, err := SinksOf(config.Config{Sinks: map[string]config.Sink{"a": {Kind: sink.File, Dir: dir + "/a"}, "b": {Kind: sink.File, Dir: dir + "/b"}}}, SinkOptions{}); err != nil {
		t.Error(err)
	}
}

// That others can read a secret is said once, when the configuration is looked at.
func TestSecretFileIsToldOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(path, []byte("https://hooks.example/x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil { // whatever the mask
		t.Fatal(err)
	}
	var said bytes.Buffer
	c := config.Config{Sinks: map[string]config.Sink{"team": {Kind: sink.Slack, URL: "file:" + path}}}
	n, err := NotifyOf(c, SinkOptions{Log: slog.New(slog.NewTextHandler(&said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(said.String(), "can be read by others") != 1 {
		t.Errorf("after the check: %q", said.String())
	}
	if _, err := n.Sinks(nil); err != nil {
		t.Fatal(err)
	}
	if strings.Count(said.String(), "can be read by others") != 1 {
		t.Errorf("after the start: %q", said.String())
	}
}
