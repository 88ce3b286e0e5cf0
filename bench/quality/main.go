package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "quality:", err)
		os.Exit(1)
	}
}

func run(args []string, out, log io.Writer) error {
	o, err := parse(args, log)
	if err != nil {
		return err
	}
	o.addArchives(os.Getenv("SWELL_TESTDATA"), log)
	return o.report(out, log)
}

// addArchives adds the real archives of docs/quality.md, if their folder is known and no
// other archive was asked for.
func (o *options) addArchives(folder string, log io.Writer) {
	switch {
	case o.quick || slices.ContainsFunc(o.sources, func(s source) bool { return s.Archive != "" }):
	case folder == "":
		fmt.Fprintln(log, "SWELL_TESTDATA is not set: the real archives congress-2016 and reddit-2013a are LEFT OUT")
	default:
		for _, name := range []string{"congress-2016", "reddit-2013a"} {
			path := filepath.Join(folder, name)
			o.sources = append(o.sources, source{Archive: path + ".ndjson.zst", Truth: path + ".oracle.csv"})
		}
	}
}

// report measures everything and writes the report.
func (o *options) report(out, log io.Writer) error {
	if len(o.sources) == 0 {
		return errors.New("nothing to measure on: give -worlds or -archive")
	}
	results, err := measureAll(o, log)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	study := study{results: results, contestants: o.contestants}
	study.write(&text, o)
	if err := o.save(); err != nil {
		return err
	}
	if o.output == "" {
		_, err = out.Write(text.Bytes())
		return err
	}
	return os.WriteFile(o.output, text.Bytes(), 0o644)
}
