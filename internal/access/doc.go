// Package access says who may ask a Swell server, for what, and how often.
//
// It owns bearer tokens and their roles, the file that they are kept in, the
// certificate that a server shows, and the account of how much each client asks. It
// speaks no HTTP: what becomes of a request that is refused is for package serve to
// say. It logs that a file cannot be used, and never a token or its hash.
//
// # Tokens
//
// A token is 256 random bits behind a prefix that scanners for lost secrets can look
// for. Only its SHA-256 is kept: whoever reads the file cannot ask with what is in it.
// A slow hash would buy nothing, as nobody guesses 256 bits.
//
// # Concurrency
//
// [Tokens], [Limiter] and [Certificate] may be used by any number of goroutines. They
// start none: a file is looked at again when it is needed and was not looked at for a
// second. [Add] and [Revoke] exclude each other between processes by a lock file.
package access
