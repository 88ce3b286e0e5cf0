// Package reddit reads the Atom feeds of subreddits that the user names.
//
// Each new post is an occurrence of platform "reddit": its title, its text if it has one, and the address
// it points to. Its group is the subreddit. Scores and comments are not in the feeds.
//
// Reddit gives its data to those who have an agreement with it, and its robots.txt allows nothing to
// others. So the source is off, and says that it is blocked, until the user decides to
// read these feeds as a feed reader does.
//
// # Concurrency
//
// Run asks one feed at a time: all are of one host.
package reddit
