package scrapers

// Redaction says where in a source's pages people are named, so that a page can be kept
// as a test case without them. Names are compared as they stand.
type Redaction struct {
	JSON []string // members of objects, at any depth, whose strings and numbers, at any depth, name a person
	XML  []string // elements, by local name, whose text, at any depth, names a person
	// Text are regular expressions of what names a person wherever it stands: their first group,
	// or all of what they find if they have none.
	Text []string
}
