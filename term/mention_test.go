package term

import (
	"slices"
	"strings"
	"testing"
)

func TestAppendMentions(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"@", ""},
		{"@alice", "alice"},
		{"hi @alice, @bob!", "alice bob"},
		{"(@alice) .@bob /@carol", "alice bob carol"},
		{"＠wide", "wide"},
		{"日本語@nasaさん", "nasa"},
		{"RT@alice: x", "alice"},
		{"rt @alice", "alice"},
		{"art@alice", ""},
		{"mail me@example.com", ""},
		{"first.last@example.com", ""},
		{"a_@b", ""},
		{"@@alice", ""},
		{"@alice@", ""},
		{"!@alice #@bob $@carol %@dan &@eve *@frank", ""},
		{"@_under_score9", "_under_score9"},
		{"@josé", ""},
		{"@jos\u0301e", ""},
		{"@alice://x", ""},
		{"@alice.", "alice"},
		{"@alice...", "alice"},
		{"@msnbc.Great show", "msnbc"},
		{"@daily.smile yes", "daily.smile"},
		{"@alice-bob", "alice"},
		{"@my-name.bsky.social said", "my-name.bsky.social"},
		{"@alice.bsky.social.", "alice.bsky.social"},
		{"@alice@mastodon.social!", "alice@mastodon.social"},
		{"@alice@localhost", ""},
		{"@a@b.example @c@d.example", "a@b.example c@d.example"},
		{"https://tiktok.com/@alice", ""},
		{"https://medium.com/@alice/story @bob", "bob"},
		{"youtube.com/@alice", ""},
		{"@日本", ""},
	}
	for _, tt := range tests {
		got := bodies(AppendMentions(nil, tt.text), tt.text)
		if want := strings.Fields(tt.want); !slices.Equal(got, want) {
			t.Errorf("AppendMentions(%q) = %q, want %q", tt.text, got, want)
		}
	}
}

func FuzzMentions(f *testing.F) {
	for _, s := range []string{"@a @b.c", "x@y.z @a@b.com", "RT@a＠b", "http://x.com/@a@b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := -1
		for _, s := range AppendMentions(nil, text) {
			if s.Start <= end || s.End <= s.Start || s.End > len(text) || s.End-s.Start > maxMentionBytes {
				t.Fatalf("span %v after %d in %q", s, end, text)
			}
			end = s.End
			checkKey(t, Mention, s.In(text))
		}
	})
}
