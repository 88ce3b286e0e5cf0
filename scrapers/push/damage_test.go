package push

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTruncated cuts compressed archives at every byte. Each cut gives a
// beginning of the records and one report: of the cut, or of the torn line
// where the cut falls between two frames and is none to the compression.
func TestTruncated(t *testing.T) {
	var ids []string
	var data strings.Builder
	for i := range 40 {
		ids = append(ids, fmt.Sprint(i))
		data.WriteString(good(ids[i], start+int64(i)) + "\n")
	}
	for _, f := range []format{gzipped, zstandard} {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			packed := pack(t, f, []byte(data.String()))
			path := filepath.Join(t.TempDir(), "a")
			clean, seams, most := 0, 0, 0
			for n := range len(packed) {
				if err := os.WriteFile(path, packed[:n], 0o600); err != nil {
					t.Fatal(err)
				}
				r, got := must(t, path, Options{})
				if err := got.drain(r, -1); err != io.EOF {
					t.Fatalf("cut at %d: ended with %v", n, err)
				}
				r.Close()
				most = max(most, len(got.ids))
				if !slices.Equal(got.ids, ids[:len(got.ids)]) {
					t.Fatalf("cut at %d: records %v", n, got.ids)
				}
				if len(got.bad) == 0 {
					clean++
					if r.Truncated() {
						t.Fatalf("cut at %d: truncated, but nothing is reported", n)
					}
					continue
				}
				b := got.bad[0]
				if n > 4 && b.Class == ClassSyntax {
					seams++
					continue
				}
				if n < 4 { // the magic bytes themselves are cut
					continue
				}
				where := fmt.Sprintf("%s stream ends in the middle: unexpected EOF after line %d, byte %d", f, len(got.ids), got.stats.Decoded)
				if len(got.bad) != 1 || b.Class != ClassTruncated || b.Reason != where || b.Line != int64(len(got.ids)+1) || !r.Truncated() || got.stats.Damage != where {
					t.Fatalf("cut at %d: %+v, want %q", n, got.bad, where)
				}
			}
			if clean != 1 || seams != 1 { // no byte at all, and the seam of the two frames
				t.Errorf("%d cuts without a report and %d with a torn line, want one each", clean, seams)
			}
			if most < 10 {
				t.Errorf("at most %d records before a cut", most)
			}
		})
	}
}

// TestTornLine: the report tells where the torn line begins, also behind blank
// lines, and a last line that is whole but for its line feed is a record.
func TestTornLine(t *testing.T) {
	first, second := good("1", start)+"\n\n\n", good("2", start+1)
	for _, tt := range []struct {
		tail, raw string
		ids       []string
		line      int64
	}{
		{second[:20], second[:20], []string{"1"}, 4},
		{second, "", []string{"1", "2"}, 5},
		{"", "", []string{"1"}, 4},
	} {
		packed := pack(t, gzipped, []byte(first+tt.tail))
		r, got := open(t, write(t, "a", packed[:len(packed)-3]), Options{}) // its checksum is cut
		if err := got.drain(r, -1); err != io.EOF || !slices.Equal(got.ids, tt.ids) {
			t.Errorf("tail %q: %v, records %v", tt.tail, err, got.ids)
		}
		at := int64(len(first) + len(tt.tail) - len(tt.raw))
		if len(got.bad) != 1 || got.bad[0].Line != tt.line || got.bad[0].Offset != at || got.raw[0] != tt.raw {
			t.Errorf("tail %q: reported %+v", tt.tail, got.bad)
		}
		if got.last.Offset != at || got.last.Line != tt.line-1 || got.stats.Lines() != tt.line-1 {
			t.Errorf("tail %q: ended at %+v", tt.tail, got.last)
		}
	}
}

