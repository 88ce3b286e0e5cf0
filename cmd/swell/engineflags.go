package main

import (
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/app"
)

// engineFlags are the flags that say what to count with.
type engineFlags struct {
	memory, authorKey string
	lateness          time.Duration
	budget            float64
}

func (e *engineFlags) add(f *pflag.FlagSet) {
	def := engine.DefaultOptions()
	f.StringVar(&e.memory, "memory", "256MiB", "memory of the engine, 4MiB to 64GiB: about 670 terms a MiB are tracked, the others estimated; a data directory keeps the size it was begun with")
	f.StringVar(&e.authorKey, "author-key", "", "file with the secret that author names are hashed with (default: a key that is no secret)")
	f.DurationVar(&e.lateness, "lateness", def.Window.Lateness, "how late a record may come and still be counted")
	f.Float64Var(&e.budget, "budget", def.Detect.Budget, "false alarms accepted per day and platform")
}

// set puts the flags into the settings; of those that a data directory was begun
// with only what was named.
func (e *engineFlags) set(o *engine.Options, named func(flag string) bool) (err error) {
	if named("memory") {
		if o.Window.Memory, err = parseBytes("--memory", e.memory); err != nil {
			return err
		}
	}
	if named("lateness") {
		if o.Window.Lateness, err = parseLateness(e.lateness); err != nil {
			return err
		}
	}
	if named("budget") {
		o.Detect.Budget = e.budget
	}
	if e.authorKey != "" {
		if o.AuthorKey, err = app.ReadKey(e.authorKey); err != nil {
			return err
		}
	}
	return nil
}

// settings returns what turns the settings of a data directory into those to count
// with.
func (e *engineFlags) settings(cmd *cobra.Command) func(stored *engine.Options) (engine.Options, error) {
	return func(stored *engine.Options) (engine.Options, error) {
		o, named := engine.DefaultOptions(), everyFlag
		if stored != nil {
			o, named = *stored, cmd.Flags().Changed
		}
		return o, e.set(&o, named)
	}
}

// everyFlag stands for a command line that names every flag.
func everyFlag(string) bool { return true }
