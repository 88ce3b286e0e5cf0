package store

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/dgraph-io/badger/v4"
)

// wayOut ends the message of damage that nothing here can repair.
const wayOut = "move the directory away, then restore a backup or replay the archives"

// fileMarks tell errors of the database that mean a damaged file, by a piece of
// their text: it does not wrap its causes. Where there is no file here the text names it.
var fileMarks = []struct{ text, file string }{
	{"anifest file might be corrupted", badger.ManifestFilename},
	{"manifest has", badger.ManifestFilename},
	{"MANIFEST", badger.ManifestFilename},
	{"external magic number", badger.ManifestFilename},
	{"does not exist for table", ""},
	{badger.ErrEncryptionKeyMismatch.Error(), badger.KeyRegistryFileName},
	{"key registry", badger.KeyRegistryFileName},
	{"sanity text", badger.KeyRegistryFileName},
	{"validRegistry", badger.KeyRegistryFileName},
	{"keyRegistryIterator", badger.KeyRegistryFileName},
	{"checksum", ""},
	{"Checksum", ""},
	{"magic", ""},
	{cutShort, ""},
	{openPanic, ""},
}

// explainDamage returns an ErrDamaged that names the file and the way out, or
// nil if an error of the database with this text means something else.
func (s *Store) explainDamage(text string) error {
	// What follows is advice on the database, for those who program with it.
	text, _, _ = strings.Cut(text, "\n")
	text = strings.TrimRight(text, ". ")
	if strings.Contains(text, badger.ErrInvalidDataKeyID.Error()) {
		return fmt.Errorf("%w: %s: its header is not a log's; %s", ErrDamaged, s.logWithKey(), wayOut)
	}
	for _, mark := range fileMarks {
		if !strings.Contains(text, mark.text) {
			continue
		}
		switch mark.file {
		case "":
			return fmt.Errorf("%w: %s; %s", ErrDamaged, text, wayOut)
		case badger.KeyRegistryFileName:
			// Nothing is encrypted, so it holds no key.
			return fmt.Errorf("%w: %s: %s; delete that file, which holds nothing, and start again", ErrDamaged, mark.file, text)
		}
		return fmt.Errorf("%w: %s: %s; %s", ErrDamaged, mark.file, text, wayOut)
	}
	return nil
}

// logWithKey returns the name of a log whose header names an encryption key:
// none has one.
func (s *Store) logWithKey() string {
	for _, pattern := range []string{"*.vlog", "*.mem"} {
		logs, err := filepath.Glob(filepath.Join(s.dir, pattern))
		if err != nil {
			continue
		}
		for _, log := range logs {
			if key, err := logKey(log); err == nil && key != 0 {
				return filepath.Base(log)
			}
		}
	}
	return "a log file"
}

// logKey reads the number of the encryption key that a log's header starts with.
func logKey(path string) (uint64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var b [8]byte
	if _, err := io.ReadFull(f, b[:]); err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint64(b[:]), nil
}
