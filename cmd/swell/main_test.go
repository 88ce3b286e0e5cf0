package main

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/swell-radar/swell/internal/sink/sinktest"
)

// beSwell makes the test binary the command itself, for tests that start and
// kill it.
const beSwell = "SWELL_TEST_BE_SWELL"

func TestMain(m *testing.M) {
	real := func() { os.Exit(run(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})) }
	if os.Getenv(beSwell) != "" {
		real()
	}
	testscript.Main(m, map[string]func(){"swell": real})
}

// atOnce keeps a command that was built with the race detector from waiting a
// second for late races before it exits: most tests here start several.
const atOnce = "atexit_sleep_ms=0"

// command is the real command with the given arguments.
func command(t *testing.T, args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), beSwell+"=1", "GORACE="+os.Getenv("GORACE")+" "+atOnce)
	return cmd
}

func TestScripts(t *testing.T) {
	a := newAsked(t)
	t.Setenv(serverVariable, a.base)
	slack := httptest.NewServer(sinktest.NewSlack())
	t.Cleanup(slack.Close)
	t.Setenv("SWELL_TEST_SLACK", slack.URL+"/services/T0/B0/secretsecretsecret")
	t.Setenv("SWELL_TEST_GONE", slack.URL+"/hooks/secretsecretsecret")
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", atOnce)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"make":  makeInput,
			"spoil": spoilFile,

			"ask":        a.ask,
			"wellformed": wellFormed,
		},
	})
}
