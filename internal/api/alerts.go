package api

import "time"

// Paths of what is told without being asked for.
const (
	AlertsPath  = Base + "/alerts"  // behind it and a slash stands the ID of one
	RulesPath   = Base + "/rules"   // behind it and a slash stands the name of one; behind that TestPath
	MutesPath   = Base + "/mutes"   // behind it and a slash stands the ID of one
	DigestsPath = Base + "/digests" // behind it and a slash stands a date
	OutboxPath  = Base + "/outbox"  // behind it and a slash stands the ID of a message
	TestPath    = "/test"
	RetryPath   = "/retry"
	AtomPath    = "/feeds/trends.atom"
	ICalPath    = "/calendar/trends.ics"
)

// The severities of alerts, in rising order.
const (
	SeverityNotice  = "notice"
	SeverityWarning = "warning"
	SeverityCrisis  = "crisis"
)

// The states of an alert.
const (
	AlertOpen         = "open"
	AlertAcknowledged = "acknowledged" // somebody takes care of it: nothing more is told of its thread
	AlertSnoozed      = "snoozed"      // told again at Until, if its rule holds then
	AlertOver         = "over"         // the rise is over
)

// AlertsAnswer is what GET /api/v1/alerts gives: what was found worth an interruption, newest first.
type AlertsAnswer struct {
	Demo   bool       `json:"demo,omitzero"`
	AsOf   *time.Time `json:"as_of"` // up to when alerts were looked for, which is a little later than counting; null: not yet
	Next   *string    `json:"next"`  // continues the list as the parameter cursor; null at its end
	Alerts []Alert    `json:"alerts"`
}

// Alert says that a rule has come to hold for a trend, or for the mentions of a watch list.
type Alert struct {
	ID       string    `json:"id"` // letters, digits and '-'
	Rule     string    `json:"rule"`
	Severity string    `json:"severity"`
	TS       time.Time `json:"ts"` // event time at which it was found
	// Thread is what the alerts about one rise have in common: the same for every phase, platform and
	// spelling of it.
	Thread string `json:"thread"`
	Kind   string `json:"kind"` // of the term; watch: the mentions of a watch list
	Key    string `json:"key"`
	Term   string `json:"term"`
	// Watches are the watch lists that the term is on, by name.
	Watches []string `json:"watches"`
	// Phase is the furthest on any platform where the rule holds; empty where there is no trend.
	Phase string `json:"phase"`
	Title string `json:"title"` // one line of plain text
	// Reasons say in sentences, with their numbers, what made the rule hold; Advice what to do, and by when.
	Reasons []string `json:"reasons"`
	Advice  string   `json:"advice"`
	// ActBy is when it will probably be too late; null where nobody knows.
	ActBy *time.Time `json:"act_by"`
	// Platforms are where it trends, or was mentioned, the strongest first.
	Platforms []AlertPlatform `json:"platforms"`
	// Words and Company are what comes in the same posts more than usual: words of texts, and terms
	// (hashtags, links, accounts). Words are known of the watch lists of brands and competitors alone, and not where a
	// rule is tried.
	Words   []AlertWord `json:"words"`
	Company []Related   `json:"company"`

	State string     `json:"state"`
	Until *time.Time `json:"until"` // of the state snoozed; else null
	// Told says what became of it, by recipient.
	Told []AlertTold `json:"told"`
}

// AlertPlatform is what an alert knows of one platform.
type AlertPlatform struct {
	Platform     string   `json:"platform"`
	Phase        string   `json:"phase"`      // empty where it does not trend
	Confidence   Number   `json:"confidence"` // as in [Trend]; null where it does not trend
	HoursLeft    *Range   `json:"hours_left"` // as in [Trend]; null where it does not trend
	RatePerH     Number   `json:"rate_per_h"` // posts in the last 60 minutes
	ExpectedPerH Number   `json:"expected_per_h"`
	Authors24h   *Authors `json:"authors_24h"` // null where they are not known
	Hours        []uint32 `json:"hours"`       // posts of the last 72 hours, oldest first; empty where they are not known
}

// AlertWord is a word that posts have more often than before.
type AlertWord struct {
	Word  string `json:"word"`
	Posts uint64 `json:"posts"` // with it, of the last hours, at most Over too many
	Over  uint64 `json:"over"`
	// LogLikelihood is as in [Related], over the posts of now and of before, with and without the word.
	LogLikelihood Number `json:"log_likelihood"`
}

// AlertTold says what one recipient got of an alert, and when.
type AlertTold struct {
	Recipient string    `json:"recipient"`
	At        time.Time `json:"at"` // of the decision
	// How is sent, or digest: it is in the next digest alone. Why says what for: quiet hours, the weekend,
	// a mute, the bound on alerts an hour, because it was found too late; empty for what was sent.
	How string `json:"how"`
	Why string `json:"why"`
}

