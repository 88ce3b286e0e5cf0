package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// stdoutName stands for standard output where a file is asked for.
const stdoutName = "-"

// writeFile writes a file by way of a temporary one beside it, so that one that
// was interrupted is never taken for a whole one. A symbolic link stays, and what
// it points to is written; pipes and devices are written as they stand.
func writeFile(path string, stdout io.Writer, write func(io.Writer) error) error {
	if path == stdoutName {
		return flushed(stdout, write)
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return overwrite(path, write)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if path, err = resolve(path); err != nil {
		return err
	}
	return replace(path, write)
}

// overwrite writes into what is no regular file and must stay what it is.
func overwrite(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return closed(f, compressed(path, f, write))
}

// replace puts a whole new file at path or leaves what is there.
func replace(path string, write func(io.Writer) error) error {
	// A name of its own: path.part could be somebody's file, or another run's.
	part := fmt.Sprintf("%s.%d.part", path, os.Getpid())
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	err = closed(f, compressed(path, f, write))
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return nil
}

// closed closes f and returns the first of both errors.
func closed(f *os.File, err error) error {
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// maxLinks is how many symbolic links in a row are followed.
const maxLinks = 40

// resolve follows symbolic links to the file that is meant, which need not exist.
func resolve(path string) (string, error) {
	for range maxLinks {
		to, err := os.Readlink(path)
		if err != nil {
			return path, nil
		}
		if !filepath.IsAbs(to) {
			// Not cleaned: behind a linked folder, .. is not the folder before it.
			dir, _ := filepath.Split(path)
			to = dir + to
		}
		path = to
	}
	return "", fmt.Errorf("%s: more than %d symbolic links in a row", path, maxLinks)
}

// sameFile reports whether two names, of files or of standard output, are those of
// one file, which need not exist.
func sameFile(a, b string) bool {
	if a == stdoutName || b == stdoutName {
		return a == b
	}
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	if errA == nil && errB == nil {
		return os.SameFile(infoA, infoB)
	}
	return place(a) == place(b)
}

// place returns the one name of a file whose folder exists.
func place(path string) string {
	if target, err := resolve(path); err == nil {
		path = target
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	dir, name := filepath.Split(path)
	if straight, err := filepath.EvalSymlinks(dir); err == nil {
		dir = straight
	}
	return filepath.Join(dir, name)
}

func compressed(path string, w io.Writer, write func(io.Writer) error) error {
	var z io.WriteCloser
	switch {
	case strings.HasSuffix(path, ".zst"):
		enc, err := zstd.NewWriter(w)
		if err != nil {
			return err
		}
		z = enc
	case strings.HasSuffix(path, ".gz"):
		z = gzip.NewWriter(w)
	default:
		return flushed(w, write)
	}
	if err := flushed(z, write); err != nil {
		z.Close()
		return err
	}
	return z.Close()
}

func flushed(w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(w, 1<<16)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}

// stoppable writes until ctx ends; then every write fails with ctx's error.
type stoppable struct {
	ctx context.Context
	w   io.Writer
}

func (s stoppable) Write(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.w.Write(p)
}
