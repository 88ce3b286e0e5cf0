package crash

import (
	"fmt"
	"os"
	"strings"
)

// takes says how much processor time and memory the program has taken so far.
func (p *process) takes() string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return err.Error()
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return err.Error()
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	var user, system, anon, resident int64
	fmt.Sscan(fields[11], &user)
	fmt.Sscan(fields[12], &system)
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			fmt.Sscan(rest, &anon)
		}
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			fmt.Sscan(rest, &resident)
		}
	}
	const tick = 100 // a second, on every Linux that Go knows
	return fmt.Sprintf("%.1f CPU-s, %d MB resident, %d MB of it anonymous", float64(user+system)/tick, resident>>10, anon>>10)
}
