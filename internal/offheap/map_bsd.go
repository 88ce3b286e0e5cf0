//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package offheap

import "syscall"

// mapMemory maps n bytes. These systems do not reserve swap for private
// anonymous memory before it is written.
func mapMemory(n int) ([]byte, error) {
	return syscall.Mmap(-1, 0, n, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
}

func unmapMemory(mem []byte) error { return syscall.Munmap(mem) }
