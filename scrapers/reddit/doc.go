// Package reddit reads the Atom feeds of subreddits.
package reddit
