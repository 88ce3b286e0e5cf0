package main

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

var (
	zoneFolders = []string{"/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo"}
	zoneAreas   = []string{"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)

// localZone returns the IANA name of the user's time zone: that of TZ, or of the system's
// link to it. UTC where it has none.
func localZone() string {
	if tz, ok := os.LookupEnv("TZ"); ok {
		return zoneOf(strings.TrimPrefix(tz, ":"))
	}
	if to, err := filepath.EvalSymlinks("/etc/localtime"); err == nil {
		return zoneOf(to)
	}
	return "UTC"
}

// zoneOf returns the name of a zone, given that or its file; UTC where it is none.
func zoneOf(name string) string {
	if _, after, ok := strings.Cut(filepath.ToSlash(name), "/zoneinfo/"); ok {
		name = after
	}
	name = strings.TrimPrefix(strings.TrimPrefix(name, "posix/"), "right/")
	if loc, err := time.LoadLocation(name); err == nil && name != "" && loc != time.Local {
		return name
	}
	return "UTC"
}
