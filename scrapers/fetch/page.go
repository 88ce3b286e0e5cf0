package fetch

import "context"

// Page is an HTML page.
type Page struct{ Response }

// Script returns the text of the script element with an ID, and whether there is one.
func (p *Page) Script(id string) (string, bool) { return "", false }

// Page asks for an HTML page.
func (c *Client) Page(ctx context.Context, q Request) (*Page, error) { return nil, nil }
