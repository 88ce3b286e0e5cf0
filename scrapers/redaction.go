package scrapers

// Redaction says where in a source's pages people are named, so that a page can be kept
// as a test case without them. Names are compared as they stand.
type Redaction struct {
	JSON []string // members of objects, at any depth, whose strings and numbers name a person
	XML  []string // elements, by local name, whose text names a person
}
