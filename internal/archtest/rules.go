package archtest

// module is the path of this module.
const module = "github.com/swell-radar/swell"

// Package is a row of the layer table: a package by its folder, its layer, and
// the packages of this module that it may import outside of its tests. Imports
// go to lower layers only.
type Package struct {
	Dir     string
	Layer   int
	Imports []string
}

// Layers returns the layer table, which ARCHITECTURE.md shows.
func Layers() []Package {
	return []Package{
		{"term", 0, nil},
		{"engine/detect", 0, nil},
		{"internal/archtest", 0, nil},
		{"internal/access", 0, nil},
		{"internal/api", 0, nil},
		{"internal/console", 0, nil},
		{"internal/association", 0, nil},
		{"internal/week", 0, nil},
		{"internal/crash", 0, nil},
		{"internal/fault", 0, nil},
		{"internal/cow", 0, nil},
		{"internal/offheap", 0, nil},
		{"internal/rows", 0, nil},
		{"bench/quality/chart", 0, nil},
		{"scrapers/scrapetest", 0, nil},
		{"scrapers/fetch/robots", 0, nil},
		{"internal/sink/sinktest", 0, nil},
		{"internal/page/e2e", 0, nil},
		{"internal/chart", 1, []string{"internal/console"}},
		{"sketch", 1, []string{"internal/cow", "internal/offheap"}},
		{"internal/backup", 1, []string{"internal/fault"}},
		{"engine/gauges", 1, []string{"engine/detect", "term"}},
		{"internal/watch", 1, []string{"term"}},
		{"internal/journal", 1, []string{"internal/fault", "term"}},
		{"scrapers", 1, []string{"term"}},
		{"bench/workload", 1, []string{"term"}},
		{"bench/quality/truth", 1, []string{"term"}},
		{"internal/digest", 1, []string{"internal/api", "internal/console", "internal/week"}},
		{"internal/message", 1, []string{"internal/api"}},
		{"internal/syndicate", 1, []string{"internal/api", "internal/console"}},
		{"internal/page", 2, []string{"internal/api", "internal/chart", "internal/console", "internal/week"}},
		{"internal/watch/words", 2, []string{"internal/association", "internal/watch", "term"}},
		{"engine/pairs", 2, []string{"internal/cow", "internal/offheap", "sketch"}},
		{"engine/window", 2, []string{"internal/cow", "internal/offheap", "sketch", "term"}},
		{"scrapers/fetch", 2, []string{"scrapers", "scrapers/fetch/robots"}},
		{"scrapers/poll", 2, []string{"scrapers"}},
		{"scrapers/htmltext", 2, nil},
		{"scrapers/stream", 2, []string{"scrapers", "term"}},
		{"bench/quality/measure", 2, []string{"bench/quality/truth", "term"}},
		{"bench/endpoint", 2, []string{"bench/workload"}},
		{"bench/quality/worlds", 2, []string{"bench/workload"}},
		{"internal/sink", 2, []string{"internal/api", "internal/console", "internal/digest", "internal/message"}},
		{"scrapers/zeeschuimer", 3, []string{"term"}},
		{"engine", 3, []string{"engine/detect", "engine/gauges", "engine/pairs", "engine/window", "internal/cow", "internal/offheap", "sketch", "term"}},
		{"internal/store", 3, []string{"internal/backup", "internal/fault", "term"}},
		{"bench/quality/trace", 3, []string{"engine/detect", "engine/window", "term"}},
		{"scrapers/bluesky", 3, []string{"scrapers", "scrapers/fetch", "scrapers/stream", "term"}},
		{"scrapers/nostr", 3, []string{"scrapers", "scrapers/fetch", "scrapers/stream", "term"}},
		{"scrapers/entries", 3, []string{"scrapers", "scrapers/fetch", "scrapers/poll", "term"}},
		{"scrapers/record", 3, []string{"scrapers", "scrapers/fetch"}},
		{"scrapers/scrapetest/contract", 3, []string{"scrapers", "scrapers/fetch", "scrapers/scrapetest", "term"}},
		{"scrapers/chart", 3, []string{"scrapers", "scrapers/fetch", "scrapers/poll", "term"}},
		{"internal/outbox", 4, []string{"internal/api", "internal/fault", "internal/message", "internal/sink", "internal/store"}},
		{"scrapers/mastodon", 4, []string{"scrapers", "scrapers/chart", "scrapers/fetch", "scrapers/htmltext", "scrapers/poll", "term"}},
		{"scrapers/misskey", 4, []string{"scrapers", "scrapers/chart", "scrapers/fetch", "scrapers/poll", "term"}},
		{"scrapers/youtube", 4, []string{"scrapers", "scrapers/chart", "scrapers/entries", "scrapers/fetch", "scrapers/poll", "term"}},
		{"scrapers/feed", 4, []string{"scrapers", "scrapers/entries", "scrapers/fetch", "scrapers/htmltext", "scrapers/poll", "term"}},
		{"scrapers/reddit", 4, []string{"scrapers", "scrapers/chart", "scrapers/entries", "scrapers/fetch", "scrapers/htmltext", "scrapers/poll", "term"}},
		{"scrapers/googletrends", 4, []string{"scrapers", "scrapers/chart", "scrapers/entries", "scrapers/fetch", "scrapers/poll", "term"}},
		{"scrapers/apple", 4, []string{"scrapers", "scrapers/chart", "scrapers/fetch", "scrapers/poll", "term"}},
		{"scrapers/deezer", 4, []string{"scrapers", "scrapers/chart", "scrapers/fetch", "scrapers/poll", "term"}},
		{"scrapers/shazam", 4, []string{"scrapers", "scrapers/chart", "scrapers/fetch", "scrapers/poll", "term"}},
		{"scrapers/listenbrainz", 4, []string{"scrapers", "scrapers/chart", "scrapers/fetch", "scrapers/poll", "term"}},
		{"scrapers/tiktok", 4, []string{"scrapers", "scrapers/chart", "scrapers/fetch", "scrapers/poll", "term"}},
		{"scrapers/push", 4, []string{"scrapers/zeeschuimer", "term"}},
		{"scrapers/wikipedia", 4, []string{"scrapers", "scrapers/chart", "scrapers/fetch", "scrapers/poll", "term"}},
		{"internal/feed", 4, []string{"engine", "engine/detect", "term"}},
		{"internal/obs", 4, []string{"engine", "engine/detect", "internal/api", "scrapers"}},
		{"bench/quality/subject", 4, []string{"bench/quality/trace", "engine/detect"}},
		{"bench/quality/rivals", 4, []string{"bench/quality/trace", "bench/quality/truth", "engine/detect", "term"}},
		{"bench/quality/ledger", 4, []string{"bench/quality/measure", "bench/quality/trace", "bench/quality/truth", "engine/detect", "term"}},
		{"internal/export", 4, []string{"internal/rows", "internal/store"}},
		{"internal/alert/judge", 4, []string{"engine", "engine/detect", "internal/api", "internal/console", "internal/store", "internal/watch", "term"}},
		{"internal/note", 4, []string{"internal/api", "internal/console", "internal/store", "term"}},
		{"internal/example", 4, []string{"engine", "term"}},
		{"bench/quality/outlook", 5, []string{"bench/quality/subject", "bench/quality/trace", "engine/detect"}},
		{"internal/alert", 5, []string{"engine", "internal/alert/judge", "internal/api", "internal/store", "internal/watch", "term"}},
		{"scrapers/all", 5, []string{"scrapers", "scrapers/apple", "scrapers/bluesky", "scrapers/deezer", "scrapers/feed", "scrapers/fetch", "scrapers/googletrends",
			"scrapers/listenbrainz", "scrapers/mastodon", "scrapers/misskey", "scrapers/nostr", "scrapers/reddit", "scrapers/shazam", "scrapers/tiktok",
			"scrapers/wikipedia", "scrapers/youtube"}},
		{"internal/serve", 6, []string{"engine", "engine/detect", "engine/window", "internal/access", "internal/alert", "internal/alert/judge", "internal/api", "internal/association",
			"internal/digest", "internal/example", "internal/export", "internal/feed", "internal/note", "internal/outbox", "internal/page", "internal/rows",
			"internal/store", "internal/syndicate", "internal/watch", "internal/week", "scrapers", "scrapers/zeeschuimer", "term"}},
		{"internal/config", 6, []string{"scrapers/all"}},
		{"internal/demo", 6, []string{"bench/workload", "scrapers", "scrapers/all", "scrapers/feed", "scrapers/scrapetest", "term"}},
		{"internal/app", 7, []string{"engine", "engine/detect", "internal/access", "internal/alert", "internal/alert/judge", "internal/api", "internal/backup", "internal/config",
			"internal/digest", "internal/example", "internal/export", "internal/fault", "internal/feed", "internal/journal", "internal/message", "internal/note",
			"internal/obs", "internal/outbox", "internal/serve", "internal/sink", "internal/store", "internal/watch", "internal/watch/words", "internal/week",
			"scrapers", "scrapers/all", "scrapers/fetch", "scrapers/push", "term"}},
		{"bench/quality", 8, []string{"bench/quality/chart", "bench/quality/ledger", "bench/quality/measure", "bench/quality/rivals", "bench/quality/subject", "bench/quality/trace",
			"bench/quality/truth", "bench/quality/worlds", "bench/workload", "engine/detect", "scrapers/push", "term"}},
		{"cmd/swell", 8, []string{"bench/quality/chart", "bench/quality/measure", "bench/quality/truth", "bench/quality/worlds", "bench/workload", "engine", "engine/detect",
			"internal/access", "internal/alert/judge", "internal/api", "internal/app", "internal/config", "internal/console", "internal/demo", "internal/digest",
			"internal/fault", "internal/message", "internal/sink", "internal/store", "internal/watch", "scrapers", "scrapers/all", "scrapers/push",
			"scrapers/record", "term"}},
	}
}

