package main

import (
	"encoding/gob"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// kept returns what was measured of a stream before, or nil.
func (o *options) kept(src source) (*result, error) {
	if o.keep == "" {
		return nil, nil
	}
	f, err := os.Open(o.keptAs(src))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := &result{}
	if err := gob.NewDecoder(f).Decode(r); err != nil {
		return nil, &fs.PathError{Op: "read", Path: f.Name(), Err: err}
	}
	if r.Source != src {
		return nil, nil // was not measured in the same depth
	}
	return r, nil
}

// keepIt writes what was measured of a stream, whole or not at all.
func (o *options) keepIt(r *result) error {
	if o.keep == "" {
		return nil
	}
	if err := os.MkdirAll(o.keep, 0o755); err != nil {
		return err
	}
	path := o.keptAs(r.Source)
	f, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	if err := errors.Join(gob.NewEncoder(f).Encode(r), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func (o *options) keptAs(src source) string {
	return filepath.Join(o.keep, strings.ReplaceAll(src.String(), " ", "-")+".gob")
}
