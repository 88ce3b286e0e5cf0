package measure

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strings"
)

// Function is the share of the processor time that went to one function, as
// `go tool pprof -top` tells it.
type Function struct {
	Name string
	Flat string // percent, in the function alone
	Cum  string // percent, with what it called
}

// functionsListed is how many functions are listed.
const functionsListed = "20"

// sampleFunctions profiles the processor while feed runs. It needs the go command.
func sampleFunctions(feed func() error) (_ []Function, err error) {
	dir, err := os.MkdirTemp("", "compare-profile-")
	if err != nil {
		return nil, fmt.Errorf("measure: cannot make a directory for a profile: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "cpu")
	if err := writeProfile(path, feed); err != nil {
		return nil, err
	}
	out, err := exec.Command("go", "tool", "pprof", "-top", "-nodecount="+functionsListed, path).Output()
	if err != nil {
		return nil, fmt.Errorf("measure: go tool pprof cannot read the profile: %w; is go on PATH?", err)
	}
	return parseTop(string(out)), nil
}

func writeProfile(path string, feed func() error) error {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("measure: cannot create a profile: %w", err)
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		_ = file.Close()
		return fmt.Errorf("measure: cannot profile: %w", err)
	}
	err = feed()
	pprof.StopCPUProfile()
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

// parseTop reads lines such as
//
//	1.20s 24.00% 24.00%      3.10s 62.00%  example.com/pkg.(*T).Method (inline)
func parseTop(text string) (functions []Function) {
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 6 || !strings.HasSuffix(f[1], "%") || !strings.HasSuffix(f[4], "%") {
			continue
		}
		functions = append(functions, Function{
			Name: strings.TrimPrefix(strings.Join(f[5:], " "), module),
			Flat: strings.TrimSuffix(f[1], "%"), Cum: strings.TrimSuffix(f[4], "%"),
		})
	}
	return functions
}