// Fence keeps a library inside the packages that wrap it, tests included, so
// that it can be replaced there.
type Fence struct {
	Library string // an import path and everything below it
	Dirs    []string
}

// Fences returns the table of fences.
func Fences() []Fence {
	return []Fence{
		{"github.com/dgraph-io", []string{"internal/store"}},
		{"github.com/RoaringBitmap/roaring", []string{"internal/store"}},
		{"github.com/axiomhq/hyperloglog", []string{"sketch"}},
		{"github.com/coder/websocket", []string{"scrapers/fetch", "scrapers/scrapetest"}},
		{"github.com/gocolly/colly", []string{"scrapers/fetch"}},
		{"github.com/mmcdole/gofeed", []string{"scrapers/entries"}},
		{"github.com/nats-io", []string{"internal/journal", "scrapers/push"}},
		{"github.com/prometheus", []string{"internal/obs"}},
		{"github.com/spf13/cobra", []string{"cmd/swell"}},
		{"github.com/wneessen/go-mail", []string{"internal/sink"}},
		{"github.com/emersion/go-smtp", []string{"internal/sink/sinktest"}},
		{"github.com/parquet-go", []string{"internal/rows"}},
		{"github.com/chromedp", []string{"internal/page/e2e"}},
		{"golang.org/x/image", []string{"bench/quality/chart"}},
	}
}

