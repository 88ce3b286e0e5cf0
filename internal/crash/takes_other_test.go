//go:build unix && !linux

package crash

// takes is known on Linux alone.
func (*process) takes() string { return "no figures here" }
