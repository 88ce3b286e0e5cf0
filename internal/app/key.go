package app

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
)

// ReadKey reads the key that author names are hashed with: any file will do, and
// whoever has it can tell whether a name is behind a hash.
func ReadKey(path string) (key [16]byte, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return key, fmt.Errorf("cannot read the key of the authors: %w", err)
	}
	if len(strings.TrimSpace(string(data))) < 16 {
		return key, fmt.Errorf("the key of the authors in %s is shorter than 16 characters; make one with: head -c 32 /dev/urandom | base64 > %s", path, path)
	}
	sum := sha256.Sum256(data)
	copy(key[:], sum[:])
	return key, nil
}
