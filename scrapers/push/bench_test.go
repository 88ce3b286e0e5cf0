package push

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/swell-radar/swell/term"
)

// synthetic returns n records of the size of real posts.
func synthetic(n int) []byte {
	var buf bytes.Buffer
	for i := range n {
		fmt.Fprintf(&buf, `{"ts":%d,"platform":"x","id":"%d","author":"u%d","text":"Here is what we know about #topic%d and #other%d today, %x","lang":"en","metrics":{"likes":%d}}`+"\n",
			start+int64(i)/20, 7_000_000_000+i*7919, i*31%5000, i*17%997, i*13%4999, uint32(i)*2654435761, i%311)
	}
	return buf.Bytes()
}

// BenchmarkReader measures one pass over an archive; an operation is a record.
func BenchmarkReader(b *testing.B) {
	const records = 200_000
	data := synthetic(records)
	for _, f := range allFormats {
		path := write(b, "a.ndjson", pack(b, f, data))
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/workers=%d", f, workers), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(data)) / records)
				var rec term.Record
				for n := 0; n < b.N; {
					r, err := Open(path, Options{Workers: workers})
					if err != nil {
						b.Fatal(err)
					}
					for ; n < b.N; n++ {
						if _, err := r.Next(&rec); err == io.EOF {
							break
						} else if err != nil {
							b.Fatal(err)
						}
					}
					r.Close()
				}
			})
		}
	}
}

// BenchmarkDecodeAlone is the floor: decoding in one goroutine with no reader around it.
func BenchmarkDecodeAlone(b *testing.B) {
	lines := bytes.Split(bytes.TrimSpace(synthetic(20_000)), []byte("\n"))
	b.ReportAllocs()
	var d term.Decoder
	var rec term.Record
	for n := 0; n < b.N; n++ {
		if err := d.Decode(lines[n%len(lines)], &rec); err != nil {
			b.Fatal(err)
		}
	}
}
