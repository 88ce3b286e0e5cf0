//go:build linux || darwin

package journal

import "syscall"

// volumeSpace returns the bytes free to this user, and all bytes, of the volume
// that holds dir.
func volumeSpace(dir string) (free, total int64, err error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, 0, err
	}
	size := int64(st.Bsize)
	return int64(st.Bavail) * size, int64(st.Blocks) * size, nil
}
