package crash

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// volume is an ext4 file system in a file, mounted.
type volume struct {
	t     *testing.T
	image string
	at    string // where it is mounted
}

// newVolume makes and mounts a volume of so many MiB. The test is skipped where that
// cannot be done.
func newVolume(t *testing.T, mib int64) *volume {
	t.Helper()
	needVolumes(t)
	image := filepath.Join(t.TempDir(), "image")
	f, err := os.Create(image)
	if err == nil {
		err = f.Truncate(mib << 20)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	must(t, "mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image)
	return mount(t, image)
}

// needVolumes skips the test, and says why, where no volume can be mounted.
func needVolumes(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED, NOT PASSED: mounting a volume takes root")
	}
	for _, tool := range []string{"mkfs.ext4", "mount", "umount", "losetup"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("SKIPPED, NOT PASSED: %v", err)
		}
	}
	if out, err := exec.Command("losetup", "-f").CombinedOutput(); err != nil {
		t.Skipf("SKIPPED, NOT PASSED: no loop device: %v: %s", err, out)
	}
}

// mount mounts an image until the test ends.
func mount(t *testing.T, image string) *volume {
	t.Helper()
	v := &volume{t: t, image: image, at: filepath.Join(t.TempDir(), "volume")}
	if err := os.Mkdir(v.at, 0o700); err != nil {
		t.Fatal(err)
	}
	must(t, "mount", "-o", "loop", image, v.at)
	t.Cleanup(func() { v.unmount() })
	return v
}

// unmount unmounts the volume and gives its loop device back. Doing it again does nothing.
func (v *volume) unmount() {
	if v.at == "" {
		return
	}
	if out, err := exec.Command("umount", v.at).CombinedOutput(); err != nil {
		v.t.Errorf("cannot unmount %s: %v: %s", v.at, err, out)
		// Whoever still uses it must not keep it.
		_ = exec.Command("umount", "-l", v.at).Run()
	}
	v.at = ""
}

// cut returns a copy of the image as its device has it, as after a power cut: what
// was written to files and not synced is missing in it, unless the system wrote it on
// its own.
func (v *volume) cut() string {
	v.t.Helper()
	for {
		before := v.written()
		to := filepath.Join(v.t.TempDir(), "image")
		must(v.t, "cp", "--sparse=always", v.image, to)
		if v.written().Equal(before) {
			return to
		}
		// The system wrote to it meanwhile: half of the copy is from before.
	}
}

// written returns when the device was last written to.
func (v *volume) written() time.Time {
	info, err := os.Stat(v.image)
	if err != nil {
		v.t.Fatal(err)
	}
	return info.ModTime()
}

// fill takes space until so many bytes are left, and returns the file that holds it.
func (v *volume) fill(name string, left int64) string {
	v.t.Helper()
	path := filepath.Join(v.at, name)
	if err := takeSpace(path, left); err != nil {
		v.t.Fatal(err)
	}
	return path
}

// takeSpace makes a file that takes all space of its volume but so many bytes.
func takeSpace(path string, left int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var s syscall.Statfs_t
	if err := syscall.Fstatfs(int(f.Fd()), &s); err != nil {
		return err
	}
	n := int64(s.Bavail)*s.Bsize - left
	if n <= 0 {
		return nil
	}
	return syscall.Fallocate(int(f.Fd()), 0, 0, n)
}

func must(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
}
