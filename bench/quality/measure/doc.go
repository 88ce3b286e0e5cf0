// Package measure turns what a detector said of a stream, and the truth about that
// stream, into figures.
//
// # Definitions
//
// Onset, peak and end of a trend are the truth's. An alarm is the first time that a
// term is raised in an episode.
//
//   - A trend is found before its peak when an alarm of its term comes in
//     [onset, peak). Its lead is the time from the first such alarm to the peak.
//   - It is late when the first alarm comes in [peak, end], and missed when none
//     comes. The lead of a late or missed trend is 0.
//   - Delay is the time from onset to the first alarm, of found and late trends.
//   - An alarm is false when it lies outside of [onset - 1 h, end + 24 h] of every
//     trend of its term. Its cause is the type of the row of its term that it lies
//     in, with 24 hours of grace behind the end, or else background.
//   - Precision is the share of right alarms, those in [onset, end] of a trend,
//     among those that are right or false.
//
// A trend whose end is not known is taken to live for 72 hours, and until its peak.
//
// # Oracles
//
// What a definition with hindsight finds (truth.Set.Oracle) is measured in events.
// Of the alarms of a term within 72 hours the first counts. It is a hit from one
// hour before the onset of a row to 24 hours after; in such a window of a row that
// is near, it is neither right nor wrong; elsewhere it is false. Alarms before the
// first row count for nothing. An event is found by its first hit. An oracle's
// times are hours: a peak is over when its hour is.
//
// # Sweeps
//
// For curves the threshold on the score is moved. A false alarm is then a term and
// UTC day whose largest score outside of the windows above reaches the threshold,
// so that a detector without episodes of its own can be compared.
//
// Functions are pure and may be called from several goroutines; they do not keep or
// change what they are given.
package measure
