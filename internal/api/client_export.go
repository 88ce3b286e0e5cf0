package api

import "context"

// Exports asks which closed days there are files of.
func (c Client) Exports(ctx context.Context) (out ExportAnswer, err error) {
	return out, c.get(ctx, ExportPath, nil, &out)
}
