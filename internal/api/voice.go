package api

import "time"

// VoicePath is the path of the share of voice between watch lists. Behind the path of one it is that of
// its mentions.
const VoicePath = WatchesPath + "/" + VoiceName

// VoiceName is the part of paths that no watch list can be called.
const VoiceName = "voice"

// WatchVoicePath returns the escaped path of the mentions of a watch list.
func WatchVoicePath(name string) string { return WatchPath(name) + "/" + VoiceName }

// WatchVoice is what GET /api/v1/watches/{name}/voice gives: how often a watch list was mentioned, and
// for the time before its mentions were counted how often at least and at most.
type WatchVoice struct {
	Demo     bool       `json:"demo,omitzero"`
	AsOf     *time.Time `json:"as_of"`
	Coverage *Coverage  `json:"coverage"` // of the part of the range that lies in the window; null where none does
	Range    Span       `json:"range"`    // a step belongs to it if its start does
	Step     string     `json:"step"`     // 1h or 1d
	Voice
	Points []VoicePoint `json:"points"` // rising, one for every step of the range up to AsOf
}

// Voice is what is known of the mentions of a watch list in a range.
type Voice struct {
	Watch   string `json:"watch"`
	Title   string `json:"title"`
	Purpose string `json:"purpose"`
	// Since is when the mentions began to be counted; null where nothing is counted. What came before is
	// told by what is kept of the terms of the list, as they are now.
	Since *time.Time `json:"since"`
	Posts VoicePosts `json:"posts"`
	// PastTerms is how many terms, their other spellings and phrases among them, the time before Since
	// is told by; 0 where the range has nothing of it.
	PastTerms int `json:"past_terms"`
}

// VoicePosts are posts that mention a watch list. Where they were counted Low and High are the same. For
// hours before that, Low is the number of the term of the list that has most posts, since a post may have
// several of them; 0 where the list leaves posts out by language or by what they have beside the term. High
// is the number of all terms together; in that of a whole range stands as well what there may have been of
// terms before they were tracked. Both are null where nothing was counted.
type VoicePosts struct {
	Low  Number `json:"low"`
	High Number `json:"high"`
	// AtLeast says that High is no bound: there may have been more, for a term was not tracked, or the
	// list has phrases, which nobody looked for before; or more terms than are asked about.
	AtLeast bool `json:"at_least,omitempty"`
}

// VoicePoint is one step.
type VoicePoint struct {
	Start time.Time  `json:"start"`
	Posts VoicePosts `json:"posts"`
	// FreshAuthors are those of the mentions; null where these were not counted for all of the step.
	FreshAuthors Number `json:"fresh_authors"`
	Hours        int    `json:"hours"` // hours of the step in which anything was counted
	Partial      bool   `json:"partial,omitempty"`
	// Before marks a step of which a part lies before Since.
	Before bool `json:"before,omitempty"`
}

// WatchVoices is what GET /api/v1/watches/voice gives: the share of voice between 2 to [MaxCompared] watch
// lists. A post that mentions several of them counts for each.
type WatchVoices struct {
	Demo     bool       `json:"demo,omitzero"`
	AsOf     *time.Time `json:"as_of"`
	Coverage *Coverage  `json:"coverage"` // as in [WatchVoice]
	Range    Span       `json:"range"`    // whole hours
	// Counted is the part of the range from when on the mentions of all the lists were counted; null if
	// there is none. Only there are the shares exact.
	Counted *Span        `json:"counted"`
	Watches []VoiceShare `json:"watches"` // in the order asked
}

// VoiceShare is the part of one list.
type VoiceShare struct {
	Voice
	// Share is Posts as a part of those of all lists asked for, 0 to 1: what it may be by their bounds.
	Share ShareBounds `json:"share"`
	// Counted is the part of the range that [WatchVoices] names; null where there is none.
	Counted *VoiceCounted `json:"counted"`
}

// ShareBounds say between what a share lies; null where there are no posts.
type ShareBounds struct {
	Low  Number `json:"low"`
	High Number `json:"high"`
}

// VoiceCounted is what was counted of the mentions of a list.
type VoiceCounted struct {
	Posts        uint64 `json:"posts"`
	FreshAuthors Number `json:"fresh_authors"`
	Share        Number `json:"share"` // of the posts of all lists asked for; null where there are none
}

// VoiceRow is a row of the table of the mentions of a list: one step.
type VoiceRow struct {
	Watch        string    `json:"watch"`
	Start        time.Time `json:"start"`
	Low          Number    `json:"low"`
	High         Number    `json:"high"`
	AtLeast      bool      `json:"at_least"`
	FreshAuthors Number    `json:"fresh_authors"`
	Hours        int       `json:"hours"`
	Partial      bool      `json:"partial"`
	Before       bool      `json:"before"`
}

// Rows returns the points as the rows of a table.
func (a *WatchVoice) Rows() []VoiceRow {
	out := make([]VoiceRow, 0, len(a.Points))
	for _, p := range a.Points {
		out = append(out, VoiceRow{
			Watch: a.Watch, Start: p.Start, Low: p.Posts.Low, High: p.Posts.High, AtLeast: p.Posts.AtLeast,
			FreshAuthors: p.FreshAuthors, Hours: p.Hours, Partial: p.Partial, Before: p.Before,
		})
	}
	return out
}

// VoiceShareRow is a row of the table of shares: one list.
type VoiceShareRow struct {
	Watch     string     `json:"watch"`
	Title     string     `json:"title"`
	Purpose   string     `json:"purpose"`
	Since     *time.Time `json:"since"`
	Low       Number     `json:"low"`
	High      Number     `json:"high"`
	AtLeast   bool       `json:"at_least"`
	ShareLow  Number     `json:"share_low"`
	ShareHigh Number     `json:"share_high"`
	// The next ones are as in [VoiceCounted]; null where there is none.
	Posts        *uint64 `json:"posts"`
	FreshAuthors *Number `json:"fresh_authors"`
	Share        *Number `json:"share"`
}

// Rows returns the lists as the rows of a table.
func (a *WatchVoices) Rows() []VoiceShareRow {
	out := make([]VoiceShareRow, 0, len(a.Watches))
	for i := range a.Watches {
		w := &a.Watches[i]
		row := VoiceShareRow{
			Watch: w.Watch, Title: w.Title, Purpose: w.Purpose, Since: w.Since, Low: w.Posts.Low, High: w.Posts.High, AtLeast: w.Posts.AtLeast,
			ShareLow: w.Share.Low, ShareHigh: w.Share.High,
		}
		if c := w.Counted; c != nil {
			row.Posts, row.FreshAuthors, row.Share = &c.Posts, &c.FreshAuthors, &c.Share
		}
		out = append(out, row)
	}
	return out
}
