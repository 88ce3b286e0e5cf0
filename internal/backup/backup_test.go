package backup

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite the golden files")

type member struct {
	Name    string
	Content []byte
}

func pack(t testing.TB, members ...member) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range members {
		to, err := w.Member(m.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(m.Content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if w.Size() != uint64(out.Len()) {
		t.Errorf("%d bytes, the writer says %d", out.Len(), w.Size())
	}
	return out.Bytes()
}

func unpack(data []byte) (members []member, err error) {
	r, err := NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	for {
		name, content, err := r.Next()
		if errors.Is(err, io.EOF) {
			return members, nil
		}
		if err != nil {
			return members, err
		}
		b, err := io.ReadAll(content)
		members = append(members, member{name, b})
		if err != nil {
			return members, err
		}
	}
}

var small = []member{
	{"about", []byte(`{"made":"by hand"}`)},
	{"empty", nil},
	{"text", []byte(strings.Repeat("so it goes on and on. ", 60))},
}

func TestWhatWasWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want []member
		var out bytes.Buffer
		w, err := NewWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "members") {
			m := member{Name: fmt.Sprint("member ", i), Content: []byte{}}
			to, err := w.Member(m.Name)
			if err != nil {
				t.Fatal(err)
			}
			seed := rapid.SliceOfN(rapid.Byte(), 1, 64).Draw(t, "seed")
			for range rapid.IntRange(0, 3).Draw(t, "writes") {
				piece := bytes.Repeat(seed, rapid.IntRange(0, 5*blockSize/4/len(seed)).Draw(t, "times"))
				if n, err := to.Write(piece); n != len(piece) || err != nil {
					t.Fatal(n, err)
				}
				m.Content = append(m.Content, piece...)
			}
			want = append(want, m)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		got, err := unpack(out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(want) {
			t.Fatalf("%d members, want %d", len(got), len(want))
		}
		for i := range want {
			if got[i].Name != want[i].Name || !bytes.Equal(got[i].Content, want[i].Content) {
				t.Fatalf("member %q of %d bytes, want %q of %d", got[i].Name, len(got[i].Content), want[i].Name, len(want[i].Content))
			}
		}
	})
}

// What a member is not read to its end of does not count as read, but is verified.
func TestMembersCanBePassedOver(t *testing.T) {
	data := pack(t, small...)
	r, err := NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for {
		name, _, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if diff := cmp.Diff([]string{"about", "empty", "text"}, names); diff != "" {
		t.Error(diff)
	}
	if _, _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
}

// Every cut, every flipped bit and everything added is refused.
func TestDamageIsRefused(t *testing.T) {
	data := pack(t, small...)
	for n := range data {
		if _, err := unpack(data[:n]); !errors.Is(err, ErrCut) || !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut at %d of %d: %v", n, len(data), err)
		}
	}
	for at := range data {
		for bit := range 8 {
			bad := bytes.Clone(data)
			bad[at] ^= 1 << bit
			if _, err := unpack(bad); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotBackup) && !errors.Is(err, ErrNewer) {
				t.Fatalf("bit %d of byte %d flipped: %v", bit, at, err)
			}
		}
	}
	for _, more := range []string{"\n", string(data)} {
		if _, err := unpack(append(bytes.Clone(data), more...)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%d bytes behind the trailer: %v", len(more), err)
		}
	}
}

// frames cuts a backup into its head and its frames.
func frames(data []byte) (parts [][]byte) {
	parts = append(parts, data[:headLen])
	for data = data[headLen:]; len(data) > 0; {
		n := frameLen + int(frameOf(data).stored)
		parts, data = append(parts, data[:n]), data[n:]
	}
	return parts
}

// Frames that are whole but not where they were are refused before their bytes
// are handed out.
func TestFramesHaveTheirPlace(t *testing.T) {
	data := pack(t, member{"a", incompressible(3 * blockSize)})
	parts := frames(data)
	if len(parts) != 1+1+3+1+1 {
		t.Fatalf("%d frames", len(parts))
	}
	const first = 2 // block
	try := func(what string, want int, order ...int) {
		t.Helper()
		var bad []byte
		for _, i := range order {
			bad = append(bad, parts[i]...)
		}
		got, err := unpack(bad)
		if !errors.Is(err, ErrDamaged) || errors.Is(err, ErrCut) {
			t.Errorf("%s: %v", what, err)
		}
		if n := len(got[0].Content); n != want*blockSize {
			t.Errorf("%s: %d bytes were handed out, want %d blocks", what, n, want)
		}
	}
	try("swapped", 0, 0, 1, first+1, first, first+2, 5, 6)
	try("twice", 1, 0, 1, first, first, first+1, first+2, 5, 6)
	try("left out", 1, 0, 1, first, first+2, 5, 6)
	try("without its end", 3, 0, 1, first, first+1, first+2, 6)
}

