// Package words counts the words that come with a watch list: those of the texts that mention it, by
// the hour, so that it can be said which of them the posts of now have more often than those
// of before.
//
// It owns what a word is, the summaries that count them in bounded memory, the comparison, and the
// stored form. It does not find out which lists a post mentions, keeps no files and has no clock:
// the time of a post decides the hour, and whoever asks says as of when.
//
// Any number of goroutines may use one [Book] at once, but for [Book.Load], which comes before
// everything else. Posts of different lists do not wait for each other.
package words
