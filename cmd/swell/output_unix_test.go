//go:build unix

package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestSymbolicLinksStay(t *testing.T) {
	dir := t.TempDir()
	for _, sub := range []string{"links", "files", "files/deep"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, name string) string {
		path := filepath.Join(dir, name)
		if err := os.Symlink(to, path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	link("../files/deep", "links/folder")
	for _, c := range []struct{ link, target string }{
		{link("../files/new", "links/a"), "files/new"},
		{link("a", "links/chain"), "files/new"},
		{link(filepath.Join(dir, "files/absolute"), "links/b"), "files/absolute"},
		// The parent of what the folder is linked to, not that of the link.
		{link("folder/../above", "links/c"), "files/above"},
	} {
		for _, text := range []string{"first", "second"} {
			if err := writeFile(c.link, nil, says(text)); err != nil {
				t.Fatal(err)
			}
			wantFile(t, filepath.Join(dir, c.target), text)
			if info, err := os.Lstat(c.link); err != nil || info.Mode()&os.ModeSymlink == 0 {
				t.Errorf("%s is no link any more: %v, %v", c.link, info.Mode(), err)
			}
		}
		if !sameFile(c.link, filepath.Join(dir, c.target)) {
			t.Errorf("%s and %s are not taken for one file", c.link, c.target)
		}
	}
	wantNames(t, filepath.Join(dir, "links"), "a", "b", "c", "chain", "folder")
	wantNames(t, filepath.Join(dir, "files"), "above", "absolute", "deep", "new")

	if err := writeFile(link("loop", "loop"), nil, says("x")); err == nil {
		t.Error("a link to itself was written to")
	}
	if !sameFile(link("nothing", "dangling"), filepath.Join(dir, "nothing")) {
		t.Error("a link to nothing and its target are not taken for one file")
	}
}

func TestPipesAreWrittenAsTheyStand(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	// Open for both, so that neither side waits for the other.
	f, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := writeFile(pipe, nil, says("through")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len("through"))
	if _, err := f.Read(got); err != nil || string(got) != "through" {
		t.Errorf("read %q (%v)", got, err)
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe has become %v (%v)", info.Mode(), err)
	}
	wantNames(t, dir, "pipe")
}
