package term

// Limits on what is taken from one record. They bound the memory that a single
// hostile line can claim; nothing a platform produces comes near them.
const (
	// MaxTerms is how many distinct terms of one record are counted; see [Extractor.Terms].
	MaxTerms = 128

	// MaxWatches is how many watch lists one record may mention. They are among its [MaxTerms]
	// terms, and the first.
	MaxWatches = 32

	// MaxFieldBytes is the longest short field (author, id, group, a tag, a
	// sound's title, …). A longer one makes the record an error.
	MaxFieldBytes = 1024

	// MaxTextBytes is the longest text.
	MaxTextBytes = 256 << 10

	// MaxLinkBytes is the longest link.
	MaxLinkBytes = 8 << 10

	// MaxPlatformBytes is the longest name of a platform.
	MaxPlatformBytes = 64

	// MaxReadings is how many metrics, or values of a gauge, one record may carry.
	MaxReadings = 64

	// MaxMissing is how many platforms a heartbeat may name.
	MaxMissing = 64

	// MaxKeyBytes and MaxKeyGraphemes bound every key; see [AppendKey].
	MaxKeyBytes     = 256
	MaxKeyGraphemes = 64
)
