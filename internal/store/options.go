package store

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// Options are the settings of a store. The zero value is good for use.
type Options struct {
	// Logger receives the database's warnings and errors, and its progress at
	// debug level. Nil discards them.
	Logger *slog.Logger

	// BlockCache is the size in bytes of the cache of table blocks.
	// Default 16 MiB.
	BlockCache int64

	// MinFree is the floor of free space in bytes on the store's volume. Below
	// it methods that add data fail with [ErrDiskFull] and write nothing: the
	// database writes through memory maps, and a full disk under a memory map
	// kills the process. Default: one twentieth of the volume, at least 64 MiB
	// and at most 1 GiB. Negative: no floor.
	MinFree int64

	// Space tells the free and the total bytes of the volume that holds dir.
	// Default: the operating system's answer; where it has none there is no floor.
	Space func(dir string) (free, total int64, err error)
}

const (
	defaultBlockCache = 16 << 20
	indexCache        = 16 << 20
	memTable          = 8 << 20
	valueLogFile      = 24 << 20 // also bounds a memtable's log, so more than one holds

	// maxValue is the most that one value may hold. From valueThreshold on the
	// database would move it to the value log, which is never reclaimed.
	valueThreshold = 1 << 20
	maxValue       = valueThreshold - 1<<10
)

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.BlockCache == 0 {
		o.BlockCache = defaultBlockCache
	}
	if o.Space == nil {
		o.Space = volumeSpace
	}
	return o
}

// badger returns the database's options. Values are compressed by us where it
// pays and live in the LSM tree only.
func (o Options) badger(dir string, readOnly bool) badger.Options {
	b := badger.DefaultOptions(dir)
	b.ReadOnly = readOnly
	b.Logger = dbLogger{to: o.Logger}
	b.MetricsEnabled = false
	b.MemTableSize = memTable
	b.NumMemtables = 2
	b.NumCompactors = 2
	b.BlockCacheSize = o.BlockCache
	b.IndexCacheSize = indexCache
	b.Compression = options.None
	b.ValueThreshold = valueThreshold
	b.ValueLogFileSize = valueLogFile
	b.NumVersionsToKeep = 1
	b.DetectConflicts = false
	b.SyncWrites = false
	b.ChecksumVerificationMode = options.NoVerification // salvage does it
	return b
}

// dbLogger passes the database's log lines on. failed, if not nil, hears its warnings and
// errors in the goroutine that has them.
type dbLogger struct {
	to     *slog.Logger
	failed func(format string, args []any)
}

func (l dbLogger) Errorf(f string, args ...any)   { l.fail(slog.LevelError, f, args) }
func (l dbLogger) Warningf(f string, args ...any) { l.fail(warningLevel(f), f, args) }
func (l dbLogger) Infof(f string, args ...any)    { l.log(slog.LevelDebug, f, args) }
func (l dbLogger) Debugf(string, ...any)          {}

func (l dbLogger) fail(level slog.Level, format string, args []any) {
	l.log(level, format, args)
	if l.failed != nil {
		l.failed(format, args)
	}
}

// warningLevel is debug for warnings that ask for nothing: at each close the
// database finds its caches small for stores that are larger than these.
func warningLevel(format string) slog.Level {
	if strings.Contains(format, "might be too small") || strings.HasPrefix(format, "Cache life expectancy") {
		return slog.LevelDebug
	}
	return slog.LevelWarn
}

func (l dbLogger) log(level slog.Level, format string, args []any) {
	l.to.Log(context.Background(), level, "badger: "+strings.TrimSpace(fmt.Sprintf(format, args...)))
}
