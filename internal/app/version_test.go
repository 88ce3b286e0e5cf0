package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/swell-radar/swell/internal/store"
)

// restamp writes the newest snapshot of a data directory again, the given number
// of times, as if a program of another version had made it.
func restamp(t *testing.T, data string, times int, change func(state map[string]json.RawMessage)) {
	t.Helper()
	st, err := store.Open(filepath.Join(data, "store"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}()
	snap, _, err := st.LoadSnapshot()
	if err != nil {
		t.Fatal(err)
	}
	var parts []store.Part
	for p, err := range snap.Parts() {
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, p)
	}
	var state map[string]json.RawMessage
	if err := json.Unmarshal(snap.App, &state); err != nil {
		t.Fatal(err)
	}
	change(state)
	if snap.App, err = json.Marshal(state); err != nil {
		t.Fatal(err)
	}
	snap.ConfigHash = "of settings that had another shape"
	for range times {
		if _, err := st.WriteSnapshot(snap.SnapshotMeta, eachPart(parts)); err != nil {
			t.Fatal(err)
		}
	}
}

// kept is how many usable snapshots a store keeps.
const kept = 2

// Whoever opens the data directory of another version is told that, and what to
// do: neither that it is damaged nor that the settings are wrong.
func TestDataOfAnotherVersion(t *testing.T) {
	oneGoroutine(t)
	for name, tt := range map[string]struct {
		change func(map[string]json.RawMessage)
		want   string
	}{
		"earlier": {
			func(state map[string]json.RawMessage) {
				delete(state, "version")
				state["engine"] = json.RawMessage(`{"Window":{"Pane":600000000000,"Shards":4,"Memory":8388608,"AuthorPrecision":16}}`)
			},
			fmt.Sprintf("an earlier one (its counts have format 1, this program reads %d)", stateVersion),
		},
		"later": {
			func(state map[string]json.RawMessage) { state["version"] = fmt.Append(nil, stateVersion+1) },
			fmt.Sprintf("a later one (its counts have format %d, this program reads %d)", stateVersion+1, stateVersion),
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := replayOptions(archive(t, 1))
			o.Data = t.TempDir()
			if _, err := Replay(context.Background(), o); err != nil {
				t.Fatal(err)
			}
			restamp(t, o.Data, kept, tt.change)
			check := func(what string, err error) {
				t.Helper()
				if !errors.Is(err, ErrVersion) || errors.Is(err, ErrConfig) {
					t.Fatalf("%s: error %v, want %v", what, err, ErrVersion)
				}
				for _, part := range []string{o.Data, tt.want, "move it away and replay its archives"} {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("%s: %q lacks %q", what, err, part)
					}
				}
				for _, part := range []string{"corrupt", "damaged", "settings"} {
					if strings.Contains(err.Error(), part) {
						t.Errorf("%s: %q speaks of %q", what, err, part)
					}
				}
			}
			_, err := Replay(context.Background(), o)
			check("replay", err)
			_, err = View(o.Data, o.Log)
			check("view", err)
			check("serve", Serve(context.Background(), ServeOptions{Data: o.Data, Listen: "127.0.0.1:0", Now: o.Now, Log: o.Log}))
			// Refusing it changes nothing in it.
			_, err = Replay(context.Background(), o)
			check("replay again", err)
		})
	}
}

// Where a snapshot of this version lies behind that of another, it is gone on
// from.
func TestSnapshotOfAnotherVersionIsPassedOver(t *testing.T) {
	oneGoroutine(t)
	o := replayOptions(archive(t, 1))
	o.Data = t.TempDir()
	if _, err := Replay(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	restamp(t, o.Data, 1, func(state map[string]json.RawMessage) { state["version"] = json.RawMessage(`9`) })
	if sum, err := Replay(context.Background(), o); err != nil || !sum.Resumed {
		t.Errorf("resumed %v, error %v", sum.Resumed, err)
	}
}
