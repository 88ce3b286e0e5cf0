//go:build unix

package crash

import (
	"os/exec"
	"syscall"
)

// termination asks a program to end in good order.
const termination = syscall.SIGTERM

// ownGroup gives the program a group of its own, so that a program under another
// ends with it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func killGroup(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // it may have ended
}
