package chart

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// shortest is the least time between two polls of a list.
const shortest = time.Minute

// Check is what is wrong with the settings that all sources of lists have: the error names key,
// value and way out. Lists is how many of them are asked for every so often.
func Check(section string, lists int, every scrapers.Duration, perDay int) error {
	switch each := time.Duration(every); {
	case lists == 0:
		return fmt.Errorf("[sources.%s] names nothing to ask for: name a list, or set on = false", section)
	case each < shortest:
		return fmt.Errorf("[sources.%s] every = %q is too often: give %s or more", section, every, scrapers.Duration(shortest))
	case perDay < 0:
		return fmt.Errorf("[sources.%s] requests_per_day = %d: give a positive number, or 0 for no bound", section, perDay)
	case perDay > 0:
		const day = 24 * time.Hour
		if need := lists * int((day+each-1)/each); need > perDay {
			return fmt.Errorf("[sources.%s] %d lists with every = %q are %d requests a day, and requests_per_day = %d: raise one of the two, or name fewer lists", section, lists, every, need, perDay)
		}
	}
	return nil
}

// CheckBase is what is wrong with the address that a key gives for a host. The error shows no name, password
// or query in it.
func CheckBase(section, key, value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("[sources.%s] %s = %q is no address of a host: write it as https://example.org, without name, password or query", section, key, scrapers.ShownAddress(value))
	}
	return nil
}

// CheckNames is what is wrong with the names that a key lists: they are parts of an address, of
// letters, digits and the further characters in extra, and no two are the same.
func CheckNames(section, key string, names []string, extra string) error {
	for i, name := range names {
		bad := strings.IndexFunc(name, func(r rune) bool {
			return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(extra, r))
		})
		switch {
		case name == "" || bad >= 0 || len(name) > 100:
			return fmt.Errorf("[sources.%s] %s has %q: it may hold letters, digits and any of %q", section, key, name, extra)
		case slices.Contains(names[:i], name):
			return fmt.Errorf("[sources.%s] %s has %q twice: remove one", section, key, name)
		}
	}
	return nil
}
