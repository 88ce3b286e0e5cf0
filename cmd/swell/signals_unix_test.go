//go:build unix

package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// writing starts a command that has much to write, and returns once it writes.
func writing(t *testing.T) (cmd *exec.Cmd, out io.Reader, log *bytes.Buffer) {
	cmd = command(t, "generate", "--days", "20", "--scale", "0.1")
	log = &bytes.Buffer{}
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	return cmd, out, log
}

func TestSignalEndsInGoodOrder(t *testing.T) {
	cmd, out, log := writing(t)
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, out); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitPartial {
		t.Errorf("ended with %v, want exit code %d", err, exitPartial)
	}
	if !strings.Contains(log.String(), "interrupted") {
		t.Errorf("said %q", log)
	}
}

// A command that cannot end in good order, here because nobody takes what it
// writes, must end at a second signal.
func TestSecondSignalKills(t *testing.T) {
	cmd, _, _ := writing(t)
	ended := make(chan struct{})
	go func() {
		// Signals that come before the first was understood count as one with it.
		for {
			if err := cmd.Process.Signal(syscall.SIGINT); errors.Is(err, os.ErrProcessDone) {
				return
			}
			select {
			case <-ended:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	state, err := cmd.Process.Wait()
	close(ended)
	if err != nil {
		t.Fatal(err)
	}
	if status, ok := state.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("ended with %v, want it killed by the signal", state)
	}
}
