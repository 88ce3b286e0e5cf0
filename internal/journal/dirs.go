package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// dirs sees to it that the names of the server's files are on the disk. The
// server syncs what is in its files, but not the directories that hold them: after
// a power cut a file that was never named on the disk is gone, whatever was synced
// into it. The committer alone uses it.
type dirs struct {
	blocks string // the directory of the stream's block files; empty outside
	last   int    // number of the newest block file whose name is on the disk
}

// openDirs syncs every directory of the journal, and the one that holds it.
func openDirs(dir, stream string) (dirs, error) {
	d := dirs{blocks: blocksDir(dir, stream)}
	if err := syncDir(filepath.Dir(dir)); err != nil {
		return d, err
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // the server's own temporary files come and go
		}
		if err != nil || !entry.IsDir() {
			return err
		}
		return syncDir(path)
	})
	if err != nil {
		return d, fmt.Errorf("cannot sync the journal's directories: %w", err)
	}
	names, err := os.ReadDir(d.blocks)
	if err != nil {
		return d, fmt.Errorf("cannot read the journal's files: %w", err)
	}
	for _, name := range names {
		d.last = max(d.last, blockNumber(name.Name()))
	}
	return d, syncDir(d.blocks)
}

// sync returns once the names of all block files are on the disk. Where no new
// one was begun it costs a look for the file that would come next.
func (d *dirs) sync() error {
	if d.blocks == "" {
		return nil
	}
	begun := d.last
	for {
		_, err := os.Lstat(filepath.Join(d.blocks, strconv.Itoa(begun+1)+blockSuffix))
		if err != nil {
			break
		}
		begun++
	}
	if begun == d.last {
		return nil
	}
	if err := syncDir(d.blocks); err != nil {
		return err
	}
	d.last = begun
	return nil
}

const blockSuffix = ".blk"

// blockNumber returns the number in the name of a block file, or 0.
func blockNumber(name string) int {
	digits, ok := strings.CutSuffix(name, blockSuffix)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

func syncDir(path string) error {
	if !canSyncDirs {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
