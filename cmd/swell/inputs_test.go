package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"
)

// makeInput writes an input that would be awkward to keep in a script:
//
//	make KIND FILE
//
// All but the empty one hold the lines of good before and after what is wrong.
func makeInput(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: make KIND FILE")
	}
	var data []byte
	switch kind := args[0]; kind {
	case "truncated-zst":
		data = truncated(ts, good(0, 10_000))
	case "long-line":
		data = around(`{"ts":1780272000,"tags":["x"],"text":"` + strings.Repeat("a", 5<<20) + `"}`)
	case "invalid-utf8":
		data = around("{\"ts\":1780272000,\"tags\":[\"caf\xff\xfe\"]}")
	case "ts-missing":
		data = around(`{"tags":["x"]}`)
	case "ts-negative":
		data = around(`{"ts":-5,"tags":["x"]}`)
	case "ts-year-3000":
		data = around(`{"ts":"3000-01-01T00:00:00Z","tags":["x"]}`)
	case "long-author":
		data = around(`{"ts":1780272000,"author":"` + strings.Repeat("a", 1<<20-100) + `","tags":["x"]}`)
	case "ten-thousand-tags":
		var text strings.Builder
		for i := range 10_000 {
			fmt.Fprintf(&text, "#tag%d ", i)
		}
		data = around(`{"ts":1780272000,"text":"` + text.String() + `"}`)
	case "empty":
	default:
		ts.Fatalf("unknown input %q", kind)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o600))
}

// truncated is text under zstd without the last third. It ends what calls it if
// that cannot be made.
func truncated(t interface{ Fatalf(string, ...any) }, text string) []byte {
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatalf("cannot compress: %v", err)
	}
	whole := enc.EncodeAll([]byte(text), nil)
	return whole[:len(whole)*2/3]
}

// good is n lines of records, each of its own author.
func good(from, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"ts":%d,"platform":"x","author":"a%d","tags":["GoodTag"]}`+"\n", 1780272000+from+i, from+i)
	}
	return b.String()
}

// around puts ten good lines before a line and ten behind it.
func around(line string) []byte {
	return bytes.Join([][]byte{[]byte(good(0, 10)), []byte(line), []byte("\n"), []byte(good(10, 10))}, nil)
}
