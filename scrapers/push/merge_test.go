package push

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

// mergedRun is what came out of a merged reader, with all places after each record.
type mergedRun struct {
	ids    []string
	places [][]Cursor
}

// drainMerged reads up to n records, all if n is negative.
func drainMerged(t rapid.TB, m *Merged, n int) mergedRun {
	t.Helper()
	var out mergedRun
	var rec term.Record
	for ; n != 0; n-- {
		i, err := m.Next(&rec)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(rec.ID, m.inputs[i].Name()[len(m.inputs[i].Name())-1:]) {
			t.Fatalf("record %s is said to be from %s", rec.ID, m.inputs[i].Name())
		}
		out.ids = append(out.ids, strings.Clone(rec.ID))
		out.places = append(out.places, m.Cursors())
	}
	return out
}

// mergeModel repeats what Merge does by looking at all inputs at every step.
func mergeModel(inputs [][]madeLine) (ids []string) {
	type rec struct {
		id string
		ts int64
	}
	queues := make([][]rec, len(inputs))
	for i, lines := range inputs {
		good, _ := expect(lines)
		for _, id := range good {
			at := slices.IndexFunc(lines, func(l madeLine) bool { return l.id == id })
			queues[i] = append(queues[i], rec{id, lines[at].ts})
		}
	}
	for {
		best := -1
		for i, q := range queues {
			if len(q) > 0 && (best < 0 || q[0].ts < queues[best][0].ts) {
				best = i
			}
		}
		if best < 0 {
			return ids
		}
		ids = append(ids, queues[best][0].id)
		queues[best] = queues[best][1:]
	}
}

// TestMerge: several archives with one dead-letter file come out in the order
// of the model, and a run broken off anywhere goes on to the same end.
func TestMerge(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		var inputs [][]madeLine
		var paths []string
		for i := range rapid.IntRange(0, 3).Draw(rt, "inputs") {
			name := string(rune('a' + i))
			inputs = append(inputs, archives(name).Draw(rt, name))
			paths = append(paths, filepath.Join(dir, name))
			f := rapid.SampledFrom(allFormats).Draw(rt, "format")
			if err := os.WriteFile(paths[i], pack(t, f, join(inputs[i])), 0o600); err != nil {
				rt.Fatal(err)
			}
		}
		dead := filepath.Join(dir, "dead")
		pass := func(from []Cursor, n int) mergedRun {
			d := mustDeadLetter(rt, dead)
			defer d.Close()
			var readers []*Reader
			for i, path := range paths {
				opts := Options{MaxLine: madeMaxLine, DeadLetter: d}
				if from != nil {
					opts.Resume = stored(rt, from[i])
				}
				r, _ := must(rt, path, opts)
				readers = append(readers, r)
			}
			m := Merge(readers...)
			defer m.Close()
			return drainMerged(rt, m, n)
		}
		os.Remove(dead)
		whole := pass(nil, -1)
		wholeDead := content(t, dead)
		if want := mergeModel(inputs); !slices.Equal(whole.ids, want) {
			rt.Fatalf("records %v, want %v", whole.ids, want)
		}
		step := max(1, len(whole.ids)/3)
		for k := rapid.IntRange(0, step).Draw(rt, "first cut"); k < len(whole.ids); k += step {
			os.Remove(dead)
			pass(nil, k+1+k%4)
			got := pass(whole.places[k], -1)
			if want := whole.ids[k+1:]; !slices.Equal(got.ids, want) {
				rt.Fatalf("resumed after record %d: %v, want %v", k, got.ids, want)
			}
			if d := content(t, dead); d != wholeDead {
				rt.Fatalf("resumed after record %d: dead-letter file\n%s\nwant\n%s", k, d, wholeDead)
			}
		}
	})
}

func TestMergeManyInputs(t *testing.T) {
	const inputs, each = 20, 50
	var readers []*Reader
	var size int64
	for i := range inputs {
		var sb strings.Builder
		for j := range each {
			fmt.Fprintln(&sb, good(fmt.Sprintf("%d-%d", i, j), start+int64(j*inputs+(i*7)%inputs)))
		}
		size += int64(sb.Len())
		r, err := Open(write(t, "a", []byte(sb.String())), Options{})
		if err != nil {
			t.Fatal(err)
		}
		readers = append(readers, r)
	}
	m := Merge(readers...)
	defer m.Close()
	var rec term.Record
	for want := range int64(inputs * each) {
		if _, err := m.Next(&rec); err != nil {
			t.Fatal(err)
		}
		if got := rec.TS/1_000_000 - start; got != want {
			t.Fatalf("record %d is %s at %d s", want, rec.ID, got)
		}
	}
	if _, err := m.Next(&rec); err != io.EOF {
		t.Fatal(err)
	}
	if read, total := m.Progress(); read != size || total != size {
		t.Errorf("progress %d of %d, want %d", read, total, size)
	}
}

// TestMergeError: an input that fails ends the merged run with its error.
func TestMergeError(t *testing.T) {
	good1, err := Open(write(t, "a", []byte(good("1", start))), Options{})
	if err != nil {
		t.Fatal(err)
	}
	limited, err := Open(write(t, "b", []byte(good("2", start+1)+"\n"+good("3", start+2))), Options{MaxDecoded: 10})
	if err != nil {
		t.Fatal(err)
	}
	m := Merge(good1, limited)
	var rec term.Record
	for err == nil {
		_, err = m.Next(&rec)
	}
	if !errors.Is(err, ErrTooLarge) {
		t.Errorf("ended with %v", err)
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}
