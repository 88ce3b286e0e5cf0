package window

// A post is thin if it says little about how many people use its terms on their
// own account: accounts that were made or woken for a purpose post once each, or
// all post the same. It is thin if it is
//
//   - a newcomer's: its author is named, and has not posted on the platform within
//     [NewcomerHours]. Platforms that were not watched for [WatchHours] yet have no
//     newcomers, because everybody would be one;
//   - or an echo: no repost, but the last post before that said the same, within
//     [EchoHours] and on the same platform, was another account's. Two posts say
//     the same if [term.AppendPlain] makes the same of their texts, and at least
//     [term.MinPlain] characters. Posts without terms are not compared.
//
// Thin posts count like others. How many of a term's are thin is what tells a crowd
// from accounts in lockstep.
const (
	NewcomerHours = 14 * 24
	WatchHours    = 3 * 24
	EchoHours     = 6
)
