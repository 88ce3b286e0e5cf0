package engine

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"testing"
)

// kept is a stored snapshot.
type kept map[string][]byte

func (k kept) Names() []string { return slices.Sorted(maps.Keys(k)) }

func (k kept) Open(name string) (io.Reader, error) {
	data, ok := k[name]
	if !ok {
		return nil, fmt.Errorf("no part %q", name)
	}
	return bytes.NewReader(data), nil
}

// keep stores a snapshot behind the one before.
func keep(s *Snapshot, before kept) (kept, error) {
	now := kept{}
	for p, err := range s.Parts() {
		if err != nil {
			return nil, err
		}
		if !p.Keep {
			now[p.Name] = append(now[p.Name], p.Data...)
			continue
		}
		data, ok := before[p.Name]
		if !ok {
			return nil, fmt.Errorf("the snapshot before has no part %q", p.Name)
		}
		now[p.Name] = data
	}
	return now, nil
}

// lastKept returns the newest snapshot of an engine, finishing it as an application
// without records does.
func (c *collected) lastKept(t testing.TB, e *Engine) kept {
	t.Helper()
	for e.Work() {
	}
	c.until(e.Marks())
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		t.Fatal(c.err)
	}
	return c.kept
}
