package push_test

import (
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/swell-radar/swell/scrapers/push"
	"github.com/swell-radar/swell/term"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "swell")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	archive := filepath.Join(dir, "archive.ndjson")
	lines := `{"ts":"2016-07-28T14:23:00Z","platform":"x","author":"9a7f","text":"We'll watch #debate"}
{"platform":"x","text":"no time"}
{"ts":1469715790,"platform":"x","author":"11c0","tags":["debate"]}
`
	if err := os.WriteFile(archive, []byte(lines), 0o600); err != nil {
		log.Fatal(err)
	}

	r, err := push.Open(archive, push.Options{
		OnBad: func(b push.BadLine) { fmt.Printf("line %d set aside: %s\n", b.Line, b.Class) },
	})
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	var rec term.Record
	for {
		cursor, err := r.Next(&rec)
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s at %d; go on at byte %d\n", rec.Author, rec.TS, cursor.Offset)
	}
	s := r.Stats()
	fmt.Println(s.Records, "records,", s.BadLines(), "bad")
	// Output:
	// 9a7f at 1469715780000000; go on at byte 90
	// line 2 set aside: time
	// 11c0 at 1469715790000000; go on at byte 191
	// 2 records, 1 bad
}
