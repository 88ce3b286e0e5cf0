// Package all is the list of the built-in sources: what each is called, how it is
// configured, and how it is made.
package all
