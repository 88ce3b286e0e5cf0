package entries

import "context"

// Parsers bounds how many feeds are parsed at once by the readers that share it, and so what hostile
// ones may cost together: see [Parse]. Safe for concurrent use.
type Parsers struct{ busy chan struct{} }

// NewParsers returns the bound of n feeds at once, at least one.
func NewParsers(n int) *Parsers { return &Parsers{make(chan struct{}, max(1, n))} }

// parse is [parse] when it is its turn. Nil has no bound.
func (p *Parsers) parse(ctx context.Context, body []byte) (*Feed, error) {
	if p != nil {
		select {
		case p.busy <- struct{}{}:
			defer func() { <-p.busy }()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return parse(ctx, body)
}