// RulesAnswer is what GET /api/v1/rules gives: the rules by name.
type RulesAnswer struct {
	Demo  bool   `json:"demo,omitzero"`
	Rules []Rule `json:"rules"`
}

// Rule says what is worth an interruption. All its conditions have to hold at once, on one platform; those
// that are left out hold. What it has told once for a rise and a phase it does not tell again. Conditions on posts
// and authors are not asked of what was found in a chart, where nobody knows either.
type Rule struct {
	Name     string    `json:"name"` // as that of a watch list
	Title    string    `json:"title"`
	Off      bool      `json:"off"`
	Builtin  bool      `json:"builtin"` // it was there from the start, and is as it was
	Changed  time.Time `json:"changed"`
	Severity string    `json:"severity"`

	// What it looks at: trends; or, where Mentions is set, the mentions of watch lists.
	Mentions  bool     `json:"mentions"`
	Platforms []string `json:"platforms"` // empty: all, as the next
	Kinds     []string `json:"kinds"`
	// Watches are the names of lists that the term has to be on, "*" for any; or, of mentions, those that are
	// looked at. Purposes are those of such lists.
	Watches  []string `json:"watches"`
	Purposes []string `json:"purposes"`

	// Phases are those that it looks at: each that a rise reaches is news, once, and one it comes back to is none.
	// Empty: any, and a further one is no news; nor is it where Once is set or MinPlatforms is given.
	Phases        []string `json:"phases"`
	Once          bool     `json:"once"`
	MinScore      Number   `json:"min_score"` // null: none, as all numbers here
	MinConfidence Number   `json:"min_confidence"`
	MinRatePerH   Number   `json:"min_rate_per_h"`
	// MinTimes is how many times as many posts an hour as expected there have to be.
	MinTimes   Number `json:"min_times_expected"`
	MinAuthors Number `json:"min_authors_24h"`
	// MinPlatforms is on how many platforms it has to be open, or mentioned at all; a further one is news.
	MinPlatforms Number `json:"min_platforms"`
	// MinHoursLeft leaves out what is over too soon to be acted on (the middle of the range).
	MinHoursLeft Number `json:"min_hours_left"`
	// MinShare is the least share of voice of a list among the lists of its purpose and its rivals (0..1), and
	// MinSurprise how far, in standard deviations, its mentions are above its own past. Of mentions alone.
	// Where the detector raised the mentions themselves, they are surprise enough.
	MinShare    Number `json:"min_share"`
	MinSurprise Number `json:"min_surprise"`
	// MinShareRise is how far that share of the last 24 hours is above that of the seven days before, at least.
	MinShareRise Number `json:"min_share_rise"`
}

// RuleTest is what a rule would have told in a range of time: what GET /api/v1/rules/{name}/test gives, and
// POST /api/v1/rules/test for the rule that it brings.
type RuleTest struct {
	Demo bool       `json:"demo,omitzero"`
	AsOf *time.Time `json:"as_of"`
	Rule Rule       `json:"rule"`
	// Range is what was looked at: the part of the time asked for of which rankings are kept.
	Range *Span `json:"range"`
	// Total is how many alerts there would have been, before anybody's quiet hours and bounds, and Days how
	// they are spread over the days, in UTC.
	Total  int       `json:"total"`
	PerDay Number    `json:"per_day"`
	Days   []RuleDay `json:"days"`
	Alerts []Alert   `json:"alerts"` // the newest, at most as many as asked for
}

// RuleDay is how many alerts a day would have had.
type RuleDay struct {
	Day    string `json:"day"` // as in 2026-11-21
	Alerts int    `json:"alerts"`
}

// AlertAction is what POST /api/v1/alerts/{id} takes.
type AlertAction struct {
	Action string     `json:"action"` // acknowledge, snooze or reopen
	Until  *time.Time `json:"until"`  // of snooze
}

// MutesAnswer is what GET /api/v1/mutes gives.
type MutesAnswer struct {
	Demo  bool   `json:"demo,omitzero"`
	Mutes []Mute `json:"mutes"`
}

// Mute keeps something from being told as an alert; it is counted, ranked and in digests as before. Exactly
// one of Rule, Watch and Term with its Kind is given.
type Mute struct {
	ID    string     `json:"id"`
	Rule  string     `json:"rule"`
	Watch string     `json:"watch"`
	Kind  string     `json:"kind"`
	Key   string     `json:"key"`
	Term  string     `json:"term"`
	Until *time.Time `json:"until"` // null: for good
	Made  time.Time  `json:"made"`
}