func incompressible(n int) []byte {
	data := make([]byte, n)
	x := uint64(1)
	for i := range data {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		data[i] = byte(x)
	}
	return data
}

// seal makes a frame that verifies, whatever it says.
func seal(n uint64, kind byte, raw int, payload []byte) []byte {
	f := frame{kind: kind, raw: uint32(raw), stored: uint32(len(payload))}
	f.sum = f.checksum(n, payload)
	return append(f.append(nil), payload...)
}

// A frame that verifies may have been made by somebody else.
func TestFramesThatLie(t *testing.T) {
	head := binary.LittleEndian.AppendUint32([]byte(magic), version)
	enc, err := zstd.NewWriter(nil, zstd.WithWindowSize(blockSize))
	if err != nil {
		t.Fatal(err)
	}
	bomb := enc.EncodeAll(make([]byte, 1<<26), nil)
	if len(bomb) > blockSize {
		t.Fatalf("the bomb has %d bytes", len(bomb))
	}
	begin := seal(0, kindMember, 1, []byte("a"))
	for name, more := range map[string][]byte{
		"a bomb":                     seal(1, kindZstd, blockSize, bomb),
		"a block too large":          seal(1, kindBlock, blockSize+1, make([]byte, blockSize+1)),
		"larger than all":            seal(1, kindZstd, 1<<31, []byte("x")),
		"not compressed":             seal(1, kindZstd, 100, []byte("this is not zstd")),
		"less than it says":          seal(1, kindZstd, 100, enc.EncodeAll(make([]byte, 50), nil)),
		"compressed to more":         seal(1, kindZstd, 3, enc.EncodeAll([]byte("abc"), nil)),
		"sizes that differ":          seal(1, kindBlock, 5, []byte("four")),
		"a member in a member":       seal(1, kindMember, 1, []byte("b")),
		"a trailer in a member":      seal(1, kindTrailer, 40, make([]byte, 40)),
		"an end of another length":   seal(1, kindEnd, 4, make([]byte, 4)),
		"an end after another size":  seal(1, kindEnd, 8, binary.LittleEndian.AppendUint64(nil, 7)),
		"an unknown frame":           seal(1, 'q', 1, []byte("b")),
		"an empty block":             seal(1, kindBlock, 0, nil),
		"a checksum of other number": seal(2, kindBlock, 3, []byte("abc")),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := unpack(bytes.Join([][]byte{head, begin, more}, nil))
			if !errors.Is(err, ErrDamaged) || errors.Is(err, ErrCut) || !strings.Contains(err.Error(), fmt.Sprintf("at byte %d:", len(head)+len(begin))) {
				t.Errorf("%v", err)
			}
		})
	}
	if _, err := unpack(append(bytes.Clone(head), seal(0, kindBlock, 1, []byte("a"))...)); !errors.Is(err, ErrDamaged) {
		t.Errorf("a block without a member: %v", err)
	}
	if _, err := unpack(append(bytes.Clone(head), seal(0, kindMember, 0, nil)...)); !errors.Is(err, ErrDamaged) {
		t.Errorf("a member without a name: %v", err)
	}
}

// Memory is bounded by two blocks, however much the backup holds.
func TestReaderAllocatesOnce(t *testing.T) {
	data := pack(t, member{"a", bytes.Repeat([]byte("compressible "), 1<<20)}, member{"b", incompressible(8 << 20)})
	buf := make([]byte, 1<<16)
	got := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r, err := NewReader(bytes.NewReader(data))
			if err != nil {
				b.Fatal(err)
			}
			for {
				_, content, err := r.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					b.Fatal(err)
				}
				for err == nil {
					_, err = content.Read(buf)
				}
			}
		}
	}).AllocedBytesPerOp()
	if got > 8<<20 { // the decoder has tables and a history of its own
		t.Errorf("reading 21 MiB allocates %d bytes", got)
	}
}

