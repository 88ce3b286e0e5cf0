package fetch

import "context"

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
