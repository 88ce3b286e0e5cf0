// Package backup reads and writes the container of a backup: named members, one
// after the other, cut into blocks that are compressed and verified one by one,
// and a trailer with a checksum over all. docs/format/backup.md has it byte by byte.
//
// It owns the container alone. What the members are called and what they hold is
// the business of those who write and restore them.
//
// Both sides stream: nothing is read twice, and neither holds more than one block.
// A reader hands out no byte of a block that does not verify, but what it hands
// out counts only once [Reader.Next] has returned [io.EOF]: a backup that was cut
// off looks whole up to there.
//
// A [Writer] or [Reader] is for one goroutine at a time.
package backup
