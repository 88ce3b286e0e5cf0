// Package all is the list of the built-in sources: what each is called, how it is
// configured, and how it is made. Nothing registers itself: what is not in the list is
// not there.
package all
