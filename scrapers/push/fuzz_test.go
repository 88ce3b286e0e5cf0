package push

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"
)

// FuzzReader reads arbitrary bytes. It must come to an end without a panic,
// whole and byte by byte give the same, and the lines of an input that is not
// compressed must all be accounted for.
func FuzzReader(f *testing.F) {
	lines := []byte(good("1", start) + "\n" + good("2", start+1e6) + "\nbad\n\n" + good("3", start+1) + "\n")
	for _, format := range allFormats {
		packed := pack(f, format, lines)
		f.Add(packed, uint16(0))
		f.Add(packed[:len(packed)*2/3], uint16(20))
	}
	f.Add([]byte("\xff\xfe{\x00"), uint16(0))
	f.Add([]byte("\ufeff\r\n\n{}"), uint16(1))
	f.Add(bytes.Repeat([]byte("{}\n"), 300), uint16(3))
	f.Fuzz(func(t *testing.T, data []byte, maxLine uint16) {
		pass := func(stream io.Reader, readSize int) (*run, error) {
			out := &run{}
			// The limit bounds the time that a small input which decodes to a
			// very large one takes.
			r, err := NewReader("fuzz", stream, Options{MaxLine: int(maxLine), MaxDecoded: 1 << 20, OnBad: out.add, readSize: readSize})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			within(t, func() { err = out.drain(r, -1) })
			if err != io.EOF && !errors.Is(err, ErrFormat) && !errors.Is(err, ErrTooLarge) {
				t.Fatalf("ended with %v", err)
			}
			return out, err
		}
		whole, err := pass(bytes.NewReader(data), 0)
		bytewise, bytewiseErr := pass(iotest.OneByteReader(bytes.NewReader(data)), 3)
		if (err == io.EOF) != (bytewiseErr == io.EOF) {
			t.Fatalf("ended with %v and byte by byte with %v", err, bytewiseErr)
		}
		if err == io.EOF && (!slices.Equal(whole.ids, bytewise.ids) || !slices.Equal(whole.classes(), bytewise.classes()) || !slices.Equal(whole.raw, bytewise.raw)) {
			t.Fatalf("%+v and byte by byte %+v", whole, bytewise)
		}
		if format, err := sniff(data); err == nil && format == plain && whole.stats.Damage == "" && len(data) < 1<<20 {
			want := int64(bytes.Count(data, []byte("\n")))
			if len(data) > 0 && data[len(data)-1] != '\n' {
				want++
			}
			if got := whole.stats.Lines(); got != want {
				t.Fatalf("%d lines, want %d", got, want)
			}
		}
	})
}
