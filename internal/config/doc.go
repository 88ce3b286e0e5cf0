// Package config reads Swell's configuration: one TOML file, in which every key has a
// default and unknown ones are refused.
//
// It knows the form of the file and what may stand in it. It does not know what the
// settings do. Secrets do not belong into the file: where one is needed a key names the
// file or the environment variable that holds it.
package config
