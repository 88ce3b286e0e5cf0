//go:build unix

package access

import (
	"fmt"
	"io/fs"
)

// guarded refuses a file that others may write to: they could let themselves in.
func guarded(path string, info fs.FileInfo) error {
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return fmt.Errorf("%w: %s can be written by others (%#o), who could let themselves in; run chmod 600 %s", ErrFile, path, mode, path)
	}
	return nil
}
