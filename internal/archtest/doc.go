// Package archtest holds the architecture to its word: which package may import
// which, where heavy libraries may be used, which packages stay free of clocks,
// goroutines and I/O, and that everything exported says what it is.
//
// It owns the tables of those rules (rules.go) and a checker that applies them
// to parsed source. The checker reads every file, whatever its build tags, with
// go/parser: it needs no build, and unlike a test that runs "go list" its result
// is cached only while the files it read are unchanged. It does not check types.
//
// Nothing imports this package; its test is the point of it.
package archtest
