// Package zeeschuimer turns what the Zeeschuimer extension and 4CAT export into records.
//
// Zeeschuimer is a browser extension for researchers: it keeps the posts that their own browser receives
// while they look at a platform. It exports them as NDJSON, each post as the platform's interface gave
// it within an envelope; 4CAT, a research tool, exports the same posts with the envelope inside. Posts of
// TikTok, Instagram, Threads, X and Pinterest are read, in both forms.
//
// What a person was shown is no sample of a platform: its recommendations chose it for that person.
// Records do not say so, since a record says what was posted. Whoever counts them has to know.
//
// This is no source: it is how scrapers/push and the intake of the API read such lines where
// they meet them.
//
// # Concurrency
//
// Functions keep no state. Records share no memory with the lines that they come from.
package zeeschuimer
