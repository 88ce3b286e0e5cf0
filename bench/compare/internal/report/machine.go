package report

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// Machine says on what figures were measured.
type Machine struct {
	Processor string
	Cores     int
	System    string
	Go        string
	Commit    string
	Load      string // average of the last minute when the run began
}

// counted are the folders whose code is measured.
var counted = []string{"engine/window", "sketch", "term", "internal/offheap"}

// ThisMachine describes the machine that the program runs on and the state of the
// repository that it runs in. What cannot be found out is left empty.
func ThisMachine() Machine {
	m := Machine{Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version()}
	m.Processor = field("/proc/cpuinfo", "model name")
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.Load, _, _ = strings.Cut(string(load), " ")
	}
	m.Commit = git("rev-parse", "--short=12", "HEAD")
	top := git("rev-parse", "--show-toplevel")
	if m.Commit != "" && git(append([]string{"-C", top, "status", "--porcelain", "--untracked-files=no", "--"}, counted...)...) != "" {
		m.Commit += " with changes that are not committed"
	}
	return m
}

func git(args ...string) string {
	out, err := exec.Command("git", args...).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// field returns the value of the first line "name : value" of a file.
func field(path, name string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range bytes.Lines(text) {
		key, value, ok := strings.Cut(string(line), ":")
		if ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func (m *Machine) write(b io.Writer) {
	fmt.Fprintf(b, "%s, %d cores, %s, %s", m.Processor, m.Cores, m.System, m.Go)
	if m.Commit != "" {
		fmt.Fprintf(b, "; commit %s", m.Commit)
	}
	if m.Load != "" {
		fmt.Fprintf(b, "; load before the run %s", m.Load)
	}
	fmt.Fprint(b, ".\n\n")
}
