package access

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// FileName is the file of tokens in a data directory. It is part of no backup.
const FileName = "tokens"

// List returns the tokens of a file, in the order in which they were made; none where
// there is no file. Errors wrap [ErrFile] or are those of reading.
func List(path string) ([]Token, error) {
	data, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseFile(path, data)
}

// Add puts a token into a file, which it makes if there is none. The file is replaced
// whole, and is readable for its owner alone. Errors wrap [ErrFile], [ErrInvalid] or
// [ErrLocked], or are those of the disk; the file is then as it was.
func Add(path string, t Token) error {
	return edit(path, func(all []Token) ([]Token, error) {
		if len(all) >= MaxTokens {
			return nil, fmt.Errorf("%w: %s has %d tokens already; revoke some", ErrInvalid, path, len(all))
		}
		if slices.ContainsFunc(all, func(o Token) bool { return o.ID == t.ID }) {
			return nil, fmt.Errorf("%w: %s has a token %s already; make another one", ErrInvalid, path, t.ID)
		}
		return append(all, t), nil
	})
}

// Revoke takes the token with that ID out of a file, and returns what was known of it.
// Servers notice within a second. Errors are those of [Add].
func Revoke(path, id string) (gone Token, err error) {
	err = edit(path, func(all []Token) ([]Token, error) {
		i := slices.IndexFunc(all, func(t Token) bool { return t.ID == id })
		if i < 0 {
			return nil, fmt.Errorf("%w: there is no token %.40q in %s; swell token list shows them", ErrInvalid, id, path)
		}
		gone = all[i]
		return slices.Delete(all, i, i+1), nil
	})
	return gone, err
}

// edit replaces the file by one with the tokens that change returns. What will be the
// new file is the lock as well: it can be made by one process at a time.
func edit(path string, change func([]Token) ([]Token, error)) (err error) {
	lock := path + ".lock"
	f, err := os.OpenFile(lock, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %s is there; if no other swell token is at work, one was killed: remove that file", ErrLocked, lock)
	}
	if err != nil {
		return fmt.Errorf("cannot change the tokens: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(lock))
		}
	}()
	all, err := List(path)
	if err == nil {
		all, err = change(all)
	}
	if err == nil {
		_, err = f.Write(appendFile(nil, all))
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(lock, path)
	}
	if err != nil {
		return err
	}
	syncDir(filepath.Dir(path))
	return nil
}

// syncDir has a new name on the disk sooner. Where a system cannot, or will not, the name
// gets there all the same, and until then the file before it stands.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the tokens: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("cannot read the tokens: %w", err)
	}
	if err := guarded(path, info); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read the tokens: %w", err)
	}
	return data, nil
}
