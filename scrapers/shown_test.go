package scrapers

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestShownAddress(t *testing.T) {
	for address, want := range map[string]string{
		"https://example.org":                     "https://example.org",
		"https://example.org/a%2Fb/@ada":          "https://example.org/a%2Fb/@ada",
		"https://me:secret@example.org/a":         "https://…@example.org/a",
		"https://example.org/a?key=secret#secret": "https://example.org/a?…#…",
		"wss://secret@relay.example.org:7777":     "wss://…@relay.example.org:7777",
		"example.org":                             "example.org",
		"example.org?key=secret":                  "example.org?…",
		"me:secret@example.org":                   "…",
		"https://me:sec/ret@example.org":          "https://…",
		"https://me:sec?ret@example.org":          "https://…",
		"https://me:12?secret@example.org":        "https://…",
		"http://[secret@example.org":              "http://…",
		"me:secret@example.org://":                "…",
		"":                                        "",
		"ftp://example.org:port/?secret":          "ftp://example.org:port/?…",
		"secret@https://example.org":              "…",
	} {
		if got := ShownAddress(address); got != want {
			t.Errorf("%q is shown as %q, want %q", address, got, want)
		}
	}
}

// Wherever a secret stands in a name, password, query or fragment, it is not shown.
func TestNoSecretIsShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// No '/': what has one is a host and its path, whatever was meant.
		odd := rapid.StringOf(rapid.RuneFrom([]rune(`a1:?#@%[] é`)))
		secret := odd.Draw(t, "before") + "hunter2secret" + odd.Draw(t, "behind")
		address := rapid.SampledFrom([]string{
			"https://me:" + secret + "@example.org/a", "https://" + secret + "@example.org", "https://example.org/?k=" + secret,
			"example.org?" + secret, "https://example.org#" + secret, secret + "@example.org", "wss://" + secret + ":x@example.org/?a@b",
		}).Draw(t, "address")
		if got := ShownAddress(address); strings.Contains(got, "hunter2secret") {
			t.Fatalf("%q is shown as %q", address, got)
		}
	})
}
