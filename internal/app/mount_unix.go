//go:build linux || darwin

package app

import (
	"io/fs"
	"syscall"
)

// sameVolume reports whether two files are on one volume, as far as the system tells: a
// directory of a volume that is mounted at another place of it looks like any other.
func sameVolume(a, b fs.FileInfo) bool {
	x, ok := a.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	y, ok := b.Sys().(*syscall.Stat_t)
	return !ok || x.Dev == y.Dev
}
