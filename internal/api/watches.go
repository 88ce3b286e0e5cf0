package api

import "time"

// WatchesPath is the path of the watch lists; behind it and a slash stands the name of one.
const WatchesPath = Base + "/watches"

// WatchesAnswer is what GET /api/v1/watches gives: the watch lists by name.
type WatchesAnswer struct {
	Demo    bool           `json:"demo,omitzero"`
	Watches []WatchSummary `json:"watches"`
	// Terms is how many terms the lists have in all, and MaxTerms how many they may have; so Phrases and
	// MaxPhrases.
	Terms      int `json:"terms"`
	MaxTerms   int `json:"max_terms"`
	Phrases    int `json:"phrases"`
	MaxPhrases int `json:"max_phrases"`
}

// The purposes of watch lists.
const (
	PurposeBrand      = "brand"
	PurposeCompetitor = "competitor"
	PurposeCampaign   = "campaign"
	PurposeNiche      = "niche"
)

// WatchSummary is a watch list without its terms.
type WatchSummary struct {
	Name    string    `json:"name"`
	Title   string    `json:"title"`
	Changed time.Time `json:"changed"` // by the server's clock
	Purpose string    `json:"purpose"`
	Terms   int       `json:"terms"`
	Phrases int       `json:"phrases"`
}

// Watch is a watch list: what GET /api/v1/watches/{name} gives, and what PUT to that path
// and POST to /api/v1/watches take. There Name may be left out of a PUT, and Demo, Changed,
// Since and Key, which the server fills in, are passed over. No other field may occur.
type Watch struct {
	Demo    bool      `json:"demo,omitzero"`
	Name    string    `json:"name"`  // up to 64 of a-z, 0-9, '-', '_' and '.'
	Title   string    `json:"title"` // for people
	Changed time.Time `json:"changed"`
	// Purpose is brand, competitor, campaign or niche; empty: none of these.
	Purpose string      `json:"purpose"`
	Terms   []WatchTerm `json:"terms"`
	// Phrases are looked for in the texts of posts. A post mentions the list if it uses one of its terms, or
	// has one of its phrases and none of what that excludes. The mentions are counted as the term of kind watch
	// whose key is the list's name, from when the list was made.
	Phrases []WatchPhrase `json:"phrases"`
	// Exclude are phrases with which a post does not mention the list, whatever else it has, and Languages
	// those of the posts that do (BCP 47, the first part decides); empty: all, as posts of no known language do.
	Exclude   []string `json:"exclude"`
	Languages []string `json:"languages"`
	// Since is when its mentions began to be counted, by the server's clock; null where nothing is
	// counted.
	Since *time.Time `json:"since"`
}

// WatchPhrase is a word or several that are looked for between the borders of words, whatever their case,
// width, accents and hyphens.
type WatchPhrase struct {
	Phrase string `json:"phrase"`
	Key    string `json:"key"` // normalised: mentions of the phrase are counted as that keyword, too
	// Exclude are phrases with which a post is not meant: for apple, "apple pie".
	Exclude   []string `json:"exclude"`
	Languages []string `json:"languages"` // as of the list
	Platforms []string `json:"platforms"` // where it is watched; empty: everywhere
}

// WatchTerm is a term on a watch list. A hashtag or a keyword stands for its other
// spellings as well: those that a ranking shows as variants of it.
type WatchTerm struct {
	Kind      string   `json:"kind"`
	Key       string   `json:"key"`       // normalised
	Term      string   `json:"term"`      // as it was written
	Platforms []string `json:"platforms"` // where it is watched; empty: everywhere
}
