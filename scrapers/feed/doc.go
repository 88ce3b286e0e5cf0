// Package feed reads RSS, Atom and JSON feeds.
package feed
