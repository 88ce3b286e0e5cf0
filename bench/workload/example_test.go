package workload_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/swell-radar/swell/bench/workload"
)

// A small world of two days, and what was planted in it.
func Example() {
	g, err := workload.New(workload.Config{Seed: 1, Days: 2, Scale: 0.01})
	if err != nil {
		log.Fatal(err)
	}
	var archive bytes.Buffer
	if _, err := g.WriteTo(&archive); err != nil {
		log.Fatal(err)
	}
	planted := map[workload.Type]int{}
	for _, p := range g.Truth() {
		planted[p.Type]++
	}
	fmt.Println("records:", bytes.Count(archive.Bytes(), []byte("\n")))
	fmt.Println("rows of trends:", planted[workload.Trend], "of regulars:", planted[workload.Regular])
	// Output:
	// records: 2557
	// rows of trends: 20 of regulars: 187
}