func TestOtherFiles(t *testing.T) {
	for _, c := range []struct {
		data string
		want error
	}{
		{"", ErrCut},
		{"swell", ErrCut},
		{magic, ErrCut},
		{magic + "\x01\x00\x00", ErrCut},
		{"swell store\x01", ErrNotBackup},
		{"\x28\xb5\x2f\xfd and so on, for long", ErrNotBackup},
		{magic + "\x00\x00\x00\x00", ErrDamaged},
		{magic + "\x02\x00\x00\x00", ErrNewer},
		{magic + "\x00\x00\x00\x01", ErrNewer},
	} {
		if _, err := NewReader(strings.NewReader(c.data)); !errors.Is(err, c.want) {
			t.Errorf("%q: %v, want %v", c.data, err, c.want)
		}
	}
	_, err := NewReader(strings.NewReader(magic + "\x02\x00\x00\x00"))
	if text := err.Error(); !strings.Contains(text, "format 2") || !strings.Contains(text, "reads 1") {
		t.Errorf("%q does not say both numbers", text)
	}
}

func TestGivenUpSaysWhy(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	to, err := w.Member("a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Write(make([]byte, 2*blockSize)); err != nil {
		t.Fatal(err)
	}
	if err := w.GiveUp("the store is damaged"); err != nil {
		t.Fatal(err)
	}
	if _, err := unpack(out.Bytes()); !errors.Is(err, ErrGivenUp) || !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "the store is damaged") {
		t.Error(err)
	}
	if err := w.Close(); !errors.Is(err, ErrUse) {
		t.Errorf("Close after GiveUp: %v", err)
	}
}

type fails struct{ after int }

func (f *fails) Write(p []byte) (int, error) {
	if f.after -= len(p); f.after < 0 {
		return 0, errors.New("no space")
	}
	return len(p), nil
}

func TestWriterKeepsItsError(t *testing.T) {
	w, err := NewWriter(&fails{after: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", strings.Repeat("n", maxName+1)} {
		if _, err := w.Member(name); !errors.Is(err, ErrUse) {
			t.Errorf("a name of %d bytes: %v", len(name), err)
		}
	}
	to, err := w.Member("a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Write(make([]byte, 5*blockSize)); err == nil {
		t.Error("no error from a full disk")
	}
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "no space") {
		t.Errorf("Close: %v", err)
	}
}

// TestGolden fails when other bytes are written, or those of this format no longer
// read: that takes a new format.
func TestGolden(t *testing.T) {
	path := filepath.Join("testdata", "format-1.golden")
	members := []member{{"about", []byte("{}")}, {"empty", nil}, {"store", []byte("incompressible")}}
	got := pack(t, members...)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(hex.Dump(got)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), hex.Dump(got)); diff != "" {
		t.Errorf("the format changed (-want +got):\n%s", diff)
	}
}

// FuzzReader reads any bytes as a backup: it fails, or what it read is what a
// writer makes of it again. The checksums of frames are set right, or no fuzzer
// would get past them.
func FuzzReader(f *testing.F) {
	whole := pack(f, small...)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add(pack(f))
	f.Add(pack(f, member{"a", incompressible(100)}))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, data := range [][]byte{data, mended(data)} {
			got, err := unpack(data)
			if err != nil {
				continue
			}
			again, err := unpack(pack(t, got...))
			if err != nil || !cmp.Equal(got, again) {
				t.Fatalf("%v became %v (%v)", got, again, err)
			}
		}
	})
}

// mended sets the checksums of frames right, as far as there are whole ones.
func mended(data []byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(magic), version)
	data = data[min(len(data), headLen):]
	for n := uint64(0); len(data) >= frameLen; n++ {
		f := frameOf(data)
		payload := data[frameLen:]
		payload = payload[:min(int(f.stored), len(payload))]
		f.stored, f.sum = uint32(len(payload)), 0
		f.sum = f.checksum(n, payload)
		out = append(f.append(out), payload...)
		data = data[frameLen+len(payload):]
	}
	return out
}

func BenchmarkReader(b *testing.B) { bench(b, false) }
func BenchmarkWriter(b *testing.B) { bench(b, true) }

func bench(b *testing.B, write bool) {
	members := []member{{"a", bytes.Repeat([]byte("compressible "), 32<<20/13)}, {"b", incompressible(32 << 20)}}
	data := pack(b, members...)
	b.SetBytes(64 << 20)
	for b.Loop() {
		if write {
			pack(b, members...)
			continue
		}
		r, err := NewReader(bytes.NewReader(data))
		for err == nil {
			_, _, err = r.Next()
		}
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
}
