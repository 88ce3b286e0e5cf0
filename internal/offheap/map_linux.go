package offheap

import "syscall"

// madvHugePage is MADV_HUGEPAGE of madvise(2), the same on every processor.
const madvHugePage = 14

// mapMemory maps n bytes without reserving swap for them.
func mapMemory(n int) ([]byte, error) {
	mem, err := syscall.Mmap(-1, 0, n, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	if err == nil && n >= hugeFrom {
		// A kernel without huge pages refuses the advice; small ones do as well.
		_ = syscall.Madvise(mem, madvHugePage)
	}
	return mem, err
}

func unmapMemory(mem []byte) error { return syscall.Munmap(mem) }