// Pure returns the packages whose results depend on their arguments alone: they
// start no goroutine, look at no clock, draw no unseeded randomness and do no
// I/O. A replay, a test and a live run are the same code there.
func Pure() []string {
	return []string{
		"term", "sketch", "internal/cow", "internal/association", "internal/rows", "internal/syndicate", "internal/watch", "internal/week",
		"engine/detect", "engine/pairs", "engine/window", "engine/gauges", "bench/workload", "internal/alert/judge", "bench/quality/truth",
		"bench/quality/trace", "bench/quality/measure", "bench/quality/subject", "bench/quality/outlook", "bench/quality/rivals", "bench/quality/ledger",
		"bench/quality/worlds", "internal/console",
	}
}

// Atomics returns the pure packages that may import sync/atomic.
func Atomics() []string { return []string{"engine/window"} }

// PanicsAllowed says which files may call panic outside of tests, and why.
func PanicsAllowed() map[string]string {
	return map[string]string{
		"internal/serve/server.go": "hands http.ErrAbortHandler on to net/http, which expects it as a panic",
	}
}

// harmlessImports are those below impureImports that depend on their arguments alone: what draws from a seed, and
// what takes addresses apart.
var harmlessImports = []string{"math/rand/v2", "net/url"}

// impureImports are the packages that a pure package may not import.
var impureImports = []string{"os", "net", "log", "syscall", "io/ioutil", "math/rand", "sync", "sync/atomic", "golang.org/x/sys"}

// impureCalls are the functions that a pure package may not mention, by import path.
var impureCalls = map[string][]string{
	"time": {"Now", "Since", "Until", "After", "AfterFunc", "Sleep", "Tick", "NewTimer", "NewTicker"},
	"math/rand/v2": {"Int", "IntN", "Int32", "Int32N", "Int64", "Int64N", "Uint", "UintN", "Uint32", "Uint32N",
		"Uint64", "Uint64N", "Float32", "Float64", "NormFloat64", "ExpFloat64", "N", "Perm", "Shuffle"},
}
