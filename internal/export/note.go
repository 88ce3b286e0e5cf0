package export

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// note vouches for a file.
type note struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	Rows   int64  `json:"rows"`
	Hours  uint32 `json:"hours"` // that were counted, by bit
}

const (
	noteEnding    = ".note"
	partialEnding = ".partial"
)

// readNote reads the note of a file. It reports false where there is none that can be one.
func readNote(dir, name string) (note, bool) {
	var n note
	data, err := os.ReadFile(filepath.Join(dir, name+noteEnding))
	if err != nil || json.Unmarshal(data, &n) != nil || n.Bytes < 0 || len(n.SHA256) != 2*sha256.Size {
		return note{}, false
	}
	return n, true
}

// writeNote puts the note of a file in place.
func writeNote(dir, name string, n note) error {
	data, err := json.Marshal(n)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, name+noteEnding)
	if err := os.WriteFile(path+partialEnding, data, 0o600); err != nil {
		return err
	}
	return os.Rename(path+partialEnding, path)
}

// vouches reads the file and reports whether it is the one that the note is about.
func (n note) vouches(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() != n.Bytes {
		return false, err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return false, fmt.Errorf("cannot read %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)) == n.SHA256, nil
}
