package fetch

import (
	"context"

	"github.com/swell-radar/swell/scrapers"
)

// Fetcher is what all sources share: who Swell says it is, the pace of each host, robots.txt.
type Fetcher struct{}

// Options are the settings of a [Fetcher].
type Options struct{}

// New returns a fetcher.
func New(o Options) (*Fetcher, error) { return &Fetcher{}, nil }

// Client returns the way to the network of one source. Every request takes from its budget.
func (f *Fetcher) Client(source string, b *scrapers.Budget) *Client { return &Client{} }

// Client is a source's way to the network.
type Client struct{}

// Get asks for something and returns the answer. Its errors are [*scrapers.Trouble], or ctx's.
func (c *Client) Get(ctx context.Context, q Request) (*Response, error) { return nil, nil }

// Page is an HTML page.
type Page struct{ Response }

// Script returns the text of the script element with an ID, and whether there is one.
func (p *Page) Script(id string) (string, bool) { return "", false }

// Page asks for an HTML page.
func (c *Client) Page(ctx context.Context, q Request) (*Page, error) { return nil, nil }

// Stream is a WebSocket.
type Stream struct{}

// Dial opens a WebSocket (ws or wss). Its errors are as those of Get.
func (c *Client) Dial(ctx context.Context, q DialRequest) (*Stream, error) { return nil, nil }

// DialRequest says which WebSocket to open.
type DialRequest struct {
	URL      string
	MaxBytes int64 // of one message; 0: 1 MiB
	Deflate  bool  // offer permessage-deflate
}

// Read returns the next message, valid until the next call, and whether it is binary.
func (s *Stream) Read(ctx context.Context) (data []byte, binary bool, err error) {
	return nil, false, nil
}

// Write sends a text message.
func (s *Stream) Write(ctx context.Context, data []byte) error { return nil }

// Close closes the connection at once.
func (s *Stream) Close() error { return nil }
