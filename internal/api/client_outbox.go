package api

import (
	"context"
	"net/http"
	"net/url"
)

// DigestSendPath returns the escaped path to which it is posted that a digest be sent.
func DigestSendPath(date string) string { return DigestsPath + "/" + url.PathEscape(date) + "/send" }

// MessagePath returns the escaped path of a message in the outbox.
func MessagePath(id string) string { return OutboxPath + "/" + url.PathEscape(id) }

// Outbox asks for what waits to be sent.
func (c Client) Outbox(ctx context.Context) (out OutboxAnswer, err error) {
	return out, c.get(ctx, OutboxPath, nil, &out)
}

// RetryMessage has a message of the outbox tried now.
func (c Client) RetryMessage(ctx context.Context, id string) error {
	_, err := c.ask(ctx, http.MethodPost, MessagePath(id)+RetryPath, nil, nil, nil, nil)
	return err
}

// RetrySink has all tried now that waits for a sink or that it was given in vain.
func (c Client) RetrySink(ctx context.Context, name string) (out OutboxRetried, err error) {
	_, err = c.ask(ctx, http.MethodPost, OutboxPath+RetryPath, url.Values{"sink": {name}}, nil, nil, &out)
	return out, err
}

// DropMessage has a message of the outbox forgotten.
func (c Client) DropMessage(ctx context.Context, id string) error {
	_, err := c.ask(ctx, http.MethodDelete, MessagePath(id), nil, nil, nil, nil)
	return err
}

// SendDigest has a digest of the server's configuration sent, once more perhaps.
func (c Client) SendDigest(ctx context.Context, name, date string) (out DigestSent, err error) {
	_, err = c.ask(ctx, http.MethodPost, DigestSendPath(date), url.Values{"digest": {name}}, nil, nil, &out)
	return out, err
}
