package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
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
	return o.report(out, log)
}

// report measures everything and writes the report.
func (o *options) report(out, log io.Writer) error {
	results, err := measureAll(o, log)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	write(&text, results, o)
	if o.output == "" {
		_, err = out.Write(text.Bytes())
		return err
	}
	return os.WriteFile(o.output, text.Bytes(), 0o644)
}
