package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/swell-radar/swell/internal/config"
)

// configFlag adds the flag that names the configuration.
func configFlag(f *pflag.FlagSet, path *string) {
	f.StringVar(path, "config", "", "configuration (TOML); swell sources --samples prints one with all defaults")
}

// loadConfig reads the configuration that the flag names, or gives the defaults.
func loadConfig(path string) (config.Config, error) {
	if path == "" {
		return config.Default(), nil
	}
	c, err := config.Load(path)
	if err != nil {
		return c, usage(err)
	}
	return c, nil
}

// ofConfig is an error of what the configuration that the flag names says: it names the file.
func ofConfig(path string, err error) error {
	if path != "" {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return usage(err)
}
