package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

type options struct {
	swell, wrk  string
	core        string
	days        int
	scale       float64
	seed        uint64
	rate        int
	duration    time.Duration
	connections int
}

func main() {
	var o options
	flag.StringVar(&o.swell, "swell", "./swell", "the program to measure")
	flag.StringVar(&o.wrk, "wrk", "wrk", "the load tool")
	flag.StringVar(&o.core, "core", "0", "core, or cores as taskset writes them, for the program alone")
	flag.IntVar(&o.days, "days", 4, "days of made-up posts before the measurement")
	flag.Float64Var(&o.scale, "scale", 3, "volume of these")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of these")
	flag.IntVar(&o.rate, "rate", 2000, "posts a second that go on to be sent meanwhile")
	flag.DurationVar(&o.duration, "duration", 15*time.Second, "length of each measurement")
	flag.IntVar(&o.connections, "connections", 16, "connections of the load tool")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "endpoint:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "swell-endpoint-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := start(ctx, o, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.end()) }()
	end := time.Now().UTC().Truncate(time.Hour)
	filled, err := fill(ctx, s, o, end)
	if err != nil {
		return err
	}
	fmt.Print(filled)
	flooded, err := flood(ctx, s, time.Now())
	if err != nil {
		return err
	}
	fmt.Print(flooded)
	ongoing, stop := context.WithCancel(ctx)
	sent := make(chan error, 1)
	meter := &meter{}
	go func() { sent <- meter.send(ongoing, s, o.rate) }()
	rows, err := loads(ctx, s, o, meter)
	stop()
	if err := errors.Join(err, <-sent); err != nil {
		return err
	}
	return printTable(os.Stdout, rows)
}
