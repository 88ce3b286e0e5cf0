package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// idKey is the key of a stream's metadata under which its ID stands.
	idKey = "swell-id"

	maxIDBytes = 64
)

// ID returns the ID that the journal had when it was opened: that of
// [Options].ID, or what was found where that is empty. Empty: it has none.
func (j *Journal) ID() string { return j.id }

// validID says whether id can be one, or is empty.
func validID(id string) bool {
	for _, c := range []byte(id) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return len(id) <= maxIDBytes
}

// belongs fails with ErrOther where the stream has another ID than the one wanted.
// Where either is empty there is nothing to compare.
func belongs(stream, has, want string) error {
	if has == "" || want == "" || has == want {
		return nil
	}
	return fmt.Errorf("%w: stream %s has the ID %.8q and this data directory %.8q; name the journal that belongs to it, or restore both from one backup",
		ErrOther, stream, has, want)
}

// setConfig stores the configuration of a stream that is there, with the ID unless
// that is empty. It returns once the server has it on the disk.
func (l *link) setConfig(ctx context.Context, c jetstream.StreamConfig, id string) (jetstream.Stream, error) {
	if id != "" {
		c.Metadata = maps.Clone(c.Metadata)
		if c.Metadata == nil {
			c.Metadata = map[string]string{}
		}
		c.Metadata[idKey] = id
	}
	s, err := l.js.UpdateStream(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("cannot store the configuration of stream %s, with its ID: %w; see that $JS.API.STREAM.UPDATE.%s is allowed", c.Name, err, c.Name)
	}
	return s, nil
}

// metaFile is where an embedded server keeps the configuration of a stream.
func metaFile(dir, stream string) string {
	return filepath.Join(filepath.Dir(blocksDir(dir, stream)), "meta.inf")
}

// storedID returns the ID in the files of an embedded stream, and whether there is
// a configuration at all. The server writes that and its checksum one after the
// other: after a crash in between it does not know the stream, although all of it
// is there.
func storedID(dir, stream string) (id string, there bool, err error) {
	raw, err := os.ReadFile(metaFile(dir, stream))
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("cannot read the journal's configuration: %w", err)
	}
	var c jetstream.StreamConfig
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &c); err != nil {
			return "", false, fmt.Errorf("%w: %s: %v; restore the journal from a backup", ErrDamaged, metaFile(dir, stream), err)
		}
	}
	return c.Metadata[idKey], true, nil
}