// TestTruncatedResume: when the missing part arrives, reading goes on where it
// stopped; without it the damage is not reported again.
func TestTruncatedResume(t *testing.T) {
	var data strings.Builder
	for i := range 3000 {
		data.WriteString(good(fmt.Sprint(i), start+int64(i)) + "\n")
	}
	for _, f := range []format{gzipped, zstandard} {
		packed := pack(t, f, []byte(data.String()))
		path := write(t, "a", packed[:len(packed)*4/5])
		dead, deadPath := newDeadLetter(t, 0)
		first := replay(t, path, Options{DeadLetter: dead})
		if len(first.ids) == 0 || len(first.ids) == 3000 || len(first.bad) != 1 {
			t.Fatalf("%s: %d records, bad %v", f, len(first.ids), first.bad)
		}
		kept := content(t, deadPath)

		again := replay(t, path, Options{DeadLetter: dead, Resume: &first.last})
		if len(again.ids)+len(again.bad) != 0 || again.stats.Damage == "" || content(t, deadPath) != kept {
			t.Errorf("%s: resumed at the cut: %d records, bad %v", f, len(again.ids), again.bad)
		}
		if err := os.WriteFile(path, packed, 0o600); err != nil {
			t.Fatal(err)
		}
		rest := replay(t, path, Options{DeadLetter: dead, Resume: &again.last})
		if all := append(first.ids, rest.ids...); len(all) != 3000 || !slices.Equal(replay(t, path, Options{}).ids, all) {
			t.Errorf("%s: %d records before the cut, %d after", f, len(first.ids), len(rest.ids))
		}
		if len(rest.bad) != 0 || rest.stats.Damage != "" {
			t.Errorf("%s: bad lines in the whole file: %v", f, rest.bad)
		}
	}
}

// TestCorrupt: a checksum that does not match, or rubbish behind the last
// frame, ends the input with one report; what was decoded before is delivered,
// which for a wrong zstd checksum excludes the last block.
func TestCorrupt(t *testing.T) {
	const records = 4_000
	data := bytes.Repeat([]byte(good("1", start)+"\n"), records)
	for _, f := range []format{gzipped, zstandard} {
		wrongSum := pack(t, f, data)
		sum, lost := len(wrongSum)-1, 128<<10/(len(data)/records)
		if f == gzipped {
			sum, lost = sum-4, 0 // the length follows the checksum
		}
		wrongSum[sum] ^= 1
		for _, tt := range []struct {
			name   string
			packed []byte
			lost   int
		}{
			{"checksum", wrongSum, lost},
			{"rubbish", append(pack(t, f, data), "rubbish behind the end"...), 0},
		} {
			r, got := open(t, write(t, "a", tt.packed), Options{})
			if err := got.drain(r, -1); err != io.EOF {
				t.Errorf("%s, %s: ended with %v", f, tt.name, err)
			}
			if n := len(got.ids); n < records-tt.lost-1 {
				t.Errorf("%s, %s: %d records", f, tt.name, n)
			}
			if len(got.bad) != 1 || got.bad[0].Class != ClassCorrupt || !strings.Contains(got.bad[0].Reason, f.String()+" stream is damaged: ") || !r.Truncated() {
				t.Errorf("%s, %s: bad %v", f, tt.name, got.bad)
			}
		}
	}
}

// TestDamagedAnywhere spoils one byte at every place of a compressed archive:
// whatever that does, reading ends, and with no more records than there were.
func TestDamagedAnywhere(t *testing.T) {
	data := []byte(strings.Repeat(good("1", start)+"\n", 5))
	for _, f := range []format{gzipped, zstandard} {
		packed := pack(t, f, data)
		path := write(t, "a", nil)
		for i := range packed {
			packed[i] ^= 0x55
			if err := os.WriteFile(path, packed, 0o600); err != nil {
				t.Fatal(err)
			}
			packed[i] ^= 0x55
			r, err := Open(path, Options{})
			if err != nil {
				continue
			}
			out := &run{}
			within(t, func() { out.drain(r, -1) })
			if len(out.ids) > 5 {
				t.Errorf("%s, byte %d: %d records", f, i, len(out.ids))
			}
			r.Close()
		}
	}
}

func TestHugeWindow(t *testing.T) {
	// A frame header with a window of 256 MiB (RFC 8878 §3.1.1.1.2: exponent 18).
	packed := []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 18 << 3, 1, 0, 0}
	r, out := open(t, write(t, "a", packed), Options{})
	if err := out.drain(r, -1); err == io.EOF || !strings.Contains(fmt.Sprint(err), "window of more than 128 MiB") {
		t.Errorf("ended with %v", err)
	}
}
